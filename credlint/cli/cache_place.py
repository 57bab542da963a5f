"""Where this user's cache is."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Optional


def cache_directory() -> Optional[Path]:
    """Return the per-user cache folder, None when there is no home to put it in.

    CREDLINT_CACHE_DIR, then XDG_CACHE_HOME (XDG Base Directory Specification), then ~/.cache.
    """
    chosen = os.environ.get("CREDLINT_CACHE_DIR")
    if chosen:
        return Path(chosen)
    base = os.environ.get("XDG_CACHE_HOME")
    if base and Path(base).is_absolute():
        return Path(base) / "credlint"
    home = os.path.expanduser("~")  # noqa: PTH111  Path.home raises where this does not
    return Path(home) / ".cache" / "credlint" if Path(home).is_absolute() else None
