"""Opens and reads one text of a host in chunks: whatever it is, nothing hangs and nothing grows."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from typing import Optional

from credlint.host.files import error_name
from credlint.host.machine.windows import Counter

_CHUNK = 256 * 1024
_NULL_DEVICE = (1, 3)  # Linux, devices.txt


class Refused(Exception):  # noqa: N818  not an error: there is nothing to read, or not for us
    """Why a file is not read; ``reason`` None where nothing is worth telling."""

    def __init__(self, reason: Optional[str] = None) -> None:
        super().__init__(reason)
        self.reason = reason


def look_at(real: str) -> os.stat_result:
    """Return the facts of a regular file that is not empty; raises Refused."""
    try:
        facts = os.stat(real)  # noqa: PTH116
    except (OSError, ValueError) as error:
        raise _refusal(error) from error
    if stat.S_ISDIR(facts.st_mode):
        raise Refused
    if not stat.S_ISREG(facts.st_mode):
        # A history that leads to /dev/null keeps nothing.
        device = (os.major(facts.st_rdev), os.minor(facts.st_rdev))
        is_null = stat.S_ISCHR(facts.st_mode) and device == _NULL_DEVICE
        raise Refused(None if is_null else "is not a regular file")
    if not facts.st_size:
        raise Refused
    return facts


def open_text(real: str) -> tuple[int, os.stat_result]:
    """Open a file that was a regular one when it was looked at; raises Refused."""
    # O_NONBLOCK: what stands there by now may be a FIFO, whose opening would wait.
    flags = os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY
    try:
        descriptor = os.open(real, flags)
    except (OSError, ValueError) as error:
        raise _refusal(error) from error
    facts = os.fstat(descriptor)
    if not stat.S_ISREG(facts.st_mode):
        os.close(descriptor)
        raise Refused
    return descriptor, facts


def _refusal(error: Exception) -> Refused:
    name = error_name(error) if isinstance(error, OSError) else "ENOENT"
    return Refused(None if name in ("ENOENT", "ENOTDIR") else f"cannot be read ({name})")


class TextSource:
    """The chunks of an open file, at most ``size`` bytes: what is added meanwhile is not read.

    ``error``: why it ended early, None when it did not.
    """

    def __init__(self, descriptor: int, size: int) -> None:
        self.error: Optional[str] = None
        self._descriptor = descriptor
        self._left = size

    def __iter__(self) -> Iterator[bytes]:
        while self._left > 0:
            chunk = self._next(min(self._left, _CHUNK))
            if not chunk:
                return
            yield chunk

    def pass_over(self, count: int) -> None:
        """Go on behind so many bytes, unread."""
        os.lseek(self._descriptor, count, os.SEEK_CUR)
        self._left -= count

    def count_lines(self, count: int, counter: Counter) -> None:
        """Read so many bytes and some more, up to a line's end, only to count their lines."""
        target = max(0, self._left - count)
        last = b""
        while self._left > target:
            chunk = self._next(min(self._left - target, _CHUNK))
            if not chunk:
                return
            counter.line += chunk.count(b"\n")
            last = chunk
        begun = last[last.rfind(b"\n") + 1 :]
        counter.column = len(begun.decode("utf-8", "replace")) + 1

    def _next(self, count: int) -> bytes:
        try:
            chunk = os.read(self._descriptor, count)
        except OSError as error:
            self.error = error_name(error)
            chunk = b""
        if not chunk:
            self.error = self.error or "it was cut short meanwhile"
            self._left = 0
        self._left -= len(chunk)
        return chunk
