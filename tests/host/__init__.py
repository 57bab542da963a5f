"""Tests of the host probes."""
