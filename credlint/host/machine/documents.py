"""Reads the texts of a host that may hold keys: in windows, within bounds, never raising."""

from __future__ import annotations

import os
import re
import stat
import time
from collections import Counter as Tally
from collections.abc import Generator, Iterable, Iterator, Sequence
from typing import Callable, Optional

from credlint.host.access import follow, judge_access
from credlint.host.filesystem import OWN, FileSystem
from credlint.host.machine.database import DatabaseCells, is_database
from credlint.host.machine.text_files import TextFile, shown_path
from credlint.host.machine.text_source import Refused, TextSource, look_at, open_text
from credlint.host.machine.windows import Counter, Window, iter_windows
from credlint.model.audit import HostFileFact
from credlint.model.host_text import HostText
from credlint.model.lean_dataclasses import dataclass
from credlint.model.lean_tuples import NamedTuple

_MEBI = 1024**2
_BLOCKED, _LOOP = "its folder did not answer in time", "is a link without an end"
_LINE_BREAK = re.compile(r"[\r\n]")
# A user that nobody is: what such a one may read, all others may.
_STRANGER = 2**32 - 2


class Arguments(NamedTuple):
    """The words of a running process; they hold secrets and are never kept."""

    pid: int
    program: str
    words: Sequence[str]
    user: Optional[str] = None

    def __repr__(self) -> str:
        return f"Arguments(pid={self.pid}, {len(self.words)} words)"


@dataclass(frozen=True)
class Bounds:
    """How much is read at most.

    ``seconds`` and ``size`` (bytes) of one text, ``total_seconds`` and ``total_size`` of all;
    ``packed``: bytes of one text that may be packed; ``tail``: bytes of a log's newest part;
    ``counted``: the largest log whose lines are counted; ``arguments``: bytes of a command line.
    """

    seconds: float = 10.0
    total_seconds: float = 60.0
    size: int = 2048 * _MEBI
    total_size: int = 8192 * _MEBI
    packed: int = 4 * _MEBI
    tail: int = 32 * _MEBI
    counted: int = 1024 * _MEBI
    arguments: int = _MEBI


