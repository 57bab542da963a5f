"""Patterns for files of one name: what would mean nothing elsewhere is plain in its own file.

Such a pattern takes no part in the first stage: it is tried, by ``re`` alone, on the whole of a
file whose name fits. Most files have no such name, and a look into two tables tells.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from credlint.secrets.candidate import Match
    from credlint.secrets.patterns import Pattern

# Files that hold credentials are short; what follows is not looked at by these patterns.
LARGEST_FILE = 4 * 1024 * 1024


class FileKinds:
    """Tells the patterns for a path.

    A pattern's ``files`` holds names (``.pgpass``), last names of a path
    (``.docker/config.json``) and endings (``*.htpasswd``), all without regard to case.
    """

    def __init__(self, patterns: Sequence[Pattern]) -> None:
        self._by_name: dict[str, list[tuple[str, Pattern]]] = {}
        self._by_ending: dict[str, list[Pattern]] = {}
        for pattern in patterns:
            for entry in pattern.files:
                text = entry.lower()
                if text.startswith("*."):
                    self._by_ending.setdefault(text[2:], []).append(pattern)
                else:
                    tail = "/" + text
                    name = text.rpartition("/")[2]
                    self._by_name.setdefault(name, []).append((tail, pattern))

    def of(self, uri: str) -> list[Pattern]:
        """Return the patterns for the file, each once."""
        name = uri.rpartition("/")[2].lower()
        named = self._by_name.get(name, ())
        ended = self._by_ending.get(name.rpartition(".")[2], ())
        if not named and not ended:
            return []
        path = "/" + uri.lower()
        found = [pattern for tail, pattern in named if path.endswith(tail)]
        found.extend(pattern for pattern in ended if pattern not in found)
        return found


def iter_matches(pattern: Pattern, data: bytes) -> Iterator[Match]:
    """Yield the matches of a pattern in the whole of a file, up to LARGEST_FILE bytes."""
    from credlint.secrets.candidate import Match  # noqa: PLC0415  for files of such names alone

    expression = pattern.precise
    group = "secret" if "secret" in expression.groupindex else 0
    for found in expression.finditer(data, 0, LARGEST_FILE):
        first, last = found.span(group)
        yield Match(pattern, first, last, data[first:last].decode("utf-8", "replace"))
