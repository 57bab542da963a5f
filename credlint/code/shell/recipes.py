"""Makefiles and justfiles: their recipes as scripts, and what they set for them.

GNU Make manual, "Recipe Syntax": a line that begins with a tab is handed to the shell, `$$` is one
dollar sign, `@-+` before it are make's, `$(NAME)` is a variable of make. just manual, "Recipes":
recipe lines are indented, `{{…}}` is just's, `export NAME := "…"` sets the environment.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from credlint.code.sighting import Embedded, Segment
from credlint.model.lean_tuples import NamedTuple

# Behind a tab, in a conditional, where no shell has such an assignment.
_ASSIGNMENT = re.compile(
    rb"^(?: {0,8}|\t{1,4}(?=[^=\r\n]{1,120}[:?]=))"
    rb"(?:(export|override)[ \t]+)?([A-Za-z_][A-Za-z0-9_]{0,100})[ \t]*(?::{0,3}|\?|\+)="
    rb"[ \t]*([^\r\n#]*)",
    re.MULTILINE,
)
_MAKE_VARIABLE = re.compile(rb"\$\(([A-Za-z_][A-Za-z0-9_.-]{0,100})\)")
_JUST_PREFIX = re.compile(rb"[ \t]+[@-]{0,2}")
_MAKE_PREFIX = re.compile(rb"\t[ \t]*[@+-]{0,3}[ \t]*")


class Setting(NamedTuple):
    """``NAME = value`` outside of recipes; offsets of the value without quotes."""

    name: str
    value: str
    start: int
    value_start: int
    value_end: int


class Recipes:
    """A file of recipes. ``settings``: what it sets; the recipes are embedded scripts."""

    unread: tuple[str, ...] = ()

    def __init__(self, text: bytes, name: str) -> None:
        self.text = text
        self.formats = (name,)
        self._is_make = name == "makefile"

    @property
    def settings(self) -> Iterator[Setting]:
        """Yield the assignments in order."""
        for found in _ASSIGNMENT.finditer(self.text):
            start, end = found.span(3)
            value = found[3].rstrip()
            end = start + len(value)
            if len(value) > 1 and value[:1] in (b'"', b"'") and value[-1:] == value[:1]:
                start, end = start + 1, end - 1
            said = self.text[start:end].decode("utf-8", "replace")
            yield Setting(found[2].decode(), said, found.start(2), start, end)

    def embedded(self) -> Iterable[Embedded]:
        """Yield each line of a recipe with its continuations: make gives each to a shell."""
        lines = self.text.splitlines(keepends=True)
        offset = number = 0
        prefix = _MAKE_PREFIX if self._is_make else _JUST_PREFIX
        while number < len(lines):
            head = prefix.match(lines[number])
            size = len(lines[number])
            if head is not None and lines[number].strip():
                number += 1
                while number < len(lines) and lines[number - 1].rstrip(b"\r\n").endswith(b"\\"):
                    size += len(lines[number])
                    number += 1
                start = offset + head.end()
                yield self._script(start, offset + size)
            else:
                number += 1
            offset += size

    def _script(self, start: int, end: int) -> Embedded:
        text = self.text[start:end].rstrip(b"\r\n")
        if not self._is_make:
            return Embedded("shell", text, (Segment(0, start, len(text)),))
        # The braces take as much room as the brackets do.
        text = _MAKE_VARIABLE.sub(_in_braces, text)
        segments = []
        pieces = []
        inner = outer = 0
        for part in text.split(b"$$"):
            segments.append(Segment(inner, start + outer, len(part) + 1))
            pieces.append(part)
            inner += len(part) + 1
            outer += len(part) + 2
        return Embedded("shell", b"$".join(pieces), tuple(segments), _in_make)


def _in_braces(found: re.Match[bytes]) -> bytes:
    return b"${" + found[1].replace(b".", b"_").replace(b"-", b"_") + b"}"


def _in_make(text: str) -> str:
    return text.replace("$", "$$")


def read(text: bytes, name: str) -> Recipes:
    """Return the recipes of a makefile or a justfile."""
    return Recipes(text, name)
