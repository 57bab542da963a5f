"""Which paths git leaves out: ``.gitignore`` of every level and ``.git/info/exclude``.

The rules are those of gitignore(5) and of git's wildmatch.c (``WM_PATHNAME``); a test compares
them with ``git check-ignore``. Own code instead of a library, because the common case, a path
that nothing matches, costs one search of one joined expression per level here, and because a
hostile pattern must not stall a scan: see :func:`_settle`.
"""

from __future__ import annotations

import itertools
import os
import re
from collections.abc import Iterator, Sequence
from typing import Optional

from credlint.model.lean_dataclasses import dataclass

_POSIX = {
    "alnum": "A-Za-z0-9",
    "alpha": "A-Za-z",
    "blank": r" \t",
    "cntrl": r"\x00-\x1f\x7f",
    "digit": "0-9",
    "graph": r"\x21-\x7e",
    "lower": "a-z",
    "print": r"\x20-\x7e",
    "punct": r"!-/:-@\[-`{-~",
    "space": r"\s",
    "upper": "A-Z",
    "xdigit": "A-Fa-f0-9",
}
_NEVER = "(?!)"
# Pieces that stand for a ``*`` and a ``**/`` until :func:`_settle` writes them; they are no text
# that a pattern could give, because every other character is escaped or in a bracket.
_SEGMENT_REST = "<*>"
_FOLDERS = "<**/>"
_MARK = "\xef\xbb\xbf"  # UTF-8's byte order mark, which git skips at the start of the file


@dataclass(frozen=True)
class IgnoreRule:
    """One line: an expression for the path below the file's folder, and what it decides."""

    expression: re.Pattern[str]
    negated: bool
    folders_only: bool


def bytewise(text: str) -> str:
    """Return a path or pattern with one character a byte, as git compares them.

    ``?`` stands for one byte there: two of them for an accented letter of a UTF-8 name.
    """
    return text if text.isascii() else os.fsencode(text).decode("latin-1")


class IgnoreFile:
    """The rules of one file, in order; the last that matches decides.

    Paths and patterns are :func:`bytewise`.
    """

    def __init__(self, text: str) -> None:
        text = text.removeprefix(_MARK)
        numbers = itertools.count()
        parsed_lines = (_parse_line(line, numbers) for line in text.split("\n"))
        sources = [parsed for parsed in parsed_lines if parsed]
        self.rules = tuple(
            IgnoreRule(re.compile(source, re.DOTALL), negated, folders)
            for source, negated, folders in sources
        )
        joined = "|".join(f"(?:{source})" for source, _, _ in sources) or _NEVER
        self._any = re.compile(joined, re.DOTALL)

    def decide(self, path: str, *, folder: bool) -> Optional[bool]:
        """Return True for ignored, False for taken back in, None when no rule speaks of it."""
        if self._any.match(path) is None:
            return None
        for rule in reversed(self.rules):
            if (folder or not rule.folders_only) and rule.expression.match(path):
                return not rule.negated
        return None


# A level of the walk: where the folder's own part of a relative path ends, and its rules.
Level = tuple[int, IgnoreFile]


def is_ignored(path: str, levels: Sequence[Level], *, folder: bool) -> bool:
    """Tell whether a path is ignored whose parent folders are not; the deepest level decides."""
    for start, rules in reversed(levels):
        verdict = rules.decide(path[start:], folder=folder)
        if verdict is not None:
            return verdict
    return False


def _strip(line: str) -> str:
    """Drop a carriage return, and trailing spaces that no backslash keeps."""
    line = line.removesuffix("\r")
    end = len(line)
    while end and line[end - 1] == " ":
        backslashes = len(line[: end - 1]) - len(line[: end - 1].rstrip("\\"))
        if backslashes % 2:
            break
        end -= 1
    return line[:end]


def _parse_line(raw: str, numbers: Iterator[int]) -> Optional[tuple[str, bool, bool]]:
    """Return (expression, negated, folders only), None for blank lines and comments."""
    line = _strip(raw)
    if not line or line.startswith("#"):
        return None
    negated = line.startswith("!")
    if negated:
        line = line[1:]
    folders_only = line.endswith("/")
    if folders_only:
        line = line[:-1]
    if not line:
        return None
    anchored = "/" in line
    pieces = _translate(line.removeprefix("/"))
    if pieces is None:
        return None
    if not anchored:
        pieces.insert(0, _FOLDERS)
    return f"{_settle(pieces, numbers)}\\Z", negated, folders_only


