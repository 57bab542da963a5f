"""Joins sources, engine and code analysers into one run of ``scan``."""
