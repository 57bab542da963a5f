"""The commits of a repository: which blob came with which, where, and what became of it."""

from __future__ import annotations

import os
import tempfile
import time
from binascii import hexlify, unhexlify
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import partial
from typing import IO, TYPE_CHECKING, Callable, Optional

from credlint.model.lean_tuples import NamedTuple
from credlint.sources.errors import SourceError
from credlint.sources.git import fault_of
from credlint.sources.git_revisions import split_range

if TYPE_CHECKING:
    from credlint.sources.git import Git

# Every commit that anything here still names; reflogs hold what was amended or dropped.
EVERYTHING = ("--all", "--reflog")
LOG_SECONDS = 3600
_PIECE = 1 << 22
# While git writes, so many seconds are waited for more.
_LITTLE = 0.01
_LEAST = 0.001
_RENAMED = (b"R", b"C")
_NOT_TEXT = (b"120000", b"160000", b"000000")
LEFT_OUT = -1
_NO_COMMITS = b"does not have any commits yet"


class Record(NamedTuple):
    """One path that a commit changes. ``commit``: its number in the log, 0 the newest.

    ``new``: the id of the content, None where the path was deleted or is no file; ``old``: ids
    of what stood there before, one for each parent that had something. Ids are binary.
    """

    commit: int
    path: bytes
    new: Optional[bytes]
    old: tuple[bytes, ...]


class CommitFacts(NamedTuple):
    """What a report tells of a commit. ``date``: the author's, ISO 8601 with his time zone."""

    commit: str
    date: str
    author: str


class Introductions(NamedTuple):
    """Where each blob came first: ``blobs`` by binary id to a number in ``paths``.

    LEFT_OUT for one that stands only where nothing is to be looked at.
    """

    blobs: dict[bytes, int]
    paths: list[str]


class HistoryLog:
    """``git log --raw`` over a range, written to a nameless file while other work goes on.

    ``text``: the range as the user gave it, empty for everything. For a range, renamed files are
    told apart from new ones. Raises SourceError for a range that is none.
    """

    def __init__(self, git: Git, text: str = "") -> None:
        self._git = git
        self._range = split_range(text)
        self.commits: list[bytes] = []
        self.fault = ""
        self._ended = False
        self._meanwhile: Iterator[Callable[[], object]] = iter(())
        self._deadline = time.monotonic() + LOG_SECONDS
        renames = ["-M", "-l400"] if self._range else ["--no-renames"]
        words = [word for word in self._range if word.startswith("-")] or []
        revisions = [word for word in self._range if not word.startswith("-")]
        if not self._range:
            words = list(EVERYTHING)
        elif not revisions and not _names_commits(words):
            revisions = ["HEAD"]
        chosen = self._range if "--not" in words else [*words, *revisions]
        self._file: IO[bytes] = _nameless_file()
        self._process = git.start(
            [
                "log",
                "-z",
                "--raw",
                "-c",
                "--no-abbrev",
                *renames,
                "--no-ext-diff",
                "--no-textconv",
                "--no-relative",
                "--ignore-submodules=all",
                "--format=%H",
                *chosen,
                "--",
            ],
            output=self._file,
        )

    def close(self) -> None:
        """End git, if it still runs, and give the file back."""
        self._process.end()
        self._file.close()

    def records(self, wanted: Collection[bytes]) -> Iterator[Record]:
        """Yield the changes that bring a wanted blob or take it away, the newest first."""
        names = {hexlify(blob) for blob in wanted}
        commit = -1
        old_id = new_id = slice(0)
        renames = bool(self._range)
        fields = self._fields()
        following = partial(next, fields, b"")
        # Of the many changes of one parent's only the two ids are looked at.
        for field in fields:
            head = field[1:] if field[:1] == b"\n" else field
            if head[:1] != b":":
                if commit < 0:
                    old_id, new_id = _ids_at(len(head))
                commit += bool(head)
                continue
            if (
                head[old_id] not in names and head[new_id] not in names
                if head[1:2] != b":"
                else names.isdisjoint(head.split(b" "))
            ):
                following()
                if renames and head.rpartition(b" ")[2][:1] in _RENAMED:
                    following()
                continue
            colons = len(head) - len(head.lstrip(b":"))
            parts = head[colons:].split(b" ")
            path = following()
            if parts[-1][:1] in _RENAMED:
                path = following()
            modes, ids = parts[: colons + 1], parts[colons + 1 : -1]
            new = None if modes[-1] in _NOT_TEXT else unhexlify(ids[-1])
            old = tuple(
                unhexlify(one) for mode, one in zip(modes, ids[:-1]) if mode not in _NOT_TEXT
            )
            yield Record(commit, path, new, old)

    def introductions(  # noqa: C901  one loop for speed
        self, keeps: Callable[[str], bool], meanwhile: Iterable[Callable[[], object]] = ()
    ) -> Introductions:
        """Return where each blob stood when it came first, as the dates of the commits say.

        Waits for git's end; what git could not read is told in ``fault``. ``keeps``: tells
        whether a path is one to look at. ``meanwhile``: short work for that time, of which any
        part may be left. Raises SourceError for a range that git does not take or cannot follow.
        """
        self._meanwhile = iter(meanwhile)
        blobs: dict[bytes, int] = {}
        numbers: dict[bytes, int] = {}
        paths: list[str] = []
        commits: list[bytes] = []
        fields = self._fields()
        following = partial(next, fields, b"")
        # The same walk as records(), over every path of a large history: kept lean, and done
        # while git goes on to write.
        for field in fields:
            head = field[1:] if field[:1] == b"\n" else field
            if head[:1] != b":":
                if not commits:
                    new_id = _ids_at(len(head))[1]
                if head:
                    commits.append(head)
                continue
            if head[1:2] != b":":
                mode, new, status = head[8:14], head[new_id], head[new_id.stop + 1 :]
            else:
                mode, new, status = _after_merge(head)
            path = following()
            if status[:1] in _RENAMED:
                path = following()
            if mode in _NOT_TEXT:
                continue
            number = numbers.get(path)
            if number is None:
                name = os.fsdecode(path).replace(os.sep, "/")
                number = LEFT_OUT
                if keeps(name):
                    number = len(paths)
                    paths.append(name)
                numbers[path] = number
            if number == LEFT_OUT:
                blobs.setdefault(unhexlify(new), number)
            else:
                blobs[unhexlify(new)] = number
        self.commits = commits
        return Introductions(blobs, paths)

    def _fields(self) -> Iterator[bytes]:
        rest = b""
        for piece in self._pieces():
            fields = (rest + piece).split(b"\0")
            rest = fields.pop()
            yield from fields
        # The last commit's id; of a change that is cut off nothing is known.
        if rest.strip() and not rest.lstrip().startswith(b":"):
            yield rest

    def _pieces(self) -> Iterator[bytes]:
        """Yield what git has written, up to its end. Git's place in the file stays where it is."""
        place = 0
        while True:
            ended = self._has_ended()
            piece = os.pread(self._file.fileno(), _PIECE, place)
            while piece:
                yield piece
                place += len(piece)
                piece = os.pread(self._file.fileno(), _PIECE, place)
            if ended:
                return

    def _has_ended(self) -> bool:
        """Give git a little time to end, in which other work is done."""
        if self._ended:
            return True
        until = time.monotonic() + _LITTLE
        for step in self._meanwhile:
            step()
            if time.monotonic() > until:
                break
        try:
            left = until - time.monotonic()
            _, fault = self._process.communicate(timeout=max(left, _LEAST))
        except TimeoutError as error:
            if time.monotonic() < self._deadline:
                return False
            self.close()
            message = f"git log did not end within {LOG_SECONDS} seconds"
            raise SourceError(message) from error
        self._ended = True
        if self._process.returncode and _NO_COMMITS not in fault:
            self.fault = fault_of(fault)
            if self._range:
                raise SourceError(self.fault)
        return True

    def facts(self, numbers: Collection[int]) -> dict[int, CommitFacts]:
        """Return date and author of commits by their numbers in the log."""
        wanted = sorted(numbers)
        if not wanted:
            return {}
        output = self._git.ask(
            [
                "log",
                "--no-walk=unsorted",
                "-z",
                "--no-show-signature",
                "--format=%H %aI %an",
                "--stdin",
            ],
            b"\n".join(self.commits[number] for number in wanted) + b"\n",
        )
        told = {}
        for row in output.split(b"\0"):
            commit, _, rest = row.partition(b" ")
            date, _, author = rest.partition(b" ")
            told[commit] = CommitFacts(
                commit.decode("ascii", "replace"),
                date.decode("ascii", "replace"),
                author.decode("utf-8", "replace"),
            )
        unknown = CommitFacts("", "", "")
        return {
            number: told.get(
                self.commits[number], unknown._replace(commit=self.commits[number].decode())
            )
            for number in wanted
        }


