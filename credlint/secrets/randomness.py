"""Tells a random text from a word, a path, a digest or a placeholder."""

from __future__ import annotations

import math
import re
from operator import sub

_HEX = re.compile(r"[0-9a-fA-F]+\Z")
_PLACEHOLDER = re.compile(
    r"""(?xi)
    example | placeholder | changeme | change[-_.]me | redacted | dummy
    | replace[-_.]?(me|with|this)
    | insert[-_.]?(your|here) | your[-_.]?(own|aws|key|secret|token|access)
    | not[-_.]?a?[-_.]?real | fake[-_.]?(key|secret|token|value|cred)
    | sample[-_.]?(key|secret|token)
    | <[^>]*> | \$\{ | \{\{ | \*{3} | \.{3}
    | x{5} | 0{7} | 1{7} | a{6} | z{6} | testtest | foobar
    """
)
_SEQUENCE = re.compile(r"(?i)1234567890|0123456789|abcdefgh|qwerty|deadbeef")
# By chance among 64 random characters: in one text of 2,000; among 1,000: in one of 5,000.
_LONG_WORD = re.compile(r"[a-z]{12}")
_LONGER_WORD = re.compile(r"[a-z]{18}")
_SHORT = 64
_SEQUENCE_LIMIT = 7
_SEQUENCE_REACH = 256
_STEPS, _NO_STEP = (0, 1), 2
# Who makes a value up types it on the row under the fingers.
_HOME_ROW = frozenset("asdfghjkl")
_TYPED_RUN = re.compile(r"(?:[a-f]{0,3}[g-z][a-z]{3}|[a-z]{3}[g-z])")
_LEAST_TYPED = 6
_TYPED_SHARE = 0.85
_COUNTED = 9
# For the digits and the letters: all other bytes, and what follows each; the first after the last.
_ROWS = tuple(
    (
        bytes(byte for byte in range(256) if byte not in row),
        bytes.maketrans(row, row[1:] + row[:1]),
    )
    for row in (b"0123456789", b"abcdefghijklmnopqrstuvwxyz")
)


def entropy(text: str) -> float:
    """Return the Shannon entropy in bits per character, 0.0 for an empty text."""
    total = len(text)
    counts = [text.count(character) for character in set(text)]
    return -sum(count / total * math.log2(count / total) for count in counts)


def is_hexadecimal(text: str) -> bool:
    """Tell whether the text is hex digits alone, as digests and git object ids are."""
    return _HEX.match(text) is not None


def class_changes(text: str) -> int:
    """Count the neighbours of different kind (upper, lower, digit, other).

    Of 40 random base64 characters about 25 pairs differ (standard deviation 3), of a name in
    camel case or a path rarely more than 12.
    """
    kinds = [
        0
        if "a" <= character <= "z"
        else 1
        if "A" <= character <= "Z"
        else 2
        if character.isdigit()
        else 3
        for character in text
    ]
    return sum(1 for left, right in zip(kinds, kinds[1:]) if left != right)


def has_long_sequence(text: str) -> bool:
    """Tell whether eight neighbours count up, or repeat, as in ``ABCDEFGH`` or ``77777777``.

    Looked for in the beginning of a long text only, so that many long texts take no time.
    """
    codes = list(map(ord, text[:_SEQUENCE_REACH]))
    steps = bytes(step if step in _STEPS else _NO_STEP for step in map(sub, codes[1:], codes))
    return any(bytes([step]) * _SEQUENCE_LIMIT in steps for step in _STEPS)


def is_masked(text: str) -> bool:
    """Tell whether the text says of itself that it stands for another one."""
    return _PLACEHOLDER.search(text) is not None


def counts_up(text: str) -> bool:
    """Tell whether somebody typed the text along the keys, the digits or the alphabet."""
    return _SEQUENCE.search(text) is not None or has_long_sequence(text)


def is_placeholder(text: str) -> bool:
    """Tell whether the text stands for another one, or was typed in order."""
    return is_masked(text) or counts_up(text)


def looks_random(text: str, floor: float, changes: int = 0) -> bool:
    """Tell whether a token body is as mixed as one made by a generator.

    ``floor`` is the least entropy; ``changes`` the least count of :func:`class_changes`.
    """
    word = _LONG_WORD if len(text) <= _SHORT else _LONGER_WORD
    return (
        entropy(text) >= floor
        and class_changes(text) >= changes
        and word.search(text) is None
        and not is_placeholder(text)
    )


def is_typed(text: str) -> bool:
    """Tell whether hands typed the text on the row under the fingers: ``sdlfkj452``.

    Of texts of random letters and digits fewer than one in a hundred look so.
    """
    if not text.islower() or not _TYPED_RUN.search(text):
        return False
    letters = [c for c in text if c.isalpha()]
    if len(letters) < _LEAST_TYPED:
        return False
    typed = sum(1 for letter in letters if letter in _HOME_ROW)
    return typed >= _TYPED_SHARE * len(letters)


def counts_among_others(text: str) -> bool:
    """Tell whether letters or digits, each by themselves, go on in order: ``AB1C2defGHijkL``."""
    if len(text) <= _COUNTED:
        return False
    raw = text.encode("ascii", "ignore").lower()
    return any(_counts(raw.translate(None, others), after) for others, after in _ROWS)


def _counts(row: bytes, after: bytes) -> bool:
    """Tell whether so many in a row follow each other; ``after``: what follows each byte."""
    expected, met = row.translate(after)[:-1], row[1:]
    differences = int.from_bytes(expected, "big") ^ int.from_bytes(met, "big")
    return bytes(_COUNTED) in differences.to_bytes(len(met), "big")
