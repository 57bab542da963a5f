"""Opens a file without being fooled or hung by it: FIFOs, devices, loops, huge files."""

from __future__ import annotations

import codecs
import errno
import os
import stat
from typing import Optional

from credlint.model.lean_dataclasses import dataclass, field

# No SDK's own file comes near this; a larger one is reported, not read.
SIZE_LIMIT = 1024 * 1024


@dataclass(frozen=True)
class RawFile:
    """A file as read; ``data`` holds secrets and never leaves this room.

    ``status`` and ``error`` as in ``model.snapshot.HostFile``.
    """

    status: str
    data: bytes = b""
    error: Optional[str] = None
    mode: Optional[int] = None
    owner_uid: Optional[int] = None
    symlink: bool = False
    size: int = 0
    # Seconds since 1970; no part of what makes two readings equal.
    modified: Optional[float] = field(default=None, compare=False)

    def __repr__(self) -> str:
        return f"RawFile(status={self.status!r}, size={self.size})"


@dataclass(frozen=True)
class DecodedText:
    """The text of a file and how it was decoded; ``encoding`` as in ``HostFile``.

    ``text`` is what can be read of an undecodable file too (for findings), with U+FFFD for
    undecodable bytes; ``undecodable_line`` is the first line, from 1, that Python cannot decode.
    """

    text: str
    encoding: str
    undecodable_line: Optional[int] = None

    def __repr__(self) -> str:
        return f"DecodedText(encoding={self.encoding!r}, length={len(self.text)})"


def error_name(error: OSError) -> str:
    """Return the symbolic name of an OSError (``EACCES``), which holds no path."""
    return errno.errorcode.get(error.errno or 0, "EIO")


def read_file(path: str, limit: int = SIZE_LIMIT) -> RawFile:  # noqa: PLR0911  one per refusal
    """Read a regular file of at most ``limit`` bytes; never raises and never blocks."""
    try:
        symlink = os.path.islink(path)  # noqa: PTH114
        # O_NONBLOCK: opening a FIFO without a writer would wait for one.
        flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0)
        flags |= getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
        facts = os.stat(path)  # noqa: PTH116  Path would drop a slash at the end
        if not stat.S_ISREG(facts.st_mode):
            return _facts("not-a-file", facts, symlink)
        descriptor = os.open(path, flags)
    except (OSError, ValueError) as error:
        return _failed(path, error)
    try:
        facts = os.fstat(descriptor)
        # Looked at again: the name may stand for another file by now.
        if not stat.S_ISREG(facts.st_mode):
            return _facts("not-a-file", facts, symlink)
        if facts.st_size > limit:
            return _facts("too-large", facts, symlink)
        data = _read_up_to(descriptor, limit + 1)
        if len(data) > limit:
            return _facts("too-large", facts, symlink)
        return _facts("read", facts, symlink, data)
    except OSError as error:
        return RawFile("unreadable", error=error_name(error), symlink=symlink)
    finally:
        os.close(descriptor)


def read_head(path: str, count: int) -> Optional[bytes]:
    """Return the first bytes of a file, None when it cannot be read."""
    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
    except OSError:
        return None
    try:
        return os.read(descriptor, count)
    except OSError:
        return None
    finally:
        os.close(descriptor)


def _read_up_to(descriptor: int, limit: int) -> bytes:
    pieces, wanted = [], limit
    while wanted > 0:
        piece = os.read(descriptor, min(wanted, 65536))
        if not piece:
            break
        pieces.append(piece)
        wanted -= len(piece)
    return b"".join(pieces)


def _facts(status: str, facts: os.stat_result, symlink: bool, data: bytes = b"") -> RawFile:
    return RawFile(
        status=status,
        data=data,
        mode=stat.S_IMODE(facts.st_mode),
        owner_uid=facts.st_uid,
        symlink=symlink,
        size=facts.st_size,
        modified=facts.st_mtime,
    )


def _failed(path: str, error: Exception) -> RawFile:
    if not isinstance(error, OSError):  # a NUL in the path: no such file can exist
        return RawFile("absent", error="EINVAL")
    name = error_name(error)
    if name in ("ENOENT", "ENOTDIR"):
        # A link that points nowhere is absent too, but worth telling.
        return RawFile("absent", error=name, symlink=_is_link(path))
    if name in ("ENXIO", "ENODEV", "EISDIR"):  # a socket, a missing device
        return RawFile("not-a-file", error=name)
    try:
        facts = os.stat(path)  # noqa: PTH116  Path would drop a slash at the end
    except OSError:
        return RawFile("unreadable", error=name, symlink=_is_link(path))
    denied = _facts("unreadable", facts, _is_link(path))
    return RawFile(
        "unreadable", b"", name, denied.mode, denied.owner_uid, denied.symlink, denied.size
    )


def _is_link(path: str) -> bool:
    try:
        return os.path.islink(path)  # noqa: PTH114
    except (OSError, ValueError):
        return False


def decode(data: bytes) -> DecodedText:
    """Decode a file as Python's text mode does (UTF-8, BOM kept), UTF-16 by ourselves."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        # Neither byte of the mark is valid UTF-8: Python fails on the first line.
        return DecodedText(data.decode("utf-16", "replace"), "utf-16", 1)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        before = data[: error.start].replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        line = before.count(b"\n") + 1
        return DecodedText(data.decode("utf-8", "replace"), "undecodable", line)
    return DecodedText(text, "utf-8-bom" if data.startswith(codecs.BOM_UTF8) else "utf-8")
