"""The files of a host that the table of texts names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Callable, Optional

from credlint.host.filesystem import FileSystem
from credlint.host.machine.matching import Folders
from credlint.host.machine.text_places import SDK_FILES, TEXT_PLACES
from credlint.model.lean_tuples import NamedTuple

_WHOLE_KEY_ID = re.compile(r"(AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{12}([A-Z0-9]{4})")


class TextFile(NamedTuple):
    """One text to be searched; ``path`` absolute, as on the host. The rest as in the table.

    ``way`` may be ``known`` too: not read, and not under any other name either.
    """

    kind: str
    path: str
    user: Optional[str] = None
    tool: str = ""
    way: str = "text"
    plain: int = 0


def shown_path(path: str) -> str:
    """Return a path as it may be shown: files may be called after a key id."""
    return _WHOLE_KEY_ID.sub(r"\1…\2", path)


def list_files(
    system: FileSystem, homes: Iterable[tuple[str, str]], tell: Callable[[str, str], None]
) -> Iterator[TextFile]:
    """Yield the files that the table names, for the whole host and all (user, home directory).

    ``tell`` gets (place, reason) of what could not be looked into.
    """
    entered = {home.rstrip("/"): user for user, home in reversed(list(homes))}
    folders = Folders(system, tell)
    for place in TEXT_PLACES:
        if place.pattern.startswith("/"):
            for path in folders.match("", place.pattern[1:]):
                yield TextFile(place.kind, path, None, place.tool, place.way, place.plain)
    for home, user in sorted(entered.items()):
        if (not home or home.startswith("/")) and folders.may_enter(home or "/"):
            yield from _files_of_home(folders, home, user)


def _files_of_home(folders: Folders, home: str, user: str) -> Iterator[TextFile]:
    own = [f"{home}/{name}" for name in SDK_FILES]
    # What is another name of one of these is no copy of it.
    yield from (TextFile("sdk", path, user, way="known") for path in own)
    for place in TEXT_PLACES:
        if not place.pattern.startswith("/"):
            for path in folders.match(home, place.pattern):
                if path not in own:
                    yield TextFile(place.kind, path, user, place.tool, place.way, place.plain)
