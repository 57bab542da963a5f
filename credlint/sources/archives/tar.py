"""Tar archives as a stream: ustar, pax and GNU (POSIX pax, "ustar Interchange Format"; tar(5))."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Optional

from credlint.sources.archives.members import Entry, Member, NoFile, Unread, shown_name
from credlint.sources.archives.reader import Part, Reader

_BLOCK = 512
_ZEROS = bytes(_BLOCK)
_FILES = (b"0", b"\0", b"7", b"S")
_FOLDER = b"5"
_SPARSE = b"S"
_LINKS_AND_DEVICES = (b"1", b"2", b"3", b"4", b"6")
_LONG_NAME, _PAX = b"L", b"x"
# A long name, a long link, pax records of the next entry, of all further ones.
_ABOUT_THE_NEXT = (_LONG_NAME, b"K", _PAX, b"g")
# Names of a million bytes are no names.
_LONGEST_HEADER = 1024 * 1024
_LONGEST_NUMBER = 20
_RECORD = re.compile(rb"(?:^|\n)\d{1,7} (path|size|GNU\.sparse\.name)=([^\n]{0,65536})")


def read_tar(whole: Reader) -> Iterator[Entry]:
    """Yield the entries; a member is to be read before the next entry is asked for.

    Archives that were put behind each other are read to the end, as ``tar --ignore-zeros`` does.
    """
    told = _Told()
    while True:
        header = whole.take(_BLOCK)
        if header == _ZEROS:
            continue
        if len(header) < _BLOCK or not _is_sound(header):
            if header.strip(b"\0"):
                reason = "a header of it is damaged" if len(header) == _BLOCK else "it ends early"
                yield Unread(None, f"{whole.fault or reason}; the rest was not examined")
            return
        kind, length = header[156:157], _number(header[124:136])
        if kind in _ABOUT_THE_NEXT:
            text = whole.take(min(length, _LONGEST_HEADER))
            whole.skip(length - len(text) + -length % _BLOCK)
            told.read(kind, text)
            continue
        yield from _entry(whole, header, length if told.size is None else told.size, told.name)
        told = _Told()


class _Told:
    """What the headers before an entry say of it; None where its own one speaks."""

    def __init__(self) -> None:
        self.name: Optional[bytes] = None
        self.size: Optional[int] = None

    def read(self, kind: bytes, text: bytes) -> None:
        if kind == _LONG_NAME:
            self.name = text.rstrip(b"\0")
        elif kind == _PAX:
            records = dict(_RECORD.findall(text))
            self.name = records.get(b"GNU.sparse.name") or records.get(b"path") or self.name
            size = records.get(b"size", b"")
            if size.isdigit() and len(size) < _LONGEST_NUMBER:
                self.size = int(size)


def _entry(whole: Reader, header: bytes, length: int, name: Optional[bytes]) -> Iterator[Entry]:
    kind = header[156:157]
    if kind in _FILES:
        if kind == _SPARSE:
            _pass_sparse_map(whole, header)
        data = Part(whole, length)
        yield Member(shown_name(_name(header) if name is None else name), data)
        data.finish()
        whole.skip(-length % _BLOCK)
        return
    if kind != _FOLDER:
        yield NoFile()
    # Of these the size is that of the target, or none: no data follow.
    if kind not in (*_LINKS_AND_DEVICES, _FOLDER):
        whole.skip(length + -length % _BLOCK)


def _is_sound(header: bytes) -> bool:
    """Tell whether the checksum fits: the sum of the header's bytes, its own field as blanks."""
    total = sum(header) - sum(header[148:156]) + 8 * 32
    return _number(header[148:156]) == total


def _number(field: bytes) -> int:
    """Return an octal number, or GNU's base 256; 0 for anything else."""
    if field[:1] == b"\x80":
        return int.from_bytes(field[1:], "big")
    digits = field.strip(b" \0").partition(b"\0")[0].strip()
    try:
        return max(0, int(digits, 8))
    except ValueError:
        return 0


def _name(header: bytes) -> bytes:
    name = header[:100].partition(b"\0")[0]
    prefix = header[345:500].partition(b"\0")[0] if header[257:263] == b"ustar\0" else b""
    return prefix + b"/" + name if prefix else name


def _pass_sparse_map(whole: Reader, header: bytes) -> None:
    """Pass over GNU's further blocks of a sparse file's map (tar(5), "extended sparse")."""
    more = header[482:483] not in (b"\0", b"")
    while more:
        block = whole.take(_BLOCK)
        more = len(block) == _BLOCK and block[504:505] not in (b"\0", b"")
