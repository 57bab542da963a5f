"""Zip archives as a stream, entry by entry (PKWARE APPNOTE.TXT 6.3.10, sections by number).

Read forward by the local headers, not by the directory at the end: so it works on a pipe and within
another archive, memory stays flat, and no entry lies on another. The directory then tells what was
not met.
"""

from __future__ import annotations

import struct
from collections.abc import Generator, Iterator
from typing import Optional

from credlint.sources.archives.budget import Budget
from credlint.sources.archives.compressed import NoDecoderError, Unpacked, decoder_of
from credlint.sources.archives.members import Entry, Member, Unread, shown_name
from credlint.sources.archives.reader import PIECE, Part, Reader

_LOCAL, _CENTRAL = b"PK\x03\x04", b"PK\x01\x02"
_DESCRIPTOR = b"PK\x07\x08"
_ENDS = (b"PK\x05\x06", b"PK\x06\x06")
_KNOWN = (_LOCAL, _CENTRAL, *_ENDS)
_LOCAL_HEADER = struct.Struct("<4sHHHHHIIIHH")  # 4.3.7
_CENTRAL_HEADER = struct.Struct("<4s24xHHH12x")  # 4.3.12: the lengths of name, extra, comment
_ENCRYPTED, _SIZES_BEHIND = 1, 8  # 4.4.4
_STORED = 0
_METHODS = {8: "deflate", 12: "bz2", 93: "zst", 95: "xz"}  # 4.4.5
_LATER = 0xFFFFFFFF
_ZIP64 = 1  # 4.5.3


class _Header:
    def __init__(self, whole: Reader) -> None:
        fields = _LOCAL_HEADER.unpack(whole.take(_LOCAL_HEADER.size))
        self.flags, self.method = fields[2], fields[3]
        self.size = fields[7]
        name = whole.take(fields[9])
        extra = whole.take(fields[10])
        self.is_folder = name.endswith((b"/", b"\\"))
        self.name = shown_name(name, "cp437")
        self.wide = False
        if _LATER in (fields[7], fields[8]):
            self._read_zip64(extra, fields[8])

    def _read_zip64(self, extra: bytes, unpacked: int) -> None:
        place = 0
        while place + 4 <= len(extra):
            kind, length = struct.unpack_from("<HH", extra, place)
            if kind == _ZIP64:
                self.wide = True
                # The unpacked size comes first, where it is here too.
                start = place + 4 + (8 if unpacked == _LATER else 0)
                if self.size == _LATER:
                    self.size = int.from_bytes(extra[start : start + 8], "little")
                return
            place += 4 + length

    @property
    def size_unknown(self) -> bool:
        return bool(self.flags & _SIZES_BEHIND) and self.size in (0, _LATER)


def read_zip(whole: Reader, budget: Budget) -> Iterator[Entry]:
    """Yield the entries; a member is to be read before the next entry is asked for."""
    met = named = 0
    stopped = False
    while not stopped:
        mark = whole.peek(4)
        if mark == _LOCAL and len(whole.peek(_LOCAL_HEADER.size)) == _LOCAL_HEADER.size:
            header = _Header(whole)
            met += 1
            stopped = yield from _read_entry(whole, header, budget)
        elif mark == _CENTRAL and len(whole.peek(_CENTRAL_HEADER.size)) == _CENTRAL_HEADER.size:
            named += 1
            lengths = _CENTRAL_HEADER.unpack(whole.take(_CENTRAL_HEADER.size))[1:]
            whole.skip(sum(lengths))
            if budget.hit:
                return
        elif mark in _ENDS:
            break
        elif not _find_mark(whole):
            yield Unread(None, whole.fault or "it ends early; the rest was not examined")
            return
    if named > met:
        yield Unread(None, f"{named - met:,} entries that its directory names could not be read")


def _read_entry(whole: Reader, header: _Header, budget: Budget) -> Generator[Entry, None, bool]:
    """Yield the entry; return True when nothing behind it can be found."""
    encrypted = header.flags & _ENCRYPTED
    if header.size_unknown:
        if encrypted or header.method != 8:  # noqa: PLR2004  deflate alone tells its own end
            reason = "encrypted" if encrypted else "stored without its length"
            yield Unread(header.name, f"{reason}, not read")
            return not _find_mark(whole)
        data = Unpacked(whole, decoder_of("deflate"), budget, one=True)
        yield Member(header.name, data)
        while data.read(PIECE):
            pass
        if data.fault is not None:
            return True
        _pass_descriptor(whole)
        return False
    packed = Part(whole, header.size)
    entry = _member(header, packed, budget)
    if entry is not None:
        yield entry
    packed.finish()
    if header.flags & _SIZES_BEHIND:
        _pass_descriptor(whole)
    return packed.fault is not None


def _member(header: _Header, packed: Part, budget: Budget) -> Optional[Entry]:
    if header.is_folder:
        return None
    if header.flags & _ENCRYPTED:
        return Unread(header.name, "encrypted, not read")
    if header.method == _STORED:
        return Member(header.name, packed)
    form = _METHODS.get(header.method)
    if form is None:
        return Unread(header.name, f"not read: compression method {header.method} of zip")
    try:
        return Member(header.name, Unpacked(packed, decoder_of(form), budget))
    except NoDecoderError as error:
        return Unread(header.name, str(error))


def _pass_descriptor(whole: Reader) -> None:
    """Pass over checksum and sizes behind data (4.3.9): with a mark or without, 4 bytes or 8."""
    ahead = whole.peek(28)
    start = 4 if ahead.startswith(_DESCRIPTOR) else 0
    for length in (start + 12, start + 20):
        if ahead[length : length + 4] in _KNOWN:
            whole.take(length)
            return
    whole.take(start + 12)


def _find_mark(whole: Reader) -> bool:
    """Go on to the next header, past the first byte: padding lies between them, or a signature."""
    while True:
        ahead = whole.peek(PIECE)
        places = [place for mark in _KNOWN for place in [ahead.find(mark, 1)] if place >= 0]
        if places:
            whole.take(min(places))
            return True
        if len(ahead) < PIECE:
            whole.take(len(ahead))
            return False
        whole.take(PIECE - 3)
