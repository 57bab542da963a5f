"""Path patterns of ``per-file-ignores``: a small, linear subset of .gitignore's.

``*`` and ``?`` stay inside one path segment, ``**`` stands for any number of segments, a pattern
without a slash is looked for at any depth, one that names a folder covers what is in it.
"""

from __future__ import annotations

from collections.abc import Sequence
from fnmatch import fnmatchcase


def path_matches(uri: str, pattern: str) -> bool:
    """Tell whether a relative path with forward slashes is covered by the pattern."""
    wanted = pattern.strip().lstrip("/").rstrip("/").split("/")
    if "/" not in pattern.strip().rstrip("/"):
        wanted = ["**", *wanted]
    return _covers(uri.split("/"), wanted)


def _covers(parts: Sequence[str], pattern: Sequence[str]) -> bool:
    """Match segments from the left; a pattern that ends before the path covers a folder.

    ``reached`` are the numbers of pattern segments that can be done after each path segment,
    so the work is at most path segments times pattern segments.
    """
    reached = _skip({0}, pattern)
    for part in parts:
        following = set()
        for index in reached:
            if index == len(pattern):
                return True
            if pattern[index] == "**":
                following.add(index)
            elif fnmatchcase(part, pattern[index]):
                following.add(index + 1)
        reached = _skip(following, pattern)
        if not reached:
            return False
    return len(pattern) in reached


def _skip(indices: set[int], pattern: Sequence[str]) -> set[int]:
    """Add what follows a ``**``, which may stand for no segment at all."""
    closed = set(indices)
    for index in sorted(indices):
        following = index
        while following < len(pattern) and pattern[following] == "**":
            following += 1
            closed.add(following)
    return closed
