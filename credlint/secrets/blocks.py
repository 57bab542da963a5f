"""A text of any length as blocks that overlap, each fit for the engine, in flat memory."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from typing import TYPE_CHECKING, Callable, Optional

from credlint.model.lean_tuples import NamedTuple
from credlint.model.text import LineIndex, encoding_of

if TYPE_CHECKING:
    from codecs import IncrementalDecoder

BLOCK = 8 * 1024 * 1024
# What belongs together is seen together within half of this; a private key takes up to 32 KiB.
OVERLAP = 256 * 1024
# A block begins at the beginning of a line where one is as near as this.
_LINE = 16 * 1024
_FIRST = 64


class Block(NamedTuple):
    """A piece of a text in UTF-8, and where it stands in the whole.

    What begins from ``low`` on and before ``high`` (byte offsets of ``data``) is this block's; the
    rest is there for its neighbourhood and belongs to the blocks beside it. ``line`` and
    ``column``: the place, both from 1, of its first byte.
    """

    data: bytes
    low: int
    high: int
    line: int
    column: int


def iter_blocks(read: Callable[[int], bytes]) -> Iterator[Block]:
    """Yield the blocks of what ``read`` gives; it is called with a size and gives none at the end.

    The encoding is told by the first bytes, as ``text.to_utf8`` does. Raises what ``read`` raises.
    """
    head = _read_fully(read, _FIRST)
    encoding, mark = encoding_of(head)
    decoder = codecs.getincrementaldecoder(encoding)("replace") if encoding else None
    carried, fresh = b"", head[mark:]
    low, line, column = 0, 1, 1
    ended = False
    while not ended:
        more = _read_fully(read, BLOCK)
        ended = not more
        data = carried + _decoded(decoder, fresh + more, last=ended)
        fresh = b""
        if ended:
            yield Block(data, low, len(data), line, column)
            return
        cut = _cut(data, len(data) - OVERLAP)
        if cut <= 0:  # a last piece so short that it goes with what follows
            carried = data
            continue
        high = cut + (len(data) - cut) // 2
        yield Block(data, low, high, line, column)
        lines, columns = LineIndex(data).place(cut)
        column = column + columns - 1 if lines == 1 else columns
        line += lines - 1
        carried, low = data[cut:], high - cut


def _read_fully(read: Callable[[int], bytes], size: int) -> bytes:
    """Read until there is so much: a pipe gives what it has."""
    pieces, wanted = [], size
    while wanted > 0:
        piece = read(wanted)
        if not piece:
            break
        pieces.append(piece)
        wanted -= len(piece)
    return pieces[0] if len(pieces) == 1 else b"".join(pieces)


def _decoded(decoder: Optional[IncrementalDecoder], data: bytes, *, last: bool) -> bytes:
    if decoder is None:
        return data
    return decoder.decode(data, last).encode("utf-8", "replace")


def _cut(data: bytes, wanted: int) -> int:
    """Return where the next block begins, near ``wanted``: a line's, else a code point's start."""
    if wanted <= 0:
        return 0
    after = data.rfind(b"\n", max(0, wanted - _LINE), wanted) + 1
    if after:
        return after
    while wanted > 0 and b"\x80" <= data[wanted : wanted + 1] <= b"\xbf":
        wanted -= 1
    return wanted - 1 if data[wanted - 1 : wanted + 1] == b"\r\n" else wanted
