"""Text as people count it: encodings, lines and columns of a document's bytes."""

from __future__ import annotations

import codecs

from credlint.model.document import unmarked_utf16
from credlint.model.lean_tuples import NamedTuple

_UTF32 = {codecs.BOM_UTF32_LE: "utf-32-le", codecs.BOM_UTF32_BE: "utf-32-be"}
_UTF16 = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}


def encoding_of(data: bytes) -> tuple[str, int]:
    """Return the codec of a text that is not ASCII or UTF-8, else ``""``, and its mark's length.

    UTF-16 and UTF-32 are told by their byte order marks (Unicode 15, §23.8), UTF-16 without one
    by the NULs between Latin characters.
    """
    if data[:1] not in (b"\xff", b"\xfe", b"\xef", b"\x00") and data[1:2] != b"\x00":
        return "", 0
    for table in (_UTF32, _UTF16):
        for mark, encoding in table.items():
            if data.startswith(mark):
                return encoding, len(mark)
    unmarked = unmarked_utf16(data)
    if unmarked is not None:
        return unmarked, 0
    return "", 3 if data.startswith(codecs.BOM_UTF8) else 0


def to_utf8(data: bytes) -> bytes:
    """Return the document as UTF-8 without its byte order mark.

    Anything but UTF-16 and UTF-32 is kept as it is, because the patterns are ASCII and invalid
    UTF-8 must not hide a key.
    """
    encoding, mark = encoding_of(data)
    if encoding:
        return data[mark:].decode(encoding, "replace").encode("utf-8", "replace")
    return data[mark:] if mark else data


class _Place(NamedTuple):
    """A byte offset at a code point's start: line and column from 1, where the line starts."""

    offset: int
    line: int
    start: int
    column: int


_STEP = 16 * 1024


class LineIndex:
    """Turns byte offsets of one text into lines and columns.

    Lines end at LF, CR LF or a lone CR, as editors and SARIF viewers have it. Columns count
    code points from 1; an invalid UTF-8 sequence counts as the replacement character would.
    A place is kept for every step, so that an answer costs a step at most, however long the lines
    are and in whatever order they are asked for.
    """

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._steps = [_Place(0, 1, 0, 1)]
        # The last place asked for: the next one is mostly near, and behind it.
        self._last = self._steps[0]
        self._bounds = (0, -1)

    def _advance(self, place: _Place, offset: int) -> _Place:
        data, low = self._data, place.offset
        ends = data.count(b"\n", low, offset)
        returns = data.count(b"\r", low, offset)
        if returns:
            # A CR whose LF lies behind the offset has not ended its line yet.
            ends += returns - data.count(b"\r\n", low, offset + 1)
        if not ends:
            return _Place(offset, place.line, place.start, place.column + self._width(low, offset))
        high = offset
        if data[offset - 1 : offset + 1] == b"\r\n":
            high -= 1
        start = max(data.rfind(b"\n", low, high), data.rfind(b"\r", low, high)) + 1
        return _Place(offset, place.line + ends, start, 1 + self._width(start, offset))

    def _width(self, low: int, high: int) -> int:
        piece = self._data[low:high]
        return len(piece) if piece.isascii() else len(piece.decode("utf-8", "replace"))

    def _at(self, offset: int) -> _Place:
        number = offset // _STEP
        while len(self._steps) <= number:
            self._steps.append(self._advance(self._steps[-1], self._step_end(len(self._steps))))
        place = self._steps[number]
        if place.offset > offset:
            place = self._steps[number - 1]
        if place.offset < self._last.offset <= offset:
            place = self._last
        self._last = self._advance(place, offset)
        return self._last

    def _step_end(self, number: int) -> int:
        """Return the offset of a step: within no code point, and in no line ending."""
        data = self._data
        offset = number * _STEP
        # A code point is four bytes at most, all but the first of them 10xxxxxx (RFC 3629 §3).
        for _ in range(3):
            if b"\x80" <= data[offset : offset + 1] <= b"\xbf":
                offset -= 1
        return offset - 1 if data[offset - 1 : offset + 1] == b"\r\n" else offset

    def line_of(self, offset: int) -> int:
        """Return the line, counted from 1, that the byte at the offset stands in."""
        return self._at(offset).line

    def place(self, offset: int) -> tuple[int, int]:
        """Return line and column, both from 1, of a byte offset at a code point's start."""
        place = self._at(offset)
        return place.line, place.column

    def line_bounds(self, offset: int) -> tuple[int, int]:
        """Return where the line around the offset starts and ends, its ending excluded."""
        start, end = self._bounds
        if not start <= offset <= end:
            data = self._data
            start = self._at(offset).start
            end = data.find(b"\n", start)
            end = len(data) if end < 0 else end
            lone = data.find(b"\r", start, end)
            self._bounds = start, end if lone < 0 else lone
        return self._bounds
