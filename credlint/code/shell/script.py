"""A script as checks see it: commands and assignments in order, each with what is around it."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Optional

from credlint.code.shell.words import Word, shown
from credlint.code.sighting import Embedded
from credlint.model.lean_tuples import NamedTuple

_LONGEST_VALUE = 4096
_MOST_STEPS = 16


class Place:
    """A construct of the grammar (``kind``: the node's type) and the one around it."""

    __slots__ = ("around", "end", "kind", "start")

    def __init__(self, kind: str, start: int, end: int, around: Optional[Place]) -> None:
        self.kind = kind
        self.start = start
        self.end = end
        self.around = around

    def outwards(self) -> Iterator[Place]:
        """Yield it and what is around it, the whole script last."""
        place: Optional[Place] = self
        while place is not None:
            yield place
            place = place.around

    def within(self, *kinds: str) -> Optional[Place]:
        """Return the nearest construct of these kinds around it, or itself."""
        return next((place for place in self.outwards() if place.kind in kinds), None)


class Redirect(NamedTuple):
    """``operator``: as it is written; ``target``: a file, or the body of a here-document."""

    operator: str
    target: Optional[Word]
    start: int
    end: int


class Assignment(NamedTuple):
    """``value`` is None for arrays and where only the name stands.

    ``declared``: export, local and the like; ``command``: it is for one command alone.
    """

    name: str
    value: Optional[Word]
    start: int
    end: int
    place: Place
    declared: str = ""
    appends: bool = False
    for_command: bool = False


class Command(NamedTuple):
    """``words``: its name and arguments. ``place``: its own construct. ``redirects`` of it."""

    words: tuple[Word, ...]
    start: int
    end: int
    place: Place
    redirects: tuple[Redirect, ...] = ()

    @property
    def name(self) -> str:
        """Return the last part of the path of what is run."""
        return self.words[0].text.rpartition("/")[2] if self.words else ""

    @property
    def arguments(self) -> tuple[Word, ...]:
        """Return the words behind the name."""
        return self.words[1:]


class Heredoc(NamedTuple):
    """A here-document: where its body stands, whether it is expanded, whose input it is."""

    start: int
    end: int
    expands: bool
    place: Place


class Script:
    """One script. ``commands``, ``assignments`` and ``heredocs`` stand in the order of the text."""

    formats = ("shell",)

    def __init__(self, text: bytes, uri: str) -> None:
        self.text = text
        self.uri = uri
        self.unread: tuple[str, ...] = ()
        self.root = Place("program", 0, len(text), None)
        self.commands: list[Command] = []
        self.assignments: list[Assignment] = []
        self.heredocs: list[Heredoc] = []
        # Variables whose value comes from elsewhere: loops, `read`.
        self.changing: set[str] = set()

    @cached_property
    def assigned(self) -> dict[str, list[Assignment]]:
        """Return the assignments by name."""
        found: dict[str, list[Assignment]] = {}
        for assignment in self.assignments:
            found.setdefault(assignment.name, []).append(assignment)
        return found

    @cached_property
    def _values(self) -> dict[str, Optional[str]]:
        return {}

    def value(self, name: str, steps: int = _MOST_STEPS) -> Optional[str]:
        """Return what a variable always holds, its variables put in, None if that is not known."""
        if name in self._values:
            return self._values[name]
        self._values[name] = None  # what refers to itself has no value
        found = self.assigned.get(name)
        if not found or name in self.changing or not steps:
            return None
        values = {
            self.expanded(each.value, steps - 1)
            if each.value is not None and not each.appends
            else None
            for each in found
        }
        value = values.pop() if len(values) == 1 else None
        if value is not None and len(value) > _LONGEST_VALUE:
            value = None
        self._values[name] = value
        return value

    def expanded(self, word: Word, steps: int = _MOST_STEPS) -> str:
        """Return the text of a word with the known variables put in."""
        pieces = []
        for piece in word.pieces:
            if piece.is_literal:
                pieces.append(piece.text or "")
                continue
            value = self.value(piece.name, steps) if piece.name else None
            value = piece.text if value is None else value
            pieces.append(shown(piece) if value is None else value)
        return "".join(pieces)[: 4 * _LONGEST_VALUE]

    def within(self, start: int, end: int) -> Iterator[Command]:
        """Yield the commands between two places."""
        place = bisect_left(self._starts, start)
        while place < len(self.commands) and self._starts[place] < end:
            if self.commands[place].end <= end:
                yield self.commands[place]
            place += 1

    @cached_property
    def _starts(self) -> list[int]:
        return [command.start for command in self.commands]

    def embedded(self) -> Iterable[Embedded]:
        """Yield the texts of other formats, and scripts that are handed to another shell."""
        from credlint.code.shell.nested import iter_nested  # noqa: PLC0415  a cycle of the room

        return iter_nested(self)
