"""Analysers of source code by language."""
