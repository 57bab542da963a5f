"""Dockerfiles as BuildKit reads them, with the place of every word."""
