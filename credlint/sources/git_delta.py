"""What a pack stores as a change of another object: the object, and where it differs.

Format: gitformat-pack(5), "Deltified representation": copies of the base and inserted bytes.
"""

from __future__ import annotations

from bisect import bisect_left
from itertools import repeat
from typing import Callable, Optional, Union

from credlint.model.lean_tuples import NamedTuple
from credlint.sources.git_packs import PackError

# Around what is new so many bytes are looked at, and on to the ends of the lines, if near.
CONTEXT = 512
LINE_REACH = 8192
# With more copies and insertions than these git is faster than we are, though it must be asked.
MOST_STEPS = 1500
_ALL_OF_ZERO = 0x10000
# The usual copy: two bytes of the place, one of the length; and the longest insertion.
_NEAR_COPY, _MOST_INSERTED = 0x93, 0x7F
_PARTING = b"\n\n"
# Two texts are compared in pieces of that size.
_STRIDE = 1 << 15

Regions = list[tuple[int, int]]


def target_size(delta: bytes) -> int:
    """Return the size of the object that the change leads to; its first bytes are enough."""
    try:
        place = 0
        while delta[place] & 0x80:
            place += 1
        return _number(delta, place + 1)[0]
    except IndexError as error:
        message = "damaged"
        raise PackError(message) from error


def _number(data: bytes, place: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[place]
        place += 1
        value |= (byte & 0x7F) << shift
        if not byte & 0x80:
            return value, place
        shift += 7


def apply_delta(base: bytes, delta: bytes) -> Optional[tuple[bytes, Regions]]:  # noqa: C901, PLR0912, PLR0915
    """Return the object and the regions that hold everything which the base does not hold.

    Long copies are left out but for CONTEXT at both ends, so that whatever touches a change lies
    in a region with what stands around it. None for a list of changes that is too long for
    Python. One loop for speed. Raises PackError for damage.
    """
    pieces: list[Union[bytes, memoryview]] = []
    add = pieces.append
    view = memoryview(base)
    regions: Regions = []
    at = begin = 0
    try:
        size, place = _number(delta, 0)
        if size != len(base):
            message = "damaged"
            raise PackError(message)
        size, place = _number(delta, place)
        stop = len(delta)
        for _ in repeat(None, MOST_STEPS):
            if place >= stop:
                break
            op = delta[place]
            place += 1
            if op == _NEAR_COPY:
                start = delta[place] | delta[place + 1] << 8
                count = delta[place + 2] or _ALL_OF_ZERO
                place += 3
            elif op <= _MOST_INSERTED:
                if not op:  # reserved
                    raise IndexError  # noqa: TRY301
                add(delta[place : place + op])
                place += op
                at += op
                continue
            else:
                start = count = 0
                if op & 0x01:
                    start = delta[place]
                    place += 1
                if op & 0x02:
                    start |= delta[place] << 8
                    place += 1
                if op & 0x04:
                    start |= delta[place] << 16
                    place += 1
                if op & 0x08:
                    start |= delta[place] << 24
                    place += 1
                if op & 0x10:
                    count = delta[place]
                    place += 1
                if op & 0x20:
                    count |= delta[place] << 8
                    place += 1
                if op & 0x40:
                    count |= delta[place] << 16
                    place += 1
                if not count:
                    count = _ALL_OF_ZERO
            if count <= 2 * CONTEXT:
                add(base[start : start + count])
            else:
                add(view[start : start + count])
                # The same beginning, or end, of both is no change.
                if at or start:
                    regions.append((begin, at + CONTEXT))
                begin = at + count - CONTEXT
                if start + count == len(base) and at + count == size:
                    begin = size
            at += count
            if at > size:
                raise IndexError  # noqa: TRY301
    except IndexError as error:
        message = "damaged"
        raise PackError(message) from error
    if place < stop:
        return None
    data = b"".join(pieces)
    if len(data) != size:
        message = "damaged"
        raise PackError(message)
    if begin < size:
        regions.append((begin, size))
    return data, regions


def regions_between(base: bytes, data: bytes) -> Regions:
    """Return the one region outside of which a text begins and ends as another one does.

    As those of :func:`apply_delta`, without a list of changes.
    """
    size, most = len(data), min(len(base), len(data))
    first = _alike(most, lambda low, high: base[low:high] == data[low:high])
    far, near = len(base), len(data)
    last = _alike(
        most - first,
        lambda low, high: base[far - high : far - low] == data[near - high : near - low],
    )
    return [(max(0, first - CONTEXT), min(size, size - last + CONTEXT))]


def _alike(most: int, same: Callable[[int, int], bool]) -> int:
    """Return how many bytes, of ``most``, are the same, counted from an end."""
    low = 0
    while low < most and same(low, min(low + _STRIDE, most)):
        low += _STRIDE
    high = min(low + _STRIDE, most)
    while low < high:
        middle = (low + high + 1) // 2
        if same(low, middle):
            low = middle
        else:
            high = middle - 1
    return min(low, most)


class NewText(NamedTuple):
    """The text of some regions; the piece that begins at ``inside[n]`` is from ``outside[n]``."""

    text: bytes
    inside: list[int]
    outside: list[int]

    def place(self, end: int) -> int:
        """Return where an offset of the text, not its first, stands outside."""
        piece = bisect_left(self.inside, end) - 1
        return self.outside[piece] + end - self.inside[piece]


def new_text(data: bytes, regions: Regions) -> NewText:
    """Return the regions' text, each out to the ends of its lines, with empty lines between."""
    pieces: list[bytes] = []
    inside: list[int] = []
    outside: list[int] = []
    done = length = 0
    for start, end in regions:
        first = start - LINE_REACH
        if first < done:  # noqa: PLR1730  a call for each change of a history
            first = done
        line = data.rfind(b"\n", first, start)
        if line >= 0:
            first = line
        done = end + LINE_REACH
        line = data.find(b"\n", end, done)
        if line >= 0:
            done = line
        elif done > len(data):
            done = len(data)
        if first < done:
            pieces.append(data[first:done])
            inside.append(length)
            outside.append(first)
            length += done - first + len(_PARTING)
    return NewText(_PARTING.join(pieces), inside, outside)
