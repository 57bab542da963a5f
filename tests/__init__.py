"""Tests: the rooms mirror the package."""
