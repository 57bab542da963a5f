r"""Secret access keys as source text and URLs spell them: with escaped slashes and plus signs.

Most secret keys hold one of ``/`` and ``+``. PHP's ``json_encode`` writes ``\/`` (a choice that
RFC 8259 §7 leaves open), other encoders ``\u002f`` and ``\u002b``, URLs ``%2F`` and ``%2B``
(RFC 3986 §2.1), and text within text doubles the backslashes or the percent signs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Optional

from credlint.model.lean_tuples import NamedTuple

_CHARACTER = rb"(?:[A-Za-z0-9/+]|\\{1,4}/|\\{1,4}u002[bBfF]|%(?:25)?2[bBfF])"
_END = rb"(?![A-Za-z0-9/+=_-]|\\{1,4}/|\\{1,4}u00(?:2[bBfF]|3[dD])|%(?:25)?(?:2[bBfF]|3[dD]))"
# Escapes that stand for a delimiter: what follows them begins something.
_BEGIN = (
    rb"(?:(?<![A-Za-z0-9/+_.%-])|(?<=\\[nrt])|(?<=\\x2[027])|(?<=\\u00(?:2[027]|3[aAdD]|0[aAdD]))"
    rb"|(?<=%(?:2[0267cC]|3[aAdD]|40|0[aAdD])))"
)
_SPELLED = re.compile(_CHARACTER + rb"{40}" + _END)
_ALONE = re.compile(_BEGIN + _CHARACTER + rb"{40}" + _END)
_SLASH = re.compile(r"\\+(?:/|u002f)|%(?:25)?2f", re.IGNORECASE)
_PLUS = re.compile(r"\\+u002b|%(?:25)?2b", re.IGNORECASE)
_SPELLING = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/\\%")
_CHARACTERS = 40
# Each byte of a spelling as one mark, every other as another.
_FORTY, _OTHER = b"x" * _CHARACTERS, b" "
_MARKS = bytes(b"x"[0] if byte in _SPELLING else b" "[0] for byte in range(256))
_BACKSLASH = ord("\\")
# How far before a match its escaped beginning may lie: some characters taken for a word.
_REACH = 72


class Spelled(NamedTuple):
    """Forty base64 characters of a text: byte offsets as written, and what they mean."""

    start: int
    end: int
    text: str


def _meant(found: re.Match[bytes]) -> Spelled:
    text = found.group().decode("ascii")
    start, end = found.span()
    while text.startswith("\\") and start and found.string[start - 1] == _BACKSLASH:
        start -= 1  # text within text doubles them
    return Spelled(start, end, _PLUS.sub("+", _SLASH.sub("/", text)))


def spelled_at(data: bytes, start: int) -> Optional[Spelled]:
    """Return the escaped spelling that begins at the offset, or not far before it.

    The first stage sees only that escapes are there, so it may begin behind the first of them.
    None when there is none, or nothing is escaped in it.
    """
    if data[start - 1 : start] in (b"%", b"\\"):
        # Begun within an escape: the digits of %22 were taken for the first characters.
        behind = _ALONE.match(data, start + 2)
        if behind is not None:
            return _meant(behind)
    else:
        found = _SPELLED.match(data, start)
        if found is not None:
            return _meant(found) if len(found.group()) > _CHARACTERS else None
    for place in range(start - 1, max(-1, start - _REACH), -1):
        if data[place] not in _SPELLING:
            break
        if data[place - 1 : place + 1] == b"\\/":
            continue  # a part of the escape
        found = _ALONE.match(data, place)
        if found is not None:
            return _meant(found) if len(found.group()) > _CHARACTERS else None
    return None


def iter_alone(data: bytes, low: int, high: int) -> list[Spelled]:
    """Return every run of forty characters between two offsets that is no part of a longer one."""
    return [_meant(found) for found in iter_in_runs(_ALONE, data, low, high)]


def iter_in_runs(
    expression: re.Pattern[bytes], data: bytes, low: int, high: int
) -> Iterator[re.Match[bytes]]:
    """Yield the matches between two offsets of an expression for forty of our characters or more.

    It may look one character behind its match. It would be tried at every byte of a text that has
    few such runs.
    """
    high = min(high, len(data))
    marks = data[low:high].translate(_MARKS)
    start = marks.find(_FORTY)
    while start >= 0:
        end = marks.find(_OTHER, start)
        end = len(marks) if end < 0 else end
        yield from expression.finditer(data, low + start, min(high, low + end + 1))
        start = marks.find(_FORTY, end)
