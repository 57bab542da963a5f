"""Bytes that come piece by piece: files of any size, standard input, members of archives."""

from __future__ import annotations

import os

_PIECE = 1024 * 1024


class FileStream:
    """A file that is open as a descriptor; parts of it that were never written are passed over.

    A sparse file may claim any length and takes no room on the disk; each hole is read as NULs of
    one piece at most, which no pattern matches.
    """

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        status = os.fstat(descriptor)
        # The blocks of a file are of 512 bytes, whatever the disk's are (POSIX sys/stat.h).
        blocks = getattr(status, "st_blocks", None)
        self._sparse = (
            hasattr(os, "SEEK_DATA") and blocks is not None and blocks * 512 < status.st_size
        )

    def read(self, size: int) -> bytes:
        """Return at most so many of the next bytes, none at the end; raises OSError."""
        if self._sparse:
            self._pass_hole()
        return os.read(self._descriptor, size)

    def _pass_hole(self) -> None:
        here = os.lseek(self._descriptor, 0, os.SEEK_CUR)
        try:
            there = os.lseek(self._descriptor, here, os.SEEK_DATA)
        except OSError:  # nothing but a hole follows (lseek(2), ENXIO), or nothing at all
            there = os.lseek(self._descriptor, 0, os.SEEK_END)
        os.lseek(self._descriptor, max(here, there - _PIECE), os.SEEK_SET)
