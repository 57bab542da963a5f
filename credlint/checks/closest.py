"""The name that someone may have meant."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Optional


def closest(name: str, known: Iterable[str]) -> Optional[str]:
    """Return the known name nearest to ``name``: equal but for case, quotes or blanks, or alike."""
    import difflib  # noqa: PLC0415  needed only when a name is wrong

    names = list(known)
    stripped = name.strip(" \t\"'").lower()
    for other in names:
        if other.lower() == stripped and other != name:
            return other
    near = difflib.get_close_matches(name, names, n=1, cutoff=0.75)
    return near[0] if near else None