def files_of_head(git: Git) -> dict[bytes, set[bytes]]:
    """Return the paths of every blob in HEAD, by its binary id; nothing without a commit."""
    code, output, _ = git.run(["ls-tree", "-r", "-z", "--full-tree", "HEAD"])
    files: dict[bytes, set[bytes]] = {}
    if code == 0:
        for row in output.split(b"\0"):
            head, tab, path = row.partition(b"\t")
            parts = head.split(b" ")
            if tab and parts[1] == b"blob":
                files.setdefault(unhexlify(parts[2]), set()).add(path)
    return files


def boundary_commits(git_folder: str) -> int:
    """Return at how many commits a shallow clone ends (gitrepository-layout(5), ``shallow``)."""
    try:
        with open(os.path.join(git_folder, "shallow"), "rb") as stream:  # noqa: PTH118, PTH123
            return sum(1 for _ in stream)
    except OSError:
        return 0


def hexadecimal(identifier: bytes) -> str:
    """Return an id as git writes it."""
    return hexlify(identifier).decode()


def _ids_at(digits: int) -> tuple[slice, slice]:
    """Return where the two ids of that length stand in ``:100644 100644 … … M``."""
    first, second = 15, 16 + digits
    return slice(first, first + digits), slice(second, second + digits)


def _after_merge(head: bytes) -> tuple[bytes, bytes, bytes]:
    """Return mode and id after a merge, and its status: ``::100644 … 100644 <ids> MM``."""
    rest, new, status = head.rsplit(b" ", 2)
    parents = len(rest) - len(rest.lstrip(b":"))
    return rest[parents:].split(b" ", parents + 1)[parents], new, status


def _names_commits(words: Sequence[str]) -> bool:
    named = ("--all", "--branches", "--tags", "--remotes", "--glob", "--reflog")
    return any(word.startswith(named) for word in words)


def _nameless_file() -> IO[bytes]:
    try:
        return tempfile.TemporaryFile(prefix="credlint-")
    except OSError as error:
        if hasattr(os, "memfd_create"):
            return os.fdopen(os.memfd_create("credlint"), "w+b")
        message = "no temporary file can be made for the list of commits"
        raise SourceError(message) from error
