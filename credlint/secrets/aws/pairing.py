"""Which secret belongs to which id: one to one, by order in blocks, else by nearness."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from itertools import groupby

# So many neighbours of each id are tried on either side: the work is linear in their number.
_NEIGHBOURS = 3
_Span = tuple[int, int]


def pair(ids: Sequence[_Span], secrets: Sequence[_Span]) -> list[tuple[int, int]]:
    """Join ids and secrets, both (start, end) in the order of the text; return their numbers.

    Where some ids are followed by as many secrets, or the reverse, they are two columns: the
    first belongs to the first. All others are joined nearest first, at any distance; a secret
    after its id is the usual order.
    """
    pairs = _by_order(ids, secrets)
    used_ids = {one for one, _ in pairs}
    used_secrets = {other for _, other in pairs}
    places = [number for number in range(len(secrets)) if number not in used_secrets]
    starts = [secrets[number][0] for number in places]
    offers = []
    for one, (start, end) in enumerate(ids):
        if one in used_ids:
            continue
        middle = bisect_left(starts, start)
        for near in range(max(0, middle - _NEIGHBOURS), min(len(starts), middle + _NEIGHBOURS)):
            gap = starts[near] - end
            distance = gap if gap >= 0 else 2 * (start - starts[near])
            offers.append((distance, one, places[near]))
    for _, one, other in sorted(offers):
        if one not in used_ids and other not in used_secrets:
            used_ids.add(one)
            used_secrets.add(other)
            pairs.append((one, other))
    return pairs


def _by_order(ids: Sequence[_Span], secrets: Sequence[_Span]) -> list[tuple[int, int]]:
    """Return the pairs of neighbouring blocks of equal size, two of each at least."""
    marks = [(span[0], 0, number) for number, span in enumerate(ids)]
    marks += [(span[0], 1, number) for number, span in enumerate(secrets)]
    blocks = [
        (kind, [number for _, _, number in block])
        for kind, block in groupby(sorted(marks), key=lambda mark: mark[1])
    ]
    pairs: list[tuple[int, int]] = []
    place = 0
    while place + 1 < len(blocks):
        (kind, first), (_, second) = blocks[place], blocks[place + 1]
        if len(first) < 2 or len(first) != len(second):  # noqa: PLR2004
            place += 1
            continue
        pairs.extend(zip(second, first) if kind else zip(first, second))
        place += 2
    return pairs
