"""Reading one file: never blocking, never more than asked for, told apart by content."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Optional, Union

from credlint.model.document import unmarked_utf16
from credlint.model.finding import Skipped
from credlint.model.lean_tuples import NamedTuple
from credlint.sources.errors import NOT_REGULAR, TOO_LARGE, UNREADABLE

if TYPE_CHECKING:
    from credlint.sources.streams import FileStream

# A text of any real length is examined; a bound must be, since a file may claim any length.
DEFAULT_MAX_FILE_SIZE = 16 * 1024**3
# Up to here a text is one document in memory; what is longer is examined block by block.
WHOLE_LIMIT = 16 * 1024**2
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
_HAS_PREAD = hasattr(os, "pread")
_KINDS = {
    stat.S_IFIFO: "a named pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a character device",
    stat.S_IFBLK: "a block device",
    stat.S_IFDIR: "a directory",
    stat.S_IFLNK: "a symbolic link",
}


class Apart(NamedTuple):
    """A file that is to be read piece by piece: ``form`` of an archive, empty for a long text."""

    form: str = ""


ReadResult = Union[bytes, Skipped, Apart, None]
# By their first two bytes: the whole mark of a format and its name. APPNOTE.TXT 4.3.7 and 4.3.16
# (zip), RFC 1952 §2.3.1, RFC 8878 §3.1.1, the xz file format §2.1.1.1, 7zFormat.txt, RAR 5.0
# technote.
_FORMS = {
    b"PK": ((b"PK\x03\x04", "zip"), (b"PK\x05\x06", "zip")),
    b"\x1f\x8b": ((b"\x1f\x8b\x08", "gz"),),
    b"\x1f\x9d": ((b"\x1f\x9d", "compress"),),
    b"BZ": tuple((b"BZh%d1AY&SY" % level, "bz2") for level in range(1, 10)),
    b"\xfd7": ((b"\xfd7zXZ\x00", "xz"),),
    b"\x28\xb5": ((b"\x28\xb5\x2f\xfd", "zst"),),
    b"7z": ((b"7z\xbc\xaf\x27\x1c", "7z"),),
    b"Ra": ((b"Rar!\x1a\x07", "rar"),),
}
_KEY_STORES = (
    b"\xfe\xed\xfe\xed\x00\x00",
    b"\xce\xce\xce\xce\x00\x00",
    b"\x03\xd9\xa2\x9a",
    b"== ed25519v1-secret",
)
_OPENPGP = (b"\x94", b"\x95", b"\xc5")
_DER_VERSIONS = (
    b"\x02\x01\x03\x30",
    b"\x02\x01\x00\x30",
    b"\x02\x01\x00\x02",
    b"\x02\x01\x01\x04",
)
# POSIX pax, ustar interchange format: the magic field of a header.
_TAR = slice(257, 262)


def archive_form(data: bytes) -> str:
    """Return the format of the archive or compressed file that begins so, ``""`` for none."""
    for mark, form in _FORMS.get(data[:2], ()):
        if data.startswith(mark):
            return form
    return "tar" if data[_TAR] == b"ustar" else ""


def is_binary(data: bytes) -> bool:
    """Tell whether the content is no text: a NUL in its first 8 KiB, and no UTF-16 or UTF-32.

    The same test as git's (``buffer_is_binary``, xdiff-interface.c), UTF-16 aside. A store of
    private keys is no text either, but is looked at (SEC217).
    """
    if data.find(b"\0", 0, _HEAD) < 0 or data.startswith(_MARKS):
        return False
    return unmarked_utf16(data) is None and not _is_key_store(data)


def _is_key_store(data: bytes) -> bool:
    """Tell the first bytes of JKS, JCEKS, KeePass, Tor's keys, PKCS #12, DER, OpenPGP."""
    if data[:1] == b"0":  # a SEQUENCE of X.690 whose first element is a version
        return any(mark in data[2:9] for mark in _DER_VERSIONS)
    if data[:1] in _OPENPGP:  # a packet of a private key whose body begins with its version
        return b"\x04" in data[2:4]
    return data.startswith(_KEY_STORES)


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

    Apart is for what :func:`open_file` must give piece by piece: archives and long texts.
    ``follow`` is for paths that the user named: a link met on a walk is never followed, and what
    was named is read even when it is no text, as ``/proc/PID/environ`` is. Opening
    does not block on a pipe, and what is no regular file is not read.
    """
    descriptor: Optional[int] = None
    try:
        descriptor = os.open(path, _FLAGS if follow else _FLAGS | _NO_FOLLOW)
        size = 0 if follow else _short_size(descriptor)
        if not size:
            status = os.fstat(descriptor)
            if not stat.S_ISREG(status.st_mode):
                return Skipped(uri, f"{kind_of(status.st_mode)}, not read", NOT_REGULAR, "SRCROOT")
            size = status.st_size
        # Of a long one so much as tells what it is: it may be none to be read whole.
        data = _read_at(descriptor, _HEAD if size > _FIRST_READ else _FIRST_READ, 0)
        form = archive_form(data)
        if form:
            return Apart(form)
        if not follow and is_binary(data):
            return None
        if size > limit:
            return too_large(uri, size, limit)
        if len(data) == size:
            return data
        if size > WHOLE_LIMIT:
            return Apart()
        # At one go from the beginning: to read on and join takes longer than those first bytes.
        whole = _read_at(descriptor, size + 1, 0) if size > len(data) else data
        return whole if len(whole) == size else _read_rest(descriptor, data)
    except OSError as error:
        return unreadable(uri, error)
    finally:
        if descriptor is not None:
            os.close(descriptor)


@contextmanager
def open_file(path: str, *, follow: bool = False) -> Iterator[FileStream]:
    """Open a file that :func:`read_file` has called Apart; raises OSError.

    It may be another one by now: what is no regular file is refused again.
    """
    from credlint.sources.streams import FileStream  # noqa: PLC0415  long files and archives only

    descriptor = os.open(path, _FLAGS if follow else _FLAGS | _NO_FOLLOW)
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise OSError(errno.ENXIO, "no regular file any more")
        yield FileStream(descriptor)
    finally:
        os.close(descriptor)


def unreadable(uri: str, error: OSError) -> Skipped:
    """Return the note on a file that the system did not let us read."""
    if error.errno == errno.ELOOP:
        return Skipped(uri, "a symbolic link, or a loop of them", NOT_REGULAR, "SRCROOT")
    if error.errno == errno.EISDIR:
        return Skipped(uri, f"{_KINDS[stat.S_IFDIR]}, not read", NOT_REGULAR, "SRCROOT")
    if error.errno == errno.ENXIO:
        return Skipped(uri, "a socket or a pipe, not read", NOT_REGULAR, "SRCROOT")
    return Skipped(uri, describe(error), UNREADABLE, "SRCROOT")


def _short_size(descriptor: int) -> int:
    """Return the size of a file that one read takes whole, 0 where its status is to be asked for.

    To go to the end takes a quarter of the time of ``fstat``. Pipes, sockets and terminals cannot
    be gone to the end of, devices of characters and files of /proc end where they begin, and disks
    are larger.
    """
    try:
        size = os.lseek(descriptor, 0, os.SEEK_END)
    except OSError:
        return 0
    return size if size <= _FIRST_READ else 0


def _read_at(descriptor: int, count: int, offset: int) -> bytes:
    """Read up to so many bytes from there, wherever the file stands."""
    if _HAS_PREAD:
        return os.pread(descriptor, count, offset)
    os.lseek(descriptor, offset, os.SEEK_SET)
    return os.read(descriptor, count)


def _read_rest(descriptor: int, data: bytes) -> Union[bytes, Apart]:
    """Read on to the end; the size told before is not relied on, files of /proc say 0."""
    pieces = [data]
    total = len(data)
    while data:
        data = _read_at(descriptor, WHOLE_LIMIT + 1 - total, total)
        pieces.append(data)
        total += len(data)
        if total > WHOLE_LIMIT:
            return Apart()
    return b"".join(pieces)
