"""Cuts a text of any length into overlapping windows, so that memory stays bounded. Pure.

Whatever begins in a window's own part is whole in the window, with what stands around it: the
windows overlap by more than any pattern, pair or context of the secrets engine spans.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterable, Iterator

from credlint.model.document import unmarked_utf16
from credlint.model.lean_dataclasses import dataclass, field

OWN = 1024 * 1024
# The longest look of the engine is 16 KiB (a private key in base64).
OVERLAP = 64 * 1024
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (codecs.BOM_UTF8, ""),
)
_HEAD = 64
_CONTINUATION = 0xC0
_CONTINUES = 0x80


@dataclass(frozen=True)
class Window:
    """A piece of a text; the fields mean what they mean in ``model.host_text.HostText``."""

    data: bytes = field(repr=False)
    line: int
    column: int
    own_start: int
    own_end: int


@dataclass
class Counter:
    """Lines and columns passed so far, counted as ``secrets.text.LineIndex`` does."""

    line: int = 1
    column: int = 1

    def advance(self, data: bytes) -> None:
        """Pass over a piece that ends neither inside of a character nor inside of a CR LF."""
        ends = data.count(b"\n") + data.count(b"\r") - data.count(b"\r\n")
        start = max(data.rfind(b"\n"), data.rfind(b"\r")) + 1
        rest = data[start:]
        width = len(rest) if rest.isascii() else len(rest.decode("utf-8", "replace"))
        self.line += ends
        self.column = width + (1 if ends else self.column)


def iter_windows(
    chunks: Iterable[bytes], counter: Counter, own: int = OWN, overlap: int = OVERLAP
) -> Iterator[Window]:
    """Yield the windows of a text that comes in chunks; ``counter`` says where it begins.

    ``own`` is at least ``overlap``. Memory is bounded by them and one chunk.
    """
    buffer, own_start = b"", 0
    for chunk in _as_utf8(chunks):
        buffer += chunk
        while len(buffer) >= own_start + own + overlap:
            own_end = own_start + own
            yield Window(
                buffer[: own_end + overlap], counter.line, counter.column, own_start, own_end
            )
            cut = _whole(buffer, own_end - overlap)
            counter.advance(buffer[:cut])
            buffer, own_start = buffer[cut:], own_end - cut
    if len(buffer) > own_start:
        yield Window(buffer, counter.line, counter.column, own_start, len(buffer))


def _whole(data: bytes, place: int) -> int:
    """Return the place, or one not far before it, that parts no character and no CR LF."""
    for _ in range(3):
        if place and data[place] & _CONTINUATION == _CONTINUES:
            place -= 1
    if place and data[place : place + 1] == b"\n" and data[place - 1 : place] == b"\r":
        place -= 1
    return place


def _as_utf8(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the text as UTF-8 without its mark, as ``secrets.text.to_utf8`` makes a whole one."""
    pending, head = iter(chunks), b""
    for chunk in pending:
        head += chunk
        if len(head) >= _HEAD:
            break
    encoding = unmarked_utf16(head) or ""
    for mark, name in _MARKS:
        if head.startswith(mark):
            head, encoding = head[len(mark) :], name
            break
    if not encoding:
        yield head
        yield from pending
        return
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    yield decoder.decode(head).encode("utf-8", "replace")
    for chunk in pending:
        yield decoder.decode(chunk).encode("utf-8", "replace")
    yield decoder.decode(b"", final=True).encode("utf-8", "replace")
