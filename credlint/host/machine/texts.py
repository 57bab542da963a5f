"""Reads the texts of a host, bounded, and remembers what it could not read and why."""

from __future__ import annotations

import errno
import os
import stat
from bisect import bisect_right
from typing import Optional

from credlint.host.files import SIZE_LIMIT, error_name
from credlint.host.filesystem import FileSystem
from credlint.model.lean_tuples import NamedTuple

# Entries of one folder, and bytes of all texts that one reader takes; more is told, not read.
FOLDER_LIMIT = 5_000
TOTAL_LIMIT = 64 * 1024 * 1024
_REASONS = {
    "not-a-file": "is not a regular file",
    "too-large": f"is larger than {SIZE_LIMIT} bytes",
}


class Place(NamedTuple):
    """Where something stands: line and column from 1, ``end`` exclusive."""

    line: int
    column: int
    end: int


class Lines:
    """Turns offsets of a text into lines and columns (both from 1, in code points)."""

    def __init__(self, text: str) -> None:
        self._starts = [0]
        position = text.find("\n")
        while position >= 0:
            self._starts.append(position + 1)
            position = text.find("\n", position + 1)
        self._length = len(text)

    def place(self, start: int, end: int) -> Place:
        """Return the place of a part; the end of one over several lines is that of its first."""
        number = bisect_right(self._starts, start) - 1
        begin = self._starts[number]
        following = number + 1
        last = self._starts[following] - 1 if following < len(self._starts) else self._length
        end = max(start, min(end, last))
        return Place(number + 1, start - begin + 1, end - begin + 1)

    def line(self, offset: int) -> int:
        """Return the number of the line that an offset lies in."""
        return bisect_right(self._starts, offset)


class Texts:
    """The texts of one host; ``skipped`` gathers (place, reason) of what was not looked at."""

    def __init__(self, system: FileSystem, total: int = TOTAL_LIMIT) -> None:
        self.system = system
        self.skipped: list[tuple[str, str]] = []
        self._left = total
        self._known: dict[str, Optional[str]] = {}

    def skip(self, place: str, reason: str) -> None:
        """Remember once that something was not looked at."""
        if (place, reason) not in self.skipped[-1000:]:
            self.skipped.append((place, reason))

    def read(self, path: str) -> Optional[str]:
        """Return a file's text, None when it is absent or cannot be read (which is told).

        Bytes that are no UTF-8 come as lone surrogates, as Python has them in its environment.
        """
        if path not in self._known:
            self._known[path] = self._read(path)
        return self._known[path]

    def _read(self, path: str) -> Optional[str]:
        raw = self.system.read(path)
        if raw.status == "absent":
            return None
        if raw.status != "read":
            reason = _REASONS.get(raw.status) or f"cannot be read ({raw.error or raw.status})"
            self.skip(path, reason)
            return None
        self._left -= len(raw.data)
        if self._left < 0:
            self.skip(path, f"not read: more than {TOTAL_LIMIT // 1024 // 1024} MiB of texts")
            return None
        return raw.data.decode("utf-8", "surrogateescape")

    def names(self, folder: str) -> tuple[str, ...]:
        """Return the names in a folder, sorted as bytes; none when it is absent."""
        if self.system.is_blocked(folder):
            self.skip(folder, "did not answer in time")
            return ()
        found: list[str] = []
        try:
            with os.scandir(self.system.locate(folder)) as entries:
                for entry in entries:
                    found.append(entry.name)
                    if len(found) > FOLDER_LIMIT:
                        self.skip(folder, f"has more than {FOLDER_LIMIT} entries")
                        break
        except (OSError, ValueError) as error:
            name = error_name(error) if isinstance(error, OSError) else "EINVAL"
            if name not in ("ENOENT", "ENOTDIR", "EINVAL"):
                self.skip(folder, f"cannot be read ({name})")
            return ()
        return tuple(sorted(found[:FOLDER_LIMIT], key=os.fsencode))

    def link(self, path: str) -> Optional[str]:
        """Return what a symbolic link says, None for anything else."""
        folder, _, name = path.rpartition("/")
        try:
            if self.system.is_blocked(path):
                return None
            return os.readlink(f"{self.system.locate(folder or '/').rstrip('/')}/{name}")  # noqa: PTH115
        except (OSError, ValueError):
            return None

    def identity(self, path: str) -> Optional[tuple[int, int]]:
        """Return device and number of what is there, None when nothing is."""
        try:
            facts = self.system.stat(path)
        except (OSError, ValueError):
            return None
        return facts.st_dev, facts.st_ino

    def is_folder(self, path: str) -> bool:
        """Tell whether a folder is there."""
        try:
            return stat.S_ISDIR(self.system.stat(path).st_mode)
        except (OSError, ValueError):
            return False

    def why_not(self, path: str) -> str:
        """Say in a word why a text was not read: ENOENT when nothing is there."""
        try:
            facts = self.system.stat(path)
        except OSError as error:
            return error_name(error)
        except ValueError:
            return "EINVAL"
        return "EISDIR" if stat.S_ISDIR(facts.st_mode) else errno.errorcode[errno.EACCES]
