"""Secrets by the name that a text is assigned to: syntax, name, value and a score of all three."""
