"""Which Python packages are installed where an SDK runs, told by their metadata folders."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

_FOLDER = re.compile(r"(?P<name>[A-Za-z0-9_.]+)-(?P<version>[0-9][^-]*)\.(?:dist|egg)-info\Z")
_WANTED = frozenset(
    ("boto3", "botocore", "awscli", "awscrt", "s3transfer", "aioboto3", "aiobotocore")
)


def installed_packages(folders: Iterable[str]) -> tuple[tuple[str, str], ...]:
    """Return (name, version) of the AWS packages in the folders of a module search path.

    The first folder that has a package wins, as on import. Give the search path of the Python
    that runs the SDK: the packages of another one tell nothing about it.
    """
    found: dict[str, str] = {}
    for folder in folders:
        try:
            names = sorted(entry.name for entry in Path(folder).iterdir())
        except (OSError, ValueError):
            continue
        for match in filter(None, map(_FOLDER.match, names)):
            name = match.group("name").lower()
            if name in _WANTED:
                found.setdefault(name, match.group("version"))
    return tuple(sorted(found.items()))
