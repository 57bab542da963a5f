"""Where the answer of a request goes in a script: which variables and words hold a part of it.

Followed are variables, and functions whose output is the answer. What goes into a file or a pipe
is followed no further: then anything that is worked out may hold it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import islice

from credlint.code.shell.script import Assignment, Command, Place, Script
from credlint.code.shell.words import Word

_FUNCTION = "function_definition"
_NAME = re.compile(rb"\s{0,80}(?:function\s{1,80})?([\w.:-]{1,200})")
_PIPE = "pipeline"
_FILES = ("-o", "-O", "--output", "--output-document")
_NOWHERE = "/dev/null"
_OTHER_SOURCE = "aws"
_MOST_ROUNDS = 8
_MOST_SOURCES = 100


class Copies:
    """What holds answers of ``sources``. ``anywhere``: something does, or may."""

    def __init__(self, script: Script, sources: Iterable[Command]) -> None:
        self._starts = {source.start for source in sources}
        self._names: set[str] = set()
        self._functions: set[str] = set()
        self._is_lost = False
        asked = (command for command in script.commands if command.start in self._starts)
        for source in islice(asked, _MOST_SOURCES):
            self._follow(script, source)
        for _ in range(_MOST_ROUNDS):
            found = {each.name for each in script.assignments if self._is_copy(script, each)}
            if found <= self._names:
                break
            self._names |= found

    @property
    def anywhere(self) -> bool:
        """Tell whether an answer is kept in a variable, or may be kept elsewhere."""
        return bool(self._names) or self._is_lost

    def hold(self, script: Script, word: Word) -> bool:
        """Tell whether a word holds a part of an answer."""
        if word.is_literal:
            return False
        if self._names.intersection(word.names) or self._asks_in(script, word.start, word.end):
            return True
        return self._is_lost and self._may_hold(script, word)

    def _may_hold(self, script: Script, word: Word) -> bool:
        """Tell whether it is worked out by something that is no request to AWS itself."""
        if script.changing.intersection(word.names):
            return True
        return any(piece.name == "" for piece in word.pieces) and not any(
            command.name == _OTHER_SOURCE for command in script.within(word.start, word.end)
        )

    def _follow(self, script: Script, source: Command) -> None:
        around = source.place.within(_FUNCTION)
        if around is not None:
            found = _NAME.match(script.text, around.start)
            if found is not None:
                self._functions.add(found[1].decode("utf-8", "replace"))
        if any(each.start <= source.start < each.end for each in script.assignments):
            return
        self._is_lost = self._is_lost or _goes_further(script, source)

    def _is_copy(self, script: Script, assignment: Assignment) -> bool:
        return assignment.value is not None and self.hold(script, assignment.value)

    def _asks_in(self, script: Script, start: int, end: int) -> bool:
        return any(
            command.start in self._starts
            or command.name in self._functions
            or any(self._names.intersection(word.names) for word in command.words)
            or any(
                r.target is not None and self._names.intersection(r.target.names)
                for r in command.redirects
            )
            for command in script.within(start, end)
        )


def _goes_further(script: Script, source: Command) -> bool:
    """Tell whether the answer goes into a file or a pipe, or is handed to another command."""
    texts = [script.expanded(word) for word in source.words]
    if any(text in _FILES or text.startswith("--output") for text in texts):
        return _NOWHERE not in texts
    if any(r.target is not None and r.target.text != _NOWHERE for r in source.redirects):
        return True
    return any(place.kind == _PIPE for place in _statement(source.place))


def _statement(place: Place) -> Iterator[Place]:
    for outer in place.outwards():
        if outer.kind in ("program", _FUNCTION, "compound_statement"):
            return
        yield outer
