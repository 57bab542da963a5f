"""Lines of a text, for edits that begin and end with them."""

from __future__ import annotations


def newline_of(text: bytes) -> str:
    """Return what ends the lines of a text, by its first."""
    first = text.find(b"\n")
    return "\r\n" if first > 0 and text[first - 1 : first] == b"\r" else "\n"


def line_start(text: bytes, offset: int) -> int:
    """Return where the line of an offset begins."""
    return text.rfind(b"\n", 0, offset) + 1


def next_line(text: bytes, offset: int) -> int:
    """Return where the line after that of an offset begins, the end of the text for the last."""
    found = text.find(b"\n", offset)
    return found + 1 if found >= 0 else len(text)
