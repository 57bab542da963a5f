"""Reads single blobs through ``git cat-file``, one question after the other."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING, Optional, Union

from credlint.model.finding import Skipped
from credlint.model.lean_tuples import NamedTuple
from credlint.sources.errors import UNREADABLE

if TYPE_CHECKING:
    from credlint.sources.git import Git
    from credlint.sources.process import Process

_HEAD_FIELDS = 3
_FIRST = 8192


class LongBlob(NamedTuple):
    """A blob that is not for memory: its size and its first bytes."""

    size: int
    head: bytes


class BlobReader:
    """Asks one ``git cat-file --batch``; started at the first question, ended by :meth:`close`.

    One blob is asked for after the other: neither pipe can fill while the other side waits.
    ``limit``: bytes of the largest blob that is given as a whole.
    """

    def __init__(self, git: Git, limit: int) -> None:
        self._git = git
        self._limit = limit
        self._process: Optional[Process] = None

    def start(self) -> None:
        """Start git, whose questions are to come; raises SourceError when there is no git."""
        if self._process is None:
            self._process = self._git.start(["cat-file", "--batch"])

    def read(self, blob: str, name: str) -> Union[bytes, LongBlob, Skipped]:
        """Return the content of the blob with this id, or why there is none; ``name`` is told."""
        self.start()
        assert self._process is not None  # noqa: S101  just started
        inlet, outlet = self._process.stdin, self._process.stdout
        try:
            inlet.write(blob.encode() + b"\n")
            inlet.flush()
        except OSError:
            return Skipped(name, "git ended before it gave the content", UNREADABLE, "SRCROOT")
        head = outlet.readline().split()
        if len(head) != _HEAD_FIELDS:
            return missing(name)
        size = int(head[2])
        if head[1] != b"blob":
            _drain(outlet, size + 1)
            return missing(name)
        if size > self._limit:
            first = outlet.read(_FIRST)
            _drain(outlet, size + 1 - len(first))
            return LongBlob(size, first)
        data = outlet.read(size)
        outlet.read(1)
        return data if len(data) == size else missing(name)

    @contextmanager
    def open(self, blob: str) -> Iterator[IO[bytes]]:
        """Give a blob of any size piece by piece."""
        process = self._git.start(["cat-file", "blob", blob])
        try:
            yield process.stdout
        finally:
            process.end()

    def close(self) -> None:
        """End git."""
        if self._process is not None:
            self._process.end()
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
