"""Builds the single-file form: ``dist/credlint.pyz``, which runs on a bare Python 3.9 or newer."""
