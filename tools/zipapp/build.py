"""Puts the single file together: the same bytes wherever and whenever it is built."""

from __future__ import annotations

import os
import zipfile
from pathlib import Path

from tools.zipapp.libraries import fetch_wheels, iter_members

_ROOT = Path(__file__).resolve().parents[2]
_HERE = Path(__file__).resolve().parent
_SHEBANG = b"#!/usr/bin/env python3\n"
# The earliest time that a zip file can hold.
_TIME = (1980, 1, 1, 0, 0, 0)
_MODE = 0o100644 << 16
_UNIX = 3


def build(output: Path, wheels: Path) -> int:
    """Write the single file and return its size in bytes; raises LibrariesError, OSError."""
    members = _own_members()
    for wheel in fetch_wheels(wheels):
        members.update(iter_members(wheel))
    members["hcl2/__init__.py"] = (_HERE / "hcl2_parser.py").read_bytes()
    members["__main__.py"] = (_HERE / "start.py").read_bytes()
    output.parent.mkdir(parents=True, exist_ok=True)
    temporary = output.with_name(f".{output.name}.{os.getpid()}.tmp")
    try:
        _write(members, temporary)
        temporary.chmod(0o755)
        temporary.replace(output)
    finally:
        temporary.unlink(missing_ok=True)
    return output.stat().st_size


def _own_members() -> dict[str, bytes]:
    members = {"licences/credlint/LICENSE": (_ROOT / "LICENSE").read_bytes()}
    for source, pattern, folder in (
        (_ROOT / "credlint", "*.py", "credlint"),
        (_ROOT / "credlint", "*.txt", "credlint"),
        (_ROOT / "rules", "*.toml", "credlint/rules"),
    ):
        for path in source.rglob(pattern):
            members[f"{folder}/{path.relative_to(source).as_posix()}"] = path.read_bytes()
    return members


def _write(members: dict[str, bytes], target: Path) -> None:
    """Write in the order of the names, without compression: another zlib gives other bytes."""
    with target.open("wb") as stream:
        stream.write(_SHEBANG)
        with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as archive:
            for name in sorted(members):
                entry = zipfile.ZipInfo(name, _TIME)
                entry.create_system = _UNIX
                entry.external_attr = _MODE
                archive.writestr(entry, members[name])
