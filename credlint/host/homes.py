"""The home directories that a subject may have been meant to use, where there is more than one."""

from __future__ import annotations

import stat
from collections.abc import Iterator, Mapping
from typing import Callable, Optional

from credlint.host.filesystem import FileSystem
from credlint.host.home import entry_home
from credlint.host.ways import Ways
from credlint.model.host_file import HomeDirectory
from credlint.model.lean_dataclasses import replace

_FILES = ("config", "credentials")


def find_homes(
    environment: Mapping[str, str], entry: Optional[str], sudo_home: Optional[str] = None
) -> tuple[tuple[str, str], ...]:
    """Return (kind, path) of the homes besides the one in use, as ``HomeDirectory`` names them.

    ``entry``: that of the user's password entry; ``sudo_home``: that of the user in SUDO_USER,
    looked up when None.
    """
    caller = environment.get("SUDO_USER")
    called_from = sudo_home or entry_home(caller) if caller else None
    found = (("password", entry), ("sudo", called_from))
    return tuple((kind, path) for kind, path in found if path)


def capture_homes(
    used: Optional[str],
    others: tuple[tuple[str, str], ...],
    system: FileSystem,
    ways: Ways,
    scrub: Callable[[str], str],
) -> tuple[HomeDirectory, ...]:
    """Look into each .aws folder for the names of files; none of them is opened."""
    found = [("used", used or "")]
    for kind, path in others:
        if path.rstrip("/") not in [known.rstrip("/") for _, known in found]:
            found.append((kind, path))
    if len(found) == 1:
        return ()
    homes = [_look(kind, path, system, ways) for kind, path in found]
    return tuple(replace(home, path=scrub(home.path)) for home in homes)


def _look(kind: str, path: str, system: FileSystem, ways: Ways) -> HomeDirectory:
    if not path.startswith("/"):
        return HomeDirectory(kind, path)
    node = ways.node(path)
    return HomeDirectory(
        kind=kind,
        path=path,
        files=tuple(_files_in(path.rstrip("/"), system)),
        owner_uid=node.owner_uid if node is not None else None,
        closed_by=ways.closed_by(f"{path.rstrip('/')}/.aws"),
    )


def _files_in(home: str, system: FileSystem) -> Iterator[str]:
    for name in _FILES:
        try:
            if stat.S_ISREG(system.stat(f"{home}/.aws/{name}").st_mode):
                yield name
        except (OSError, ValueError):  # noqa: PERF203  two names
            continue
