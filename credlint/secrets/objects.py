"""The braces around a place: what stands in one object of JSON, JavaScript, Go or Python."""

from __future__ import annotations

import re
from collections.abc import Sequence

_BRACE = re.compile(rb"[{}]")
# What lies further away than this is not looked at.
_LONGEST = 16 * 1024
# Without braces (YAML) members stand within a few lines.
_NEAR = 2048


def enclosing_objects(data: bytes, places: Sequence[int]) -> list[tuple[int, int]]:
    """Return for each place, ascending, the bounds of the object that holds it; one linear pass."""
    open_at: list[int] = []
    held: list[list[int]] = []  # by open brace: the places directly in it
    bounds: dict[int, tuple[int, int]] = {}
    waiting = list(places)
    taken = 0

    def take(until: int) -> None:
        nonlocal taken
        while taken < len(waiting) and waiting[taken] < until:
            place = waiting[taken]
            if held:
                held[-1].append(place)
            else:
                bounds[place] = (max(0, place - _NEAR), min(len(data), place + _NEAR))
            taken += 1

    for brace in _BRACE.finditer(data):
        take(brace.start())
        if brace.group() == b"{":
            open_at.append(brace.start())
            held.append([])
        elif open_at:
            start = open_at.pop()
            for place in held.pop():
                bounds[place] = (max(start, place - _LONGEST), min(brace.end(), place + _LONGEST))
    take(len(data) + 1)
    for start, inside in zip(open_at, held):
        for place in inside:
            bounds[place] = (max(start, place - _LONGEST), min(len(data), place + _LONGEST))
    return [bounds[place] for place in places]
