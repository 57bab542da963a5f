"""Reads single blobs through ``git cat-file``, one question after the other."""

from __future__ import annotations

from typing import IO, TYPE_CHECKING, Optional, Union

from credlint.model.finding import Skipped
from credlint.sources.errors import UNREADABLE
from credlint.sources.files import too_large

if TYPE_CHECKING:
    import subprocess

    from credlint.sources.git import Git

_HEAD_FIELDS = 3


class BlobReader:
    """Asks one ``git cat-file --batch``; started at the first question, ended by :meth:`close`.

    One blob is asked for after the other: neither pipe can fill while the other side waits.
    ``limit``: bytes of the largest blob that is read.
    """

    def __init__(self, git: Git, limit: int) -> None:
        self._git = git
        self._limit = limit
        self._process: Optional[subprocess.Popen[bytes]] = None

    def read(self, blob: str, name: str) -> Union[bytes, Skipped]:
        """Return the content of the blob with this id, or why there is none; ``name`` is told."""
        if self._process is None:
            self._process = self._git.start(["cat-file", "--batch"])
        inlet, outlet = self._process.stdin, self._process.stdout
        assert inlet is not None  # noqa: S101  start() always makes pipes
        assert outlet is not None  # noqa: S101
        try:
            inlet.write(blob.encode() + b"\n")
            inlet.flush()
        except OSError:
            return Skipped(name, "git ended before it gave the content", UNREADABLE, "SRCROOT")
        head = outlet.readline().split()
        if len(head) != _HEAD_FIELDS:
            return missing(name)
        size = int(head[2])
        if head[1] != b"blob" or size > self._limit:
            _drain(outlet, size + 1)
            return too_large(name, size, self._limit) if head[1] == b"blob" else missing(name)
        data = outlet.read(size)
        outlet.read(1)
        return data if len(data) == size else missing(name)

    def close(self) -> None:
        """End git."""
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None


def missing(name: str) -> Skipped:
    """Return the note on a blob that the repository names and does not hold, or not whole."""
    reason = "the repository does not hold its content (missing or damaged object)"
    return Skipped(name, reason, UNREADABLE, "SRCROOT")


def _drain(stream: IO[bytes], count: int) -> None:
    while count > 0:
        piece = stream.read(min(count, 1 << 20))
        if not piece:
            return
        count -= len(piece)
