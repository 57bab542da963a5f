"""A path below one folder, told below another: for patterns that a configuration file names."""

from __future__ import annotations

from typing import Optional


def relocate(uri: str, root: str, base: str) -> Optional[str]:
    """Return a path that is relative to ``root`` as one relative to ``base``.

    Both are absolute with forward slashes. None when the path is not below ``base``, so that a
    pattern from there does not speak of it. Text only: no link is resolved.
    """
    whole = f"{root.rstrip('/')}/{uri}"
    prefix = f"{base.rstrip('/')}/"
    return whole[len(prefix) :] if whole.startswith(prefix) else None
