"""Which files a path pattern names, in a subject's own view of the host."""

from __future__ import annotations

import fnmatch
import os
import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Callable

from credlint.host.files import error_name
from credlint.host.filesystem import FileSystem

# Of one folder: so many names are looked at, so many of them may match one pattern.
ENTRY_LIMIT = 50_000
MATCH_LIMIT = 500
# Listings kept: the patterns come sorted by folder, more or less.
_KEPT = 16
_WILD = re.compile(r"[*?\[]")


class Folders:
    """Lists folders, some of them only once; ``tell`` gets (place, reason) of what it could not."""

    def __init__(self, system: FileSystem, tell: Callable[[str, str], None]) -> None:
        self._system = system
        self._tell = tell
        self._listings: dict[str, tuple[str, ...]] = {}

    def match(self, root: str, pattern: str) -> Iterator[str]:
        """Yield the paths below ``root`` that a pattern names, sorted; raises nothing.

        A pattern without ``*``, ``?`` and ``[`` is yielded unseen. Hidden names match too.
        ``root``: an absolute path as it is, without a slash at its end; empty for ``/``.
        """
        parts = pattern.split("/")
        wild = next((place for place, part in enumerate(parts) if _WILD.search(part)), None)
        if wild is None:
            yield f"{root}/{pattern}"
            return
        folder, rest = "/".join((root, *parts[:wild])), "/".join(parts[wild + 1 :])
        expression = _expression(parts[wild])
        found = [name for name in self._names(folder or "/") if expression.match(name)]
        if len(found) > MATCH_LIMIT:
            reason = f"{len(found):,} names match {parts[wild]}; the first {MATCH_LIMIT} were read"
            self._tell(folder or "/", reason)
        for name in found[:MATCH_LIMIT]:
            path = f"{folder}/{name}"
            if rest:
                yield from self.match(path, rest)
            else:
                yield path

    def may_enter(self, folder: str) -> bool:
        """Tell whether a folder is there and may be entered; one that may not is told."""
        if self._system.is_blocked(folder) or not self._system.exists(folder):
            return False
        try:
            if os.access(self._system.locate(folder), os.X_OK):
                return True
        except (OSError, ValueError):
            return False
        self._tell(folder, "may not be entered (EACCES)")
        return False

    def _names(self, folder: str) -> tuple[str, ...]:
        if folder not in self._listings:
            if len(self._listings) >= _KEPT:
                del self._listings[next(iter(self._listings))]
            self._listings[folder] = self._list(folder)
        return self._listings[folder]

    def _list(self, folder: str) -> tuple[str, ...]:
        if self._system.is_blocked(folder):
            return ()
        names: list[str] = []
        try:
            with os.scandir(self._system.locate(folder)) as entries:
                for entry in entries:
                    if len(names) >= ENTRY_LIMIT:
                        reason = f"more than {ENTRY_LIMIT:,} names; the rest was not looked at"
                        self._tell(folder, reason)
                        break
                    names.append(entry.name)
        except (OSError, ValueError) as error:
            name = error_name(error) if isinstance(error, OSError) else "ENOENT"
            if name not in ("ENOENT", "ENOTDIR"):
                self._tell(folder, f"cannot be listed ({name})")
        return tuple(sorted(names))


@lru_cache(maxsize=512)
def _expression(part: str) -> re.Pattern[str]:
    """Return what a name is matched with: as written on the host, case and all."""
    return re.compile(fnmatch.translate(part))
