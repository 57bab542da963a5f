"""Analysers of Python source."""