def _settle(pieces: Sequence[str], numbers: Iterator[int]) -> str:
    """Return the pieces as one expression that cannot backtrack from star to star.

    What stands between two stars of a path segment is taken where it first occurs and never
    reconsidered, which is right because the later star can take up any rest; likewise for what
    stands between two ``**/``. A look-ahead that is repeated by a back-reference does that on
    every Python (atomic groups came with 3.11). So the time grows with the path's length times
    the pattern's, or its square for ``**/``, whatever the pattern.
    """
    blocks = _split_before(pieces, _FOLDERS)
    settled = []
    for number, block in enumerate(blocks):
        runs = _split_before(block, _SEGMENT_REST)
        inner = [
            _once("".join(run), numbers)
            if run[0] == _SEGMENT_REST and place < len(runs) - 1
            else "".join(run)
            for place, run in enumerate(runs)
        ]
        text = "".join(inner).replace(_SEGMENT_REST, "[^/]*").replace(_FOLDERS, "(?:.*/)?")
        if block[0] == _FOLDERS and number < len(blocks) - 1:
            text = _once(text.replace("(?:.*/)?", "(?:.*?/)??", 1), numbers)
        settled.append(text)
    return "".join(settled)


def _once(expression: str, numbers: Iterator[int]) -> str:
    name = f"n{next(numbers)}"
    shortest = expression.replace(_SEGMENT_REST, "[^/]*?", 1)
    return f"(?=(?P<{name}>{shortest}))(?P={name})"


def _split_before(pieces: Sequence[str], wild: str) -> list[list[str]]:
    """Return the pieces in groups that each begin with ``wild``, the first one maybe without."""
    groups: list[list[str]] = [[]]
    for piece in pieces:
        if piece == wild and groups[-1]:
            groups.append([])
        groups[-1].append(piece)
    return groups


def _translate(pattern: str) -> Optional[list[str]]:
    """Return the pieces of a glob, None when it can match nothing (an open bracket)."""
    result: list[str] = []
    place = 0
    while place < len(pattern):
        character = pattern[place]
        if character == "*":
            stars = place
            while place < len(pattern) and pattern[place] == "*":
                place += 1
            result.append(_stars(pattern, stars, place))
            if result[-1] == _FOLDERS:
                place += 1
            continue
        place += 1
        if character == "?":
            result.append("[^/]")
        elif character == "[":
            piece, place = _bracket(pattern, place)
            if piece is None:
                return None
            result.append(piece)
        elif character == "\\":
            if place >= len(pattern):
                return None
            result.append(re.escape(pattern[place]))
            place += 1
        else:
            result.append(re.escape(character))
    return result


def _stars(pattern: str, start: int, end: int) -> str:
    """Return what a run of stars stands for; two alone between slashes cross folders."""
    at_start = start == 0 or pattern[start - 1] == "/"
    if end - start < 2 or not at_start:  # noqa: PLR2004
        return _SEGMENT_REST
    if end == len(pattern):
        return ".+" if start else ".*"
    if pattern[end] == "/":
        return _FOLDERS
    return _SEGMENT_REST


def _bracket(  # noqa: C901  as many cases as wildmatch.c has
    pattern: str, place: int
) -> tuple[Optional[str], int]:
    """Return the expression of a bracket that opens before ``place``, and where it ends."""
    negated = place < len(pattern) and pattern[place] in "!^"
    if negated:
        place += 1
    pieces: list[str] = []
    first = True
    while place < len(pattern) and (first or pattern[place] != "]"):
        first = False
        if pattern.startswith("[:", place):
            end = pattern.find(":]", place + 2)
            name = pattern[place + 2 : end] if end >= 0 else ""
            if end >= 0 and name.isalpha():
                if name not in _POSIX:
                    return None, place
                pieces.append(_POSIX[name])
                place = end + 2
                continue
        low, place = _member(pattern, place)
        if low is None:
            return None, place
        if place + 1 < len(pattern) and pattern[place] == "-" and pattern[place + 1] != "]":
            high, place = _member(pattern, place + 1)
            if high is None:
                return None, place
            if low <= high:
                pieces.append(f"{re.escape(low)}-{re.escape(high)}")
            continue
        pieces.append(re.escape(low))
    if place >= len(pattern):
        return None, place
    inside = "".join(pieces)
    if negated:
        return (f"[^/{inside}]" if inside else "[^/]"), place + 1
    return (f"(?!/)[{inside}]" if inside else _NEVER), place + 1


def _member(pattern: str, place: int) -> tuple[Optional[str], int]:
    if pattern[place] == "\\":
        place += 1
        if place >= len(pattern):
            return None, place
    return pattern[place], place + 1
