"""The second stage's first step: the whole expression, in the windows around the hits."""

from __future__ import annotations

import re
from collections.abc import Iterator

from credlint.secrets.candidate import Match
from credlint.secrets.patterns import Pattern


def precise_matches(pattern: Pattern, ends: list[int], data: bytes) -> Iterator[Match]:
    """Apply the second stage to the windows around the hits, overlapping ones joined."""
    ends.sort()
    window, group = pattern.window, pattern.group
    ranges: list[tuple[int, int]] = []
    first = last = ends[0]
    for end in ends:
        if end - window > last + window:
            ranges.append((first, last))
            first = end
        last = end
    ranges.append((first, last))
    for first, last in ranges:
        for found in _found_within(pattern, data, max(0, first - window), last):
            start, end = found.span(group)
            yield Match(pattern, start, end, data[start:end].decode("utf-8", "replace"))


def _found_within(
    pattern: Pattern, data: bytes, start: int, last: int
) -> Iterator[re.Match[bytes]]:
    """Yield the matches of a range one after another; ``last``: the end of the last hit in it.

    Python's ``re`` would try a large expression at every byte, ten times slower than it finds the
    texts that matches begin with; and each begins before the end of a hit of its own.
    """
    expression, beginnings = pattern.precise, pattern.beginnings
    stop = min(last + pattern.window, len(data))
    if beginnings is None:
        yield from expression.finditer(data, start, stop)
        return
    text = data[start:last].lower() if pattern.any_case else data[start:last]
    begin = beginnings.search(text)
    while begin is not None:
        place = begin.start()
        found = expression.match(data, start + place, stop)
        if found is not None:
            yield found
        after = place + 1 if found is None else max(place + 1, found.end() - start)
        begin = beginnings.search(text, after)
