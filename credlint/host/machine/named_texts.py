"""Texts that units and running processes lead to: environment files, ``.env`` beside a program."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from credlint.host.filesystem import FileSystem
from credlint.host.machine.processes import RunningProcess
from credlint.host.machine.text_files import TextFile
from credlint.host.machine.units import RawUnit

# Working directories that are looked into.
_FOLDER_LIMIT = 1_000


def named_texts(
    units: Iterable[RawUnit], processes: Iterable[RunningProcess], system: FileSystem
) -> Iterator[TextFile]:
    """Yield each text once; those of containers lie in other roots and are left to them."""
    seen: set[str] = set()
    for unit in units:
        kinds = dict.fromkeys(unit.paths, "systemd-unit")
        kinds.update((one.path, one.kind) for one in unit.assignments if one.path not in kinds)
        for path, kind in kinds.items():
            if path not in seen:
                seen.add(path)
                yield TextFile(kind, path, unit.user)
    folders = {
        one.folder.rstrip("/")
        for one in processes
        if one.folder.startswith("/") and one.system.root == system.root
    }
    for folder in sorted(folders)[:_FOLDER_LIMIT]:
        yield TextFile("dotenv", f"{folder}/.env")
