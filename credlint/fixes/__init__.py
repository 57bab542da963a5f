"""Edits that findings offer: which go together, how they look, how they are written."""
