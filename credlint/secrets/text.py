"""Text as people count it: encodings, lines and columns of a document's bytes."""

from __future__ import annotations

import codecs
import re
from bisect import bisect_right
from typing import Optional

from credlint.model.document import unmarked_utf16

_LINE_END = re.compile(rb"\r\n|\n|\r")
_UTF32 = {codecs.BOM_UTF32_LE: "utf-32-le", codecs.BOM_UTF32_BE: "utf-32-be"}
_UTF16 = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}


def to_utf8(data: bytes) -> bytes:
    """Return the document as UTF-8 without its byte order mark.

    UTF-16 and UTF-32 are told by their byte order marks (Unicode 15, §23.8), UTF-16 without one
    by the NULs between Latin characters; anything else is
    kept as it is, because the patterns are ASCII and invalid UTF-8 must not hide a key.
    """
    if data[:1] not in (b"\xff", b"\xfe", b"\xef", b"\x00") and data[1:2] != b"\x00":
        return data
    for table in (_UTF32, _UTF16):
        for mark, encoding in table.items():
            if data.startswith(mark):
                text = data[len(mark) :].decode(encoding, "replace")
                return text.encode("utf-8", "replace")
    unmarked = unmarked_utf16(data)
    if unmarked is not None:
        return data.decode(unmarked, "replace").encode("utf-8", "replace")
    return data[3:] if data.startswith(codecs.BOM_UTF8) else data


def split_lines(data: bytes) -> list[bytes]:
    """Return the lines of a text without their ends, as :class:`LineIndex` counts them."""
    return _LINE_END.split(data)


class LineIndex:
    """Turns byte offsets of one text into lines and columns.

    Lines end at LF, CR LF or a lone CR, as editors and SARIF viewers have it. Columns count
    code points from 1; an invalid UTF-8 sequence counts as the replacement character would.
    """

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._starts: Optional[list[int]] = None
        # The last place asked for: columns on a huge line are counted on from there.
        self._line_start = -1
        self._known_offset = 0
        self._known_column = 1

    def _line_starts(self) -> list[int]:
        if self._starts is None:
            self._starts = [0, *(match.end() for match in _LINE_END.finditer(self._data))]
        return self._starts

    def line_of(self, offset: int) -> int:
        """Return the line, counted from 1, that the byte at the offset stands in."""
        return bisect_right(self._line_starts(), offset)

    def place(self, offset: int) -> tuple[int, int]:
        """Return line and column, both from 1, of a byte offset at a code point's start."""
        starts = self._line_starts()
        line = bisect_right(starts, offset)
        start = starts[line - 1]
        if start != self._line_start or offset < self._known_offset:
            self._line_start, self._known_offset, self._known_column = start, start, 1
        piece = self._data[self._known_offset : offset]
        width = len(piece) if piece.isascii() else len(piece.decode("utf-8", "replace"))
        self._known_offset, self._known_column = offset, self._known_column + width
        return line, self._known_column

    def line_bounds(self, offset: int) -> tuple[int, int]:
        """Return where the line around the offset starts and ends, its ending excluded."""
        starts = self._line_starts()
        line = bisect_right(starts, offset)
        start = starts[line - 1]
        if line < len(starts):
            end = starts[line]
            while end > start and self._data[end - 1] in b"\r\n":
                end -= 1
            return start, end
        return start, len(self._data)
