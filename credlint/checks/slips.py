"""Which known name a misspelt one means: swapped, doubled or missing letters and words. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Optional

_SHORT, _LONG = 5, 8  # letters, separators and what many names begin with left out
_COMMON = "aws"


def meant_by(name: str, known: Iterable[str]) -> Optional[str]:
    """Return the known name that ``name`` is a slip of, None when it may be a name of its own.

    Not for what was made of a known name by adding words, a number or a plural to it
    (``AWS_PROFILE_2``, ``AWS_S3_REGION``, ``AWS_REGIONS``): those are names of somebody's own.
    """
    plain = _squashed(name)
    best: Optional[tuple[int, str]] = None
    for other in known:
        if other == name or _extends(name, other):
            continue
        theirs = _squashed(other)
        letters = len(theirs.removeprefix(_COMMON))
        allowed = 0 if letters < _SHORT else 1 if letters < _LONG else 2
        if abs(len(plain) - len(theirs)) > allowed:
            continue
        if plain == theirs or _words(name) == _words(other):
            return other
        slips = distance(plain, theirs, allowed)
        if slips is not None and (best is None or (slips, other) < best):
            best = (slips, other)
    return best[1] if best else None


def _extends(name: str, other: str) -> bool:
    if set(_words(other)) < set(_words(name)):
        return True
    rest = name[len(other) :] if name.startswith(other) else ""
    return re.fullmatch(r"[sS]|\d+", rest) is not None


def _squashed(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


def _words(name: str) -> list[str]:
    return sorted(re.split(r"[^a-z0-9]+", name.lower()))


def distance(first: str, second: str, limit: int) -> Optional[int]:
    """Return how many letters were changed, lost, added or swapped; None above ``limit``.

    The optimal string alignment distance.
    """
    before: list[int] = []
    row = list(range(len(second) + 1))
    for i, letter in enumerate(first, start=1):
        older, before, row = before, row, [i]
        for j, other in enumerate(second, start=1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != other))
            swapped = i > 1 and j > 1 and letter == second[j - 2] and first[i - 2] == other
            row.append(min(cost, older[j - 2] + 1) if swapped else cost)
        if min(row) > limit:
            return None
    return row[-1] if row[-1] <= limit else None
