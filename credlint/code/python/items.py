"""Removes items of a list in brackets, with the commas, spaces and lines that were theirs."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Optional

from credlint.model.lean_tuples import NamedTuple

_SPACE = b" \t\f\r\n\\"
_LINE_SPACE = b" \t\f"
_HASH, _COMMA = b"#"[0], b","[0]


class _Item(NamedTuple):
    """An item from ``start`` to ``end``, its own brackets included; ``after`` its comma, if any."""

    start: int
    end: int
    after: int


class Items:
    """The items between two brackets of a text of Python.

    ``opening``: offset behind the opening bracket; ``closing``: of the closing one. ``spans``:
    where the items stand as ``ast`` has it, in order. Between them there is nothing but commas,
    brackets, stars, space and comments, so that no string is mistaken for one of these.
    """

    def __init__(
        self, text: bytes, opening: int, closing: int, spans: Sequence[tuple[int, int]]
    ) -> None:
        self._text = text
        self._opening = opening
        self._closing = closing
        self._items: list[_Item] = []
        after = opening
        for place, (start, own_end) in enumerate(spans):
            first = next(significant(text, after, start), start)
            following = spans[place + 1][0] if place + 1 < len(spans) else closing
            after = end = own_end
            for offset in significant(text, own_end, following):
                if text[offset] == _COMMA:
                    after = offset + 1
                    break
                end = after = offset + 1
            self._items.append(_Item(first, end, after))

    def without(self, unwanted: Collection[int]) -> list[tuple[int, int]]:
        """Return the ranges to delete, in order, so that the items of those places are gone."""
        ranges = []
        place = 0
        while place < len(self._items):
            last = place
            if place in unwanted:
                while last + 1 in unwanted:
                    last += 1
                ranges.append(self._range(place, last))
            place = last + 1
        return ranges

    def _range(self, first: int, last: int) -> tuple[int, int]:
        start, after = self._items[first].start, self._items[last].after
        is_all = first == 0 and last == len(self._items) - 1
        if is_all and not self._has_comment(start, after):
            return self._opening, self._closing
        line = self._line_of(start)
        line_end = self._end_of_line(after)
        if line is not None and line_end is not None:
            return line, line_end
        return self._within_lines(first, last, is_own_line=line is not None)

    def _within_lines(self, first: int, last: int, *, is_own_line: bool) -> tuple[int, int]:
        """Return the range of items that share a line with something else."""
        items, text = self._items, self._text
        start, after = items[first].start, items[last].after
        is_last = last == len(items) - 1
        following = after if is_last else items[last + 1].start
        breaks = b"\n" in text[after:following] or b"\r" in text[after:following]
        if first == 0:
            span = (start, after if _has_comment(text, after, following) else following)
        elif is_last:
            comma = items[first - 1].after - 1
            has_comment = _has_comment(text, comma, start)
            span = (start, after) if has_comment else (comma, items[last].end)
        elif breaks:
            span = (start if is_own_line else items[first - 1].after, after)
        else:
            span = (start, following)
        return span

    def _has_comment(self, start: int, after: int) -> bool:
        return _has_comment(self._text, self._opening, start) or _has_comment(
            self._text, after, self._closing
        )

    def _line_of(self, offset: int) -> Optional[int]:
        """Return where the line begins that only space separates from the offset."""
        line = offset
        while line > self._opening and self._text[line - 1] in _LINE_SPACE:
            line -= 1
        return line if line > self._opening and self._text[line - 1] in b"\r\n" else None

    def _end_of_line(self, offset: int) -> Optional[int]:
        """Return the offset behind the line if there is nothing but a comment on it any more."""
        return end_of_line(self._text, offset, self._closing)


def significant(text: bytes, start: int, end: int) -> Iterator[int]:
    """Yield the offsets of what is neither space nor comment."""
    offset = start
    while offset < end:
        byte = text[offset]
        if byte == _HASH:
            while offset < end and text[offset] not in b"\r\n":
                offset += 1
            continue
        if byte not in _SPACE:
            yield offset
        offset += 1


def end_of_line(text: bytes, offset: int, limit: int) -> Optional[int]:
    """Return the offset behind the line break that only space and a comment come before.

    None where something else stands there, or the limit; CR LF is one break.
    """
    while offset < limit and text[offset] in _LINE_SPACE:
        offset += 1
    if offset < limit and text[offset] == _HASH:
        while offset < limit and text[offset] not in b"\r\n":
            offset += 1
    if offset < limit and text[offset] in b"\r\n":
        return offset + (2 if text[offset : offset + 2] == b"\r\n" and offset + 1 < limit else 1)
    return None


def _has_comment(text: bytes, start: int, end: int) -> bool:
    return b"#" in text[start:end]
