"""Frozen values shared by every room: no I/O, no third-party import, no other room."""