class TextReader:
    """Gives texts one after another and notes what was not read.

    ``skipped``: (place, reason). ``read_count``, ``read_bytes``: what was. ``name_of`` turns a uid
    into a user's name. A file is read once, under the first name that it is given by.
    """

    def __init__(
        self,
        system: FileSystem = OWN,
        name_of: Callable[[int], Optional[str]] = str,
        bounds: Bounds = Bounds(),  # noqa: B008  frozen
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.skipped: list[tuple[str, str]] = []
        self.read_count = 0
        self.read_bytes = 0
        self._system = system
        self._name_of = name_of
        self._bounds = bounds
        self._clock = clock
        self._end = clock() + bounds.total_seconds
        self._told: set[tuple[str, str]] = set()
        self._seen: set[tuple[int, int]] = set()
        self._opened: dict[str, tuple[str, str, os.stat_result]] = {}
        self._left_out: Tally[tuple[str, str]] = Tally()

    def tell(self, place: str, reason: str) -> None:
        """Note something that was not looked at, once."""
        entry = (shown_path(place), reason)
        if entry not in self._told:
            self._told.add(entry)
            self.skipped.append(entry)

    def read(self, files: Iterable[TextFile]) -> Iterator[HostText]:
        """Yield the texts of the files, long ones in windows; raises nothing."""
        for file in files:
            try:
                yield from self._read_one(file)
            except Refused as refused:  # noqa: PERF203  one of many, not the usual case
                if refused.reason and file.way != "known":
                    self.tell(file.path, refused.reason)
        for (folder, what), count in sorted(self._left_out.items()):
            self.tell(folder, f"{what}: {count:,} not read")
        self._left_out.clear()

    def read_arguments(self, processes: Iterable[Arguments]) -> Iterator[HostText]:
        """Yield the words of processes as texts; the line is the number of the word, from 1."""
        limit = self._bounds.arguments
        for process in processes:
            # What breaks lines inside of a word would shift the numbers of those behind it.
            words = "\n".join(_LINE_BREAK.sub(" ", word) for word in process.words)
            data = words.encode("utf-8", "surrogateescape")
            path = f"process/{process.pid}/arguments"
            if len(data) > limit:
                self.tell(path, f"more than {limit // 1024:,} KiB; the rest was not examined")
            yield HostText(
                kind="process-arguments",
                path=path,
                data=data[:limit],
                tool=process.program,
                user=process.user,
                pid=process.pid,
            )

    def facts(self, paths: Iterable[str]) -> tuple[HostFileFact, ...]:
        """Return whose those of the files are that were read, and who may read them."""
        found = []
        for path in sorted(set(paths) & set(self._opened)):
            kind, real, facts = self._opened[path]
            owner = self._name_of(facts.st_uid)
            mode = stat.S_IMODE(facts.st_mode)
            found.append(
                HostFileFact(path, kind, mode, owner, _is_exposed(real, facts, self._system.root))
            )
        return tuple(found)

    def _read_one(self, file: TextFile) -> Iterator[HostText]:
        if self._system.is_blocked(file.path):
            raise Refused(_BLOCKED)
        try:
            real = self._system.locate(file.path)
        except OSError as error:
            raise Refused(_LOOP) from error
        if self._leads_elsewhere(file):
            return
        facts = look_at(real)
        if file.way == "known":
            self._seen.add((facts.st_dev, facts.st_ino))
            return
        if (facts.st_dev, facts.st_ino) in self._seen or self._is_left_out(file, facts):
            return
        descriptor, facts = open_text(real)
        try:
            self._seen.add((facts.st_dev, facts.st_ino))
            path = shown_path(file.path)
            self._opened.setdefault(path, (file.kind, real, facts))
            self.read_count += 1
            user = file.user or self._name_of(facts.st_uid)
            named = file._replace(path=path, user=user)
            is_cells = file.way == "binary" and is_database(os.pread(descriptor, 16, 0))
            if is_cells and (yield from self._cells(named, real)):
                return
            yield from self._texts(named, descriptor, facts.st_size)
        finally:
            os.close(descriptor)

    def _leads_elsewhere(self, file: TextFile) -> bool:
        """Tell whether one of the names that must be plain is a symbolic link."""
        path = file.path
        for _ in range(file.plain):
            folder, _, name = path.rpartition("/")
            if os.path.islink(f"{self._system.locate(folder or '/').rstrip('/')}/{name}"):  # noqa: PTH114
                return True
            path = folder
        return False

    def _is_left_out(self, file: TextFile, facts: os.stat_result) -> bool:
        if file.way == "unread":
            self._seen.add((facts.st_dev, facts.st_ino))
            why = file.tool
        elif self._clock() >= self._end:
            why = "the time for all texts was over"
        elif self.read_bytes >= self._bounds.total_size:
            why = "the size of all texts was too much"
        else:
            return False
        self._left_out[file.path.rpartition("/")[0] or "/", why] += 1
        return True

    def _texts(self, file: TextFile, descriptor: int, size: int) -> Iterator[HostText]:
        limit = self._bounds.size
        if size > limit:
            self.tell(file.path, f"only its first {limit // _MEBI:,} MiB were read")
        source = TextSource(descriptor, min(size, limit) if file.way != "tail" else size)
        if file.way == "packed" and size <= self._bounds.packed:
            data = b"".join(source)
            self.read_bytes += len(data)
            yield HostText(file.kind, file.path, data, file.tool, file.user, packed=True)
        else:
            yield from self._windows(file, source, size)
        if source.error:
            self.tell(file.path, f"not read to its end ({source.error})")

    def _cells(self, file: TextFile, real: str) -> Generator[HostText, None, bool]:
        """Yield what a database holds; return whether that was all.

        Its file has parted what is long, so it is searched as it is only where this fails.
        """
        deadline = min(self._clock() + self._bounds.seconds, self._end)
        cells = DatabaseCells(real, lambda: self._clock() >= deadline)
        for window in iter_windows(cells, Counter()):
            self.read_bytes += window.own_end - window.own_start
            yield self._window(file, window, numbered=False)
        if cells.error:
            self.tell(file.path, f"not read to its end as a database ({cells.error})")
        return cells.error is None

    def _windows(self, file: TextFile, source: TextSource, size: int) -> Iterator[HostText]:
        counter, numbered = Counter(), file.way != "binary"
        deadline = min(self._clock() + self._bounds.seconds, self._end)
        if file.way == "tail" and size > self._bounds.tail:
            numbered = self._skip_head(file, source, size, counter)
        for window in iter_windows(source, counter):
            if self._clock() >= deadline:
                self.tell(file.path, f"took too long; from line {window.line:,} on not examined")
                source.error = None
                return
            self.read_bytes += window.own_end - window.own_start
            yield self._window(file, window, numbered=numbered)

    def _window(self, file: TextFile, window: Window, *, numbered: bool) -> HostText:
        return HostText(
            kind=file.kind,
            path=file.path,
            data=window.data,
            tool=file.tool,
            user=file.user,
            line=window.line,
            column=window.column,
            own_start=window.own_start,
            own_end=window.own_end,
            numbered=numbered,
        )

    def _skip_head(self, file: TextFile, source: TextSource, size: int, counter: Counter) -> bool:
        """Pass over all but the newest part; tell whether its lines could be counted."""
        limit = self._bounds.tail
        self.tell(
            file.path, f"only the newest {limit // _MEBI:,} MiB of {size // _MEBI:,} were read"
        )
        if size > self._bounds.counted:
            source.pass_over(size - limit)
            return False
        source.count_lines(size - limit, counter)
        return True


def _is_exposed(real: str, facts: os.stat_result, root: str) -> bool:
    """Tell whether the modes let somebody read it who is neither its owner nor root.

    Folders above ``root`` are not those of the host.
    """
    inside = root.rstrip("/")
    trail = follow(real).directories
    folders = [one for path, one in trail if f"{path}/".startswith(f"{inside}/")]
    stranger = judge_access(facts, folders, _STRANGER, ())
    member = judge_access(facts, folders, _STRANGER, (facts.st_gid,))
    return stranger.readable or (member.readable and facts.st_gid != 0)
