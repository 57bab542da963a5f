"""Shapes of keys, as the table of services writes them: ``hex:32``, ``'key-' hex:32 | uuid``."""

from __future__ import annotations

import re
from functools import cache

_ALPHABETS = {
    "digits": "0-9",
    "hex": "0-9a-fA-F",
    "lower": "a-z",
    "base36": "0-9a-z",
    "BASE36": "0-9A-Z",
    "base62": "0-9A-Za-z",
    "base64": "0-9A-Za-z+/",
    "url": "0-9A-Za-z_-",
    "dotted": "0-9A-Za-z_.-",
    "any": "!#-&(-;=?-~",
}
_UUID = "[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
_PIECE = re.compile(r"'([^']+)'|([A-Za-z0-9]+):([0-9]+)(?:-([0-9]+))?|(uuid)")
_LONGEST = 1024


class ShapeError(ValueError):
    """A shape cannot be read; the message names the piece."""


@cache
def compile_shape(shape: str) -> re.Pattern[str]:
    """Return the expression that a whole key of the shape matches; raises ShapeError.

    Alternatives stand between ``|``, pieces of one are put together: a text in single quotes,
    ``uuid``, or an alphabet with the count of its characters (``base36:20``, ``url:20-40``).
    ``base64`` may end in its padding. Linear: each piece is bounded and no two repeat alike.
    """
    return re.compile(expression_of(shape))


def expression_of(shape: str) -> str:
    """Return the same as text; raises ShapeError."""
    return "|".join(_alternative(part) for part in shape.split("|"))


def _alternative(text: str) -> str:
    pieces = text.split()
    if not pieces:
        message = f'a shape is empty in "{text}"'
        raise ShapeError(message)
    return "".join(_piece(piece) for piece in pieces)


def _piece(text: str) -> str:
    found = _PIECE.fullmatch(text)
    if found is None:
        message = f'"{text}" is no piece of a shape'
        raise ShapeError(message)
    literal, alphabet, least, most, uuid = found.groups()
    if literal:
        return re.escape(literal)
    if uuid:
        return _UUID
    if alphabet not in _ALPHABETS:
        message = f'"{alphabet}" is no alphabet of shapes'
        raise ShapeError(message)
    low, high = int(least), int(most or least)
    if not 0 < low <= high <= _LONGEST:
        message = f'"{text}" has no count from 1 to {_LONGEST}'
        raise ShapeError(message)
    padding = "={0,2}" if alphabet == "base64" else ""
    return f"[{_ALPHABETS[alphabet]}]{{{low},{high}}}{padding}"
