"""One instruction of a Dockerfile: its keyword, flags and words with their places."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Optional

from credlint.code.docker.lines import LogicalLine, as_array, as_text, iter_words
from credlint.model.lean_tuples import NamedTuple

KEYWORDS = frozenset(
    (
        *("ADD", "ARG", "CMD", "COPY", "ENTRYPOINT", "ENV", "EXPOSE", "FROM", "HEALTHCHECK"),
        *("LABEL", "MAINTAINER", "ONBUILD", "RUN", "SHELL", "STOPSIGNAL", "USER", "VOLUME"),
        "WORKDIR",
    )
)
# The white space of BuildKit's `reWhitespace`; a no-break space is none.
_SPACE = re.compile(r"[\t\v\f\r ]+")
_WHITE = " \t\v\f\r\n"
_NOT_SPACE = re.compile(r"[^\t\v\f\r ]+")
_FIRST = re.compile(r"[ \t\v\f\r]*([^ \t\v\f\r]+)(?:[ \t\v\f\r]+|\Z)")
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)


class Word(NamedTuple):
    """A word as it is written, and where it stands in the file."""

    text: str
    start: int
    end: int


class Pair(NamedTuple):
    """A variable that ENV or ARG sets; ``value`` is as written, None where ARG gives none.

    ``start``, ``end``: the whole; ``value_start``: where the value begins.
    """

    name: str
    value: Optional[str]
    start: int
    end: int
    value_start: int


class Instruction(NamedTuple):
    """``name`` in capitals; ``flags`` such as ``--from=build``, without quotes.

    ``arguments``: where they begin in ``line.text``. ``stage``: its number, -1 before the first
    FROM. ``is_trigger``: it stands behind ONBUILD.
    """

    name: str
    line: LogicalLine
    arguments: int
    flags: tuple[Word, ...]
    stage: int
    escape: str = "\\"
    is_trigger: bool = False

    @property
    def start(self) -> int:
        """Return where the instruction begins in the file."""
        return self.line.outside(0)

    @property
    def end(self) -> int:
        """Return the place behind its last word."""
        return self.line.end_outside(len(self.line.text.rstrip(_WHITE)))

    @property
    def rest(self) -> str:
        """Return the arguments as written, one character a byte."""
        return self.line.text[self.arguments :].rstrip(_WHITE)

    def flag(self, name: str) -> Optional[str]:
        """Return the value of a flag, None when it is not there."""
        for word in self.flags:
            head, _, value = word.text[2:].partition("=")
            if head == name:
                return value
        return None

    def array(self) -> Optional[tuple[str, ...]]:
        """Return the texts of the JSON form, None for the other one."""
        return as_array(self.rest)

    def strings(self) -> Iterator[Word]:
        """Yield the strings of the JSON form as written, quotes included."""
        for found in _STRING.finditer(self.line.text, self.arguments):
            yield self._word(found[0], found.start(), found.end())

    def words(self) -> tuple[Word, ...]:
        """Return what white space parts, or the texts of the JSON form."""
        array = self.array()
        if array is not None:
            return tuple(
                Word(text, word.start, word.end) for text, word in zip(array, self.strings())
            )
        found = _NOT_SPACE.finditer(self.line.text, self.arguments)
        return tuple(self._word(each[0], each.start(), each.end()) for each in found)

    def pairs(self) -> tuple[Pair, ...]:
        """Return the variables of ENV or ARG."""
        text = self.line.text.rstrip(_WHITE)
        words = list(iter_words(text, self.escape, self.arguments))
        if self.name == "ENV" and words and "=" not in words[0][0]:
            return self._old_form(text)
        return tuple(self._pair(*word) for word in words if self.name == "ARG" or "=" in word[0])

    def _old_form(self, text: str) -> tuple[Pair, ...]:
        """Return the one variable of ``ENV NAME all that follows``."""
        name = _FIRST.match(text, self.arguments)
        if name is None or name.end() == len(text):
            return ()
        value = text[name.end() :]
        first, last = self.line.outside(name.start(1)), self.line.end_outside(len(text))
        value_start = self.line.outside(name.end())
        return (Pair(as_text(name[1]), as_text(value), first, last, value_start),)

    def _pair(self, word: str, start: int, end: int) -> Pair:
        name, sign, value = word.partition("=")
        first, last = self.line.outside(start), self.line.end_outside(end)
        value_start = self.line.outside(start + len(name) + 1) if sign and value else last
        return Pair(as_text(name), as_text(value) if sign else None, first, last, value_start)

    def _word(self, text: str, start: int, end: int) -> Word:
        return Word(as_text(text), self.line.outside(start), self.line.end_outside(end))


def read_instruction(
    line: LogicalLine, stage: int, escape: str, at: int = 0, *, is_trigger: bool = False
) -> Optional[Instruction]:
    """Return the instruction on a line, None for what is none; that behind ONBUILD is the one."""
    first = _FIRST.match(line.text, at)
    name = first[1].upper() if first else ""
    if first is None or name not in KEYWORDS:
        return None
    at, flags = _flags(line, first.end())
    if name == "ONBUILD":
        if is_trigger:
            return None
        return read_instruction(line, stage, escape, at, is_trigger=True)
    return Instruction(name, line, at, flags, stage, escape, is_trigger)


def _flags(line: LogicalLine, at: int) -> tuple[int, tuple[Word, ...]]:
    """Return where the arguments begin, and the flags before them (``extractBuilderFlags``)."""
    flags: list[Word] = []
    while True:
        blank = _SPACE.match(line.text, at)
        at = blank.end() if blank else at
        if not line.text.startswith("--", at):
            return at, tuple(flags)
        found = next(iter_words(line.text, "\\", at), None)
        if found is None:
            return at, tuple(flags)
        word, start, end = found
        at = end
        if word == "--":
            continue_at = _SPACE.match(line.text, at)
            return (continue_at.end() if continue_at else at), tuple(flags)
        bare = re.sub(r"""["']""", "", as_text(word))
        flags.append(Word(bare, line.outside(start), line.end_outside(end)))
