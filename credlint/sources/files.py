"""Reading one file: never blocking, never more than asked for, told apart by content."""

from __future__ import annotations

import errno
import os
import stat
from typing import Optional, Union

from credlint.model.document import unmarked_utf16
from credlint.model.finding import Skipped
from credlint.sources.errors import NOT_REGULAR, TOO_LARGE, UNREADABLE

DEFAULT_MAX_FILE_SIZE = 20 * 1024 * 1024
_HEAD = 8192
_FIRST_READ = 128 * 1024
_MARKS = (b"\xff\xfe", b"\xfe\xff", b"\x00\x00\xfe\xff")
_FLAGS = (
    os.O_RDONLY
    | getattr(os, "O_NONBLOCK", 0)
    | getattr(os, "O_NOCTTY", 0)
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_BINARY", 0)
)
_NO_FOLLOW = getattr(os, "O_NOFOLLOW", 0)
_KINDS = {
    stat.S_IFIFO: "a named pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a character device",
    stat.S_IFBLK: "a block device",
    stat.S_IFDIR: "a directory",
    stat.S_IFLNK: "a symbolic link",
}

ReadResult = Union[bytes, Skipped, None]


def is_binary(data: bytes) -> bool:
    """Tell whether the content is no text: a NUL in its first 8 KiB, and no UTF-16 or UTF-32.

    The same test as git's (``buffer_is_binary``, xdiff-interface.c), UTF-16 aside.
    """
    if data.find(b"\0", 0, _HEAD) < 0 or data.startswith(_MARKS):
        return False
    return unmarked_utf16(data) is None


def kind_of(mode: int) -> str:
    """Return what a file mode says in words: ``a named pipe``."""
    return _KINDS.get(stat.S_IFMT(mode), "not a regular file")


def describe(error: OSError) -> str:
    """Return the reason of a failed system call in lower case, without any path."""
    text = os.strerror(error.errno) if error.errno else type(error).__name__
    return text[:1].lower() + text[1:]


def too_large(uri: str, size: int, limit: int) -> Skipped:
    """Return the note on something left out for its size."""
    return Skipped(uri, f"{size:,} bytes, more than the limit of {limit:,}", TOO_LARGE, "SRCROOT")


def read_file(  # noqa: PLR0911  one return for each way to end
    path: str, uri: str, limit: int, *, follow: bool = False
) -> ReadResult:
    """Return the bytes of a text file, None for a binary one, Skipped for one not looked at.

    ``follow`` is for paths that the user named: a link met on a walk is never followed, and what
    was named is read even when it is no text, as ``/proc/PID/environ`` is. Opening
    does not block on a pipe, and what is no regular file is not read.
    """
    descriptor: Optional[int] = None
    try:
        descriptor = os.open(path, _FLAGS if follow else _FLAGS | _NO_FOLLOW)
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            return Skipped(uri, f"{kind_of(status.st_mode)}, not read", NOT_REGULAR, "SRCROOT")
        size = status.st_size
        data = os.read(descriptor, _FIRST_READ)
        if not follow and is_binary(data):
            return None
        if size > limit:
            return too_large(uri, size, limit)
        if len(data) == size:
            return data
        return _read_rest(descriptor, data, uri, limit)
    except OSError as error:
        if error.errno == errno.ELOOP:
            return Skipped(uri, "a symbolic link, or a loop of them", NOT_REGULAR, "SRCROOT")
        if error.errno == errno.ENXIO:
            return Skipped(uri, "a socket or a pipe, not read", NOT_REGULAR, "SRCROOT")
        return Skipped(uri, describe(error), UNREADABLE, "SRCROOT")
    finally:
        if descriptor is not None:
            os.close(descriptor)


def _read_rest(descriptor: int, data: bytes, uri: str, limit: int) -> ReadResult:
    """Read on to the end; the size told before is not relied on, files of /proc say 0."""
    pieces = [data]
    total = len(data)
    while data:
        data = os.read(descriptor, max(_FIRST_READ, min(limit, 8 * 1024 * 1024)))
        pieces.append(data)
        total += len(data)
        if total > limit:
            return too_large(uri, total, limit)
    return b"".join(pieces)
