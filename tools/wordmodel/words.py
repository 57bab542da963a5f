"""Counts the words of source code and its documentation: in how many files each one stands."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

SUFFIXES = frozenset({".py", ".pyi", ".json", ".rst", ".txt", ".md"})
_LARGEST = 2_000_000
# Names and words, not pieces of digests or base64: no digit or sign of those beside them.
_NAME = re.compile(r"(?<![A-Za-z0-9+/=_@%\\-])[A-Za-z_]{3,32}(?![A-Za-z0-9+/=@%])")
_RUN = re.compile(r"[A-Z]?[a-z]{2,}|[A-Z]{3,}(?![a-z])")
# Between lower-case and upper-case letters a name changes at most so often.
_MOST_RUNS = 6


def words_of(text: str) -> set[str]:
    """Return the words, in lower case, that the names and sentences of a text are made of."""
    found: set[str] = set()
    for name in set(_NAME.findall(text)):
        runs = _RUN.findall(name)
        if len(runs) <= _MOST_RUNS:
            found.update(run.lower() for run in runs)
    return found


def files_below(folders: Iterable[Path]) -> list[Path]:
    """Return the text files of the folders, sorted, so that a run can be repeated."""
    return sorted(
        path
        for folder in folders
        for path in folder.rglob("*")
        if path.suffix in SUFFIXES and path.is_file() and path.stat().st_size <= _LARGEST
    )


def count_words(paths: Iterable[Path]) -> Counter[str]:
    """Return in how many of the files each word stands."""
    counts: Counter[str] = Counter()
    for path in paths:
        counts.update(words_of(path.read_text(encoding="utf-8", errors="replace")))
    return counts
