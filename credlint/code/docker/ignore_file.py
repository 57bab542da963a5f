""".dockerignore: what of the build's context is not sent (moby/patternmatcher 0.6)."""

from __future__ import annotations

from collections.abc import Iterable
from posixpath import normpath

from credlint.model.lean_tuples import NamedTuple

_LONGEST = 500  # of a pattern: a longer one is taken for one that fits nothing
_MOST = 5_000


class IgnoreFile(NamedTuple):
    """Patterns in order; the last one that fits decides."""

    patterns: tuple[tuple[str, bool], ...]

    def excludes(self, path: str) -> bool:
        """Tell whether a path below the context, or a folder that it is in, is left out."""
        excluded = False
        parts = path.split("/")
        ways = ["/".join(parts[: count + 1]) for count in range(len(parts))]
        for pattern, is_kept in self.patterns:
            # Once it is out (or in), only what turns that matters.
            if excluded == is_kept and any(_fits(pattern, way) for way in ways):
                excluded = not is_kept
        return excluded


def read_ignore_file(data: bytes) -> IgnoreFile:
    """Return the patterns of a file."""
    return IgnoreFile(tuple(_patterns(data.decode("utf-8", "replace").splitlines())))


def _patterns(lines: Iterable[str]) -> Iterable[tuple[str, bool]]:
    count = 0
    for number, line in enumerate(lines):
        text = line.lstrip("\ufeff") if number == 0 else line
        if text.startswith("#"):
            continue
        text = text.strip()
        is_kept = text.startswith("!")
        text = text[1:].strip() if is_kept else text
        if not text or len(text) > _LONGEST or count >= _MOST:
            continue
        count += 1
        yield normpath(text).lstrip("/"), is_kept


def _fits(pattern: str, path: str) -> bool:
    """Match ``*``, ``?``, ``**`` and sets in time of the lengths' product, whatever they are."""
    signs = _signs(pattern)
    at = _with_empty(signs, {0})
    for character in path:
        following = set()
        for place in at:
            sign = signs[place] if place < len(signs) else ""
            if sign == "**" or (sign == "*" and character != "/"):
                following.add(place)
            elif sign not in ("", "*", "(") and _is_one(sign, character):
                following.add(place + 1)
        at = _with_empty(signs, following)
    return len(signs) in at


def _with_empty(signs: list[str], places: Iterable[int]) -> set[int]:
    """Return the places with those that are reached without a character."""
    reached: set[int] = set()
    pending = list(places)
    while pending:
        place = pending.pop()
        if place in reached:
            continue
        reached.add(place)
        sign = signs[place] if place < len(signs) else ""
        if sign in ("*", "**"):
            pending.append(place + 1)
        elif sign == "(":
            pending += [place + 1, place + 3]
    return reached


def _signs(pattern: str) -> list[str]:
    """Return one sign for each step; ``(`` begins whole folders, of which there may be none."""
    signs: list[str] = []
    at = 0
    while at < len(pattern):
        if pattern.startswith("**/", at):
            signs += ["(", "**"]
            sign, size = "=/", 3
        elif pattern.startswith("**", at):
            sign, size = "**", 2
        elif pattern[at] == "\\" and at + 1 < len(pattern):
            sign, size = "=" + pattern[at + 1], 2
        elif pattern[at] == "[" and "]" in pattern[at + 2 :]:
            size = pattern.index("]", at + 2) - at + 1
            sign = pattern[at : at + size]
        elif pattern[at] in "*?":
            sign, size = pattern[at], 1
        else:
            sign, size = "=" + pattern[at], 1
        signs.append(sign)
        at += size
    return signs


def _is_one(sign: str, character: str) -> bool:
    if sign == "?":
        return character != "/"
    if sign[0] == "=":
        return sign[1] == character
    inside = sign[1:-1]
    negated = inside[:1] in ("^", "!")
    inside = inside[1:] if negated else inside
    held, at = False, 0
    while at < len(inside):
        if inside[at + 1 : at + 2] == "-" and at + 2 < len(inside):
            held |= inside[at] <= character <= inside[at + 2]
            at += 3
        else:
            held |= inside[at] == character
            at += 1
    return held != negated and character != "/"
