"""The lines of a Dockerfile as instructions stand on them: joined, comments and heredocs apart.

After ``frontend/dockerfile/parser/parser.go`` of BuildKit 0.17. Not tree-sitter-dockerfile 0.2:
a comment with blanks before it, or a blank line, within a continued instruction makes all that
follows one error for it, and both are common. It knows neither the escape directive nor heredocs
with a quoted name. A linter that loses the rest of such a file is silent where it may not be.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections.abc import Iterator
from typing import Optional

from credlint.code.sighting import Segment
from credlint.model.lean_tuples import NamedTuple

_DIRECTIVE = re.compile(r"#[ \t]*([A-Za-z][A-Za-z0-9]*)[ \t]*=[ \t]*(\S.*)\Z")
_FAR = 1 << 62  # behind every place
_DIRECTIVES = ("syntax", "escape", "check")
_WHITE = " \t\v\f\r\n"
_HEREDOC = re.compile(r"[0-9]*<<(-?)([^<]+)\Z")
_WITH_HEREDOC = re.compile(
    r"(?:ONBUILD[ \t\v\f\r]+)?(?:RUN|COPY|ADD)[ \t\v\f\r]+(.*)\Z", re.IGNORECASE | re.DOTALL
)
# What BuildKit's lexer cannot substitute ends its look for heredocs.
_BAD_SUBSTITUTION = re.compile(r"\$\{(?!(?:[A-Za-z0-9_]+|[@*#?$!-])[}:+?#%/-])")
_LINES = re.compile(r"[^\n]*\n|[^\n]+\Z")
# A word of a shell's kind; every alternative begins with another character, so this is linear.
_WORDS = {
    escape: re.compile(
        rf"""(?:[^ \t\v\f\r\n"'{sign}]|{sign}.|"(?:[^"{sign}]|{sign}.)*(?:"|\Z|(?={sign}\Z))"""
        r"""|'[^']*(?:'|\Z))+""",
        re.DOTALL,
    )
    for escape, sign in (("\\", r"\\"), ("`", "`"))
}


class Heredoc(NamedTuple):
    """A text below an instruction, from ``start`` to ``end``, its terminator not included.

    ``chomped``: tabs before its lines do not count. ``expanded``: its name was not quoted.
    """

    name: str
    start: int
    end: int
    chomped: bool
    expanded: bool


class LogicalLine(NamedTuple):
    """One instruction. Texts here have one character for each byte (Latin-1), so that places stay.

    ``segments``: where ``text`` stands in the file. ``start``, ``end``: the lines it stands on,
    line end and heredocs included.
    """

    text: str
    segments: tuple[Segment, ...]
    start: int
    end: int
    heredocs: tuple[Heredoc, ...] = ()

    def outside(self, offset: int) -> int:
        """Return where a character of ``text`` stands in the file."""
        place = bisect_right(self.segments, (offset, _FAR, _FAR)) - 1
        inner, outer, _ = self.segments[max(place, 0)]
        return outer + offset - inner

    def end_outside(self, offset: int) -> int:
        """Return the place behind the character before the offset."""
        return self.outside(offset - 1) + 1 if offset else self.outside(0)


def iter_words(text: str, escape: str, start: int = 0) -> Iterator[tuple[str, int, int]]:
    """Yield the words with where they stand, quotes and escapes as they are written."""
    for found in _WORDS[escape].finditer(text, start):
        yield found[0], found.start(), found.end()


def as_text(characters: str) -> str:
    """Return what characters that stand for bytes say in UTF-8."""
    return characters.encode("latin-1").decode("utf-8", "replace")


def as_array(text: str) -> Optional[tuple[str, ...]]:
    """Return the texts of a JSON array, None for anything else."""
    if not text.lstrip(_WHITE).startswith("["):
        return None
    try:
        array = json.loads(as_text(text))
    except (ValueError, RecursionError):
        return None
    if not all(isinstance(item, str) for item in array):
        return None
    return tuple(array)


class _Physical(NamedTuple):
    """A line of the file without its end; ``after``: where the next begins."""

    text: str
    start: int
    after: int


def _physical(text: str) -> Iterator[_Physical]:
    for found in _LINES.finditer(text):
        yield _Physical(found[0].rstrip("\r\n"), found.start(), found.end())


def _left_stripped(line: str) -> str:
    """Return the line without the white space before it, that of Unicode as well."""
    line = line.lstrip(_WHITE)
    if line[:1] < "\x80":
        return line
    text = as_text(line)
    return line[len(text[: len(text) - len(text.lstrip())].encode()) :]


def escape_of(text: str) -> str:
    r"""Return the escape character: ``\``, or what a directive at the top says."""
    seen: set[str] = set()
    for line in _physical(text):
        found = _DIRECTIVE.match(_left_stripped(line.text))
        name = found[1].lower() if found else ""
        if found is None or name not in _DIRECTIVES or name in seen:
            break
        seen.add(name)
        if name == "escape":
            return "`" if found[2].rstrip(_WHITE) == "`" else "\\"
    return "\\"


def iter_lines(text: str, escape: str) -> Iterator[LogicalLine]:
    """Yield the instructions; a heredoc without its end goes to the end of the file."""
    lines = _physical(text)
    for first in lines:
        stripped = _left_stripped(first.text)
        if not stripped or stripped[0] == "#":
            continue
        outer = first.start + len(first.text) - len(stripped)
        pieces: list[str] = []
        segments: list[Segment] = []
        inner, end = 0, first.after
        piece, goes_on = _continued(stripped, escape)
        while True:
            if piece:
                pieces.append(piece)
                segments.append(Segment(inner, outer, len(piece)))
                inner += len(piece)
            following = next(lines, None) if goes_on else None
            while following is not None and _left_stripped(following.text)[:1] in ("", "#"):
                end = following.after
                following = next(lines, None)
            if following is None:
                break
            outer, end = following.start, following.after
            piece, goes_on = _continued(following.text, escape)
        joined = "".join(pieces)
        if not joined.strip(_WHITE):
            continue
        start = first.start
        heredocs: list[Heredoc] = []
        for word in _heredoc_words(joined):
            heredoc, end = _body(word, lines, end)
            heredocs.append(heredoc)
        yield LogicalLine(joined, tuple(segments), start, end, tuple(heredocs))


def _continued(line: str, escape: str) -> tuple[str, bool]:
    """Return the line without the sign that it goes on, and whether it does."""
    cut = line.rstrip(" \t")
    if cut.endswith(escape) and not cut.endswith(escape * 2):
        return cut[:-1], True
    return line, False


class _Mark(NamedTuple):
    name: str
    chomped: bool
    expanded: bool


def _heredoc_words(line: str) -> list[_Mark]:
    if "<<" not in line:
        return []
    found = _WITH_HEREDOC.match(line)
    if found is None or as_array(_without_flags(found[1])) is not None:
        return []
    # BuildKit's lexer gives up where a quote is not closed, and it escapes by a backslash always.
    marks = []
    for word, _, _ in iter_words(line, "\\"):
        bare = _unquoted(word)
        if bare is None or _BAD_SUBSTITUTION.search(_SINGLE.sub("", word)):
            return []
        match = _HEREDOC.match(word)
        name = _unquoted(match[2]) if match else ""
        if match and name:
            quoted = '"' in match[2] or "'" in match[2]
            marks.append(_Mark(name, bool(match[1]), not quoted))
    return marks


_SINGLE = re.compile(r"'[^']*'")
_PIECE = re.compile(r"""\\(.?)|'([^']*)('?)|"((?:[^"\\]|\\.)*)("?)""", re.DOTALL)


def _unquoted(word: str) -> Optional[str]:
    """Return the word without its quotes and escapes, None where a quote is not closed."""
    broken = False

    def plain(found: re.Match[str]) -> str:
        nonlocal broken
        if found[2] is not None:
            broken |= not found[3]
            return found[2]
        if found[4] is not None:
            broken |= not found[5]
            return re.sub(r'\\(["$\\])', r"\1", found[4])
        return found[1]

    bare = _PIECE.sub(plain, word)
    return None if broken else bare


def _without_flags(arguments: str) -> str:
    return re.sub(r"\A(?:[ \t\v\f\r]*--[^ \t\v\f\r]*)+", "", arguments)


def _body(mark: _Mark, lines: Iterator[_Physical], start: int) -> tuple[Heredoc, int]:
    """Return the text of a heredoc, and where the line behind its terminator begins."""
    end = after = start
    for line in lines:
        after = line.after
        text = line.text.lstrip("\t") if mark.chomped else line.text
        if text == mark.name:
            break
        end = line.after
    return Heredoc(mark.name, start, end, mark.chomped, mark.expanded), after
