"""Tests about missing rights, also when the suite runs as root."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

NOBODY = 65534


@contextmanager
def without_rights(folder: Path) -> Iterator[None]:
    """Be an ordinary user inside the block; ``folder`` (a tmp_path) stays reachable for it."""
    if os.geteuid() != 0:
        yield
        return
    for path in [folder, *list(folder.parents)[:3]]:
        path.chmod(path.stat().st_mode | 0o055)
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)
