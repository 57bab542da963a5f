"""Git's pack files, read in place: which object is stored as a change of which other.

Formats: gitformat-pack(5), version 2 of packs and of their indexes, for SHA-1 and SHA-256. Only
what is needed to walk all blobs, each after the one that it is stored as a change of; anything
odd is left to ``git cat-file``.
"""

from __future__ import annotations

import mmap
import os
import zlib
from array import array
from bisect import bisect_left
from typing import Optional

_BLOB, _OFFSET_DELTA, _ID_DELTA = 3, 6, 7
_OF_BLOBS = (_BLOB, _OFFSET_DELTA, _ID_DELTA)
_INDEX_MAGIC = b"\xfftOc\x00\x00\x00\x02"
_PACK_MAGIC = b"PACK\x00\x00\x00\x02"
_FANOUT = 8 + 256 * 4
_FAR = 1 << 31
# Type and size in up to ten bytes, then a distance or an id of up to 32.
_HEADER = 48
_LET_GO = 16_384
_NOBODY = 0xFFFFFFFF
# A damaged header may tell a size of 70 bits.
_MOST = (1 << 62) - 1


class PackError(Exception):
    """A pack cannot be read as it should be; the message says why, in a few words."""


class Pack:
    """One pack and its index. Objects are numbered by their place in the pack, from 0.

    ``roots``: the numbers of the blobs that are stored whole. ``orphans``: how many objects are
    changes of something that is not in the pack. ``sizes``: of what a blob, or the change that
    makes one, inflates to.
    """

    def __init__(self, path: str, digits: int) -> None:
        self._width = digits // 2
        self._index = _map(path[: -len(".pack")] + ".idx")
        self._data = _map(path)
        if self._index[:8] != _INDEX_MAGIC or self._data[:8] != _PACK_MAGIC:
            message = "a pack of another version"
            raise PackError(message)
        self.count = int.from_bytes(self._index[_FANOUT - 4 : _FANOUT], "big")
        if len(self._index) < _FANOUT + self.count * (self._width + 8):
            message = "a pack's index is cut off"
            raise PackError(message)
        starts = self._starts()
        order = sorted(range(self.count), key=starts.__getitem__)
        self._order = array("I", order)
        self._starts_sorted = array("Q", map(starts.__getitem__, order))
        self._starts_sorted.append(len(self._data) - self._width)
        if self.count and self._starts_sorted[-1] <= self._starts_sorted[-2]:
            message = "a pack is cut off"
            raise PackError(message)
        self.orphans = 0
        self.roots = array("I")
        self._bodies = array("Q", [0]) * self.count
        self.sizes = array("Q", [0]) * self.count
        self._first, self._children, self.weights = self._families(self._parents())

    def _starts(self) -> array[int]:
        at = _FANOUT + self.count * (self._width + 4)
        near = array("I", self._index[at : at + 4 * self.count])
        if near.itemsize != 4:  # noqa: PLR2004  C's int is wider nowhere that Python runs
            raise PackError
        near.byteswap()
        if not near or max(near) < _FAR:
            return near
        at += 4 * self.count
        far = array("Q", self._index[at : len(self._index) - 2 * self._width])
        far.byteswap()
        return array("Q", (far[at - _FAR] if at >= _FAR else at for at in near))

    def _parents(self) -> array[int]:
        """Read every header: note roots, bodies and sizes, return what each is a change of."""
        data, starts, count = self._data, self._starts_sorted, self.count
        parents = array("I", [_NOBODY]) * count
        bodies, sizes = self._bodies, self.sizes
        roots, orphans, width = self.roots, 0, self._width
        for number in range(count):
            at = starts[number]
            head = data[at : at + _HEADER]
            if not number % _LET_GO:
                self.let_go()
            byte = head[0]
            kind = byte >> 4 & 7
            if kind not in _OF_BLOBS:
                continue
            size, shift, place = byte & 15, 4, 1
            while byte & 0x80:
                byte = head[place]
                size |= (byte & 0x7F) << shift
                shift += 7
                place += 1
            if kind == _BLOB:
                roots.append(number)
            else:
                parent = self._parent(kind, head, place, at)
                if parent is None:
                    orphans += 1
                else:
                    parents[number] = parent
                if kind == _ID_DELTA:
                    place += width
                else:
                    while head[place] & 0x80:
                        place += 1
                    place += 1
            bodies[number] = at + place
            sizes[number] = min(size, _MOST)
        self.orphans = orphans
        return parents

    def _families(self, parents: array[int]) -> tuple[array[int], array[int], array[int]]:
        """Return the children of each object, and how many it leads to, itself included.

        The children of object n are ``children[first[n]:first[n + 1]]``.
        """
        count = self.count
        weights = array("I", [1]) * count
        sizes = array("I", [0]) * (count + 1)
        for number in range(count - 1, -1, -1):
            parent = parents[number]
            if parent != _NOBODY:
                weights[parent] += weights[number]
                sizes[parent] += 1
        first = array("I", [0]) * (count + 1)
        total = 0
        for number in range(count):
            first[number] = total
            total += sizes[number]
        first[count] = total
        children = array("I", [0]) * total
        nexts = array("I", first)
        for number, parent in enumerate(parents):
            if parent != _NOBODY:
                children[nexts[parent]] = number
                nexts[parent] += 1
        return first, children, weights

    def _parent(self, kind: int, head: bytes, place: int, at: int) -> Optional[int]:
        if kind == _ID_DELTA:
            return self.find(head[place : place + self._width])
        byte = head[place]
        back = byte & 0x7F
        while byte & 0x80:
            place += 1
            byte = head[place]
            back = (back + 1) << 7 | byte & 0x7F
        start = at - back
        number = bisect_left(self._starts_sorted, start, 0, self.count)
        if back <= 0 or number >= self.count or self._starts_sorted[number] != start:
            return None
        return number

    def let_go(self) -> None:
        """Tell the system that what was read of the pack need not stay in our memory."""
        if hasattr(mmap, "MADV_DONTNEED"):  # Linux; the file's pages stay in the system's cache
            self._data.madvise(mmap.MADV_DONTNEED)

    def find(self, identifier: bytes) -> Optional[int]:
        """Return the number of an object by its id, None when the pack does not hold it."""
        width = self._width
        head = identifier[0]
        low = int.from_bytes(self._index[4 + 4 * head : 8 + 4 * head], "big") if head else 0
        high = int.from_bytes(self._index[8 + 4 * head : 12 + 4 * head], "big")
        while low < high:
            middle = (low + high) // 2
            at = _FANOUT + middle * width
            found = self._index[at : at + width]
            if found == identifier:
                return bisect_left(self._starts_sorted, self._start_of(middle), 0, self.count)
            if found < identifier:
                low = middle + 1
            else:
                high = middle
        return None

    def _start_of(self, rank: int) -> int:
        at = _FANOUT + self.count * (self._width + 4) + 4 * rank
        start = int.from_bytes(self._index[at : at + 4], "big")
        if start >= _FAR:
            at = _FANOUT + self.count * (self._width + 8) + 8 * (start - _FAR)
            start = int.from_bytes(self._index[at : at + 8], "big")
        return start

    def identifier(self, number: int) -> bytes:
        """Return the id of an object, binary."""
        at = _FANOUT + self._order[number] * self._width
        return self._index[at : at + self._width]

    def children(self, number: int) -> array[int]:
        """Return the numbers of the objects that are stored as changes of this one."""
        return self._children[self._first[number] : self._first[number + 1]]

    def inflate(self, number: int) -> bytes:
        """Return the bytes of an object as they are stored; raises PackError for damage."""
        size = self.sizes[number]
        inflater = zlib.decompressobj()
        try:
            data = inflater.decompress(
                self._data[self._bodies[number] : self._starts_sorted[number + 1]], size + 1
            )
        except zlib.error as error:
            message = "damaged"
            raise PackError(message) from error
        if len(data) != size:
            message = "damaged"
            raise PackError(message)
        return data

    def inflate_head(self, number: int, size: int) -> bytes:
        """Return the first bytes of an object as they are stored; raises PackError."""
        start = self._bodies[number]
        # The tables of a deflate block come first (RFC 1951 §3.2.7), some 300 bytes of them.
        end = min(self._starts_sorted[number + 1], start + size + 1024)
        try:
            return zlib.decompressobj().decompress(self._data[start:end], size)
        except zlib.error as error:
            message = "damaged"
            raise PackError(message) from error


def list_packs(objects: str) -> list[str]:
    """Return the paths of the packs in a folder of objects that have an index, sorted."""
    folder = os.path.join(objects, "pack")  # noqa: PTH118
    try:
        names = set(os.listdir(folder))  # noqa: PTH208
    except OSError:
        return []
    return [
        os.path.join(folder, name)  # noqa: PTH118
        for name in sorted(names)
        if name.endswith(".pack") and name[:-5] + ".idx" in names
    ]


def _map(path: str) -> mmap.mmap:
    try:
        with open(path, "rb") as stream:  # noqa: PTH123
            return mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ)
    except (OSError, ValueError) as error:
        message = "a pack or its index cannot be read"
        raise PackError(message) from error
