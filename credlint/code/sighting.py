"""What a check of code or infrastructure saw: offsets and words, not yet a finding."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from sys import maxsize
from typing import Callable, Optional, Protocol

from credlint.model.finding import Level
from credlint.model.fix import Edit, Fix
from credlint.model.lean_dataclasses import dataclass, replace
from credlint.model.lean_tuples import NamedTuple
from credlint.model.secret import Secret


class Span(NamedTuple):
    """Bytes of the text from ``start`` to ``end``, with what is to be told of them."""

    start: int
    end: int
    message: Optional[str] = None


@dataclass(frozen=True)
class Sighting:
    """One place that a rule is about; offsets are bytes of the text that was parsed.

    ``level`` and ``remedy``: those of the rule where empty. ``literals``: the values that it is
    about; what the text rules found in them is told with this finding, not beside it. ``related``:
    further places. ``value``: the literal that tells this secret from others.
    ``fix``: edits without a file are of this text.
    """

    start: int
    end: int
    message: str
    level: Optional[Level] = None
    subject: str = ""
    literals: tuple[Span, ...] = ()
    related: tuple[Span, ...] = ()
    value: Optional[Secret] = None
    fix: Optional[Fix] = None
    remedy: str = ""
    properties: tuple[tuple[str, str], ...] = ()


def as_notes(sightings: Iterable[Sighting], context: Context) -> Iterator[Sighting]:
    """Yield what was seen, in documentation as notes, unless it is a real secret."""
    for sighting in sightings:
        is_shown = context.is_documentation and not sighting.value
        yield replace(sighting, level="note") if is_shown else sighting


def as_warnings(sightings: Iterable[Sighting], context: Context) -> Iterator[Sighting]:
    """Yield what :func:`as_notes` does, in tests as warnings: what they make is soon gone."""
    for sighting in as_notes(sightings, context):
        is_error = sighting.level in (None, "error")
        yield replace(sighting, level="warning") if context.is_test and is_error else sighting


class Surroundings(Protocol):
    """The files around the one that is looked at; paths are those of ``Document.uri``."""

    def names(self, folder: str) -> frozenset[str]:
        """Return what the folder holds, of very many entries none; ignored files are there, too."""

    def read(self, uri: str) -> Optional[bytes]:
        """Return a small regular file, None for anything else."""


class NothingAround:
    """Of a text that stands alone: standard input, an old version, a file of an archive."""

    def names(self, folder: str) -> frozenset[str]:
        """Return no name."""
        del folder
        return frozenset()

    def read(self, uri: str) -> Optional[bytes]:
        """Return nothing."""
        del uri
        return None


@dataclass(frozen=True)
class Context:
    """What a check may know besides the parsed text.

    ``uri``: the path. ``is_test``: of a test suite; ``is_documentation``: an example in a
    document. ``around``: the files beside it.
    """

    uri: str
    is_test: bool = False
    is_documentation: bool = False
    around: Surroundings = NothingAround()


class NotReadError(Exception):
    """The text is not what its name says, or too much of it; the message says which."""


class Segment(NamedTuple):
    """So many bytes that stand in an inner text and, the same, in the outer one."""

    inner: int
    outer: int
    length: int


class Stretch(NamedTuple):
    """A part of an inner text whose outer form is in one piece: one JSON string of a notebook.

    What stands in it may be edited whatever of it is escaped. ``start`` and ``end`` count in the
    inner text, ``outer_end`` in the outer one. ``logical``: its name, such as ``cell/3``.
    ``item``: from where to where the outer text is to be cut so that nothing is left of it, None
    where that cannot be.
    """

    start: int
    end: int
    outer_end: int
    logical: Optional[str] = None
    item: Optional[tuple[int, int]] = None


def _as_it_is(text: str) -> Optional[str]:
    return text


@dataclass(frozen=True)
class Embedded:
    """A text of another format within a file: a script in a workflow, a cell of a notebook.

    ``format``: as in ``formats``. ``text``: what it is, unescaped. ``segments``: where its bytes
    stand in the outer text, in order; what lies in none was escaped there. A segment of length 0
    is a place alone. ``encode``: how text that is put in must be written outside, None where it
    cannot. ``logical``: its name, such as ``cell/3``. ``is_documentation``: it is an example in a
    document. ``stretches``: its parts, in order, where the segments also give the places of what
    was escaped, as segments of no bytes.
    """

    format: str
    text: bytes
    segments: tuple[Segment, ...]
    encode: Callable[[str], Optional[str]] = _as_it_is
    logical: Optional[str] = None
    is_documentation: bool = False
    stretches: tuple[Stretch, ...] = ()

    def logical_at(self, offset: int) -> Optional[str]:
        """Return the name of what a byte of it stands in."""
        for start, end, _, logical, _ in self.stretches:
            if start <= offset < end:
                return logical
        return self.logical

    def outside(self, offset: int) -> int:
        """Return where a byte of it stands outside, or the nearest before it."""
        segment = self._segment(offset)
        if segment is None:
            return self.segments[0].outer if self.segments else 0
        return segment.outer + min(offset - segment.inner, segment.length)

    def _segment(self, offset: int) -> Optional[Segment]:
        """Return the last that begins at the offset or before it."""
        place = bisect_right(self.segments, (offset, maxsize, maxsize)) - 1
        return self.segments[place] if place >= 0 else None

    def edit_outside(self, edit: Edit) -> Optional[Edit]:
        """Return the edit for the outer text, None where one of its ends is within an escape.

        Where lines are indented outside, the start of a line is behind its indentation.
        """
        for offset in edit[:2]:
            segment = self._segment(offset)
            if segment is None or offset - segment.inner > segment.length:
                return None
        text = self.encode(edit.text)
        if text is None:
            return None
        return Edit(self.outside(edit.start), self.outside(edit.end), text)

    def edits_outside(self, edit: Edit) -> Optional[tuple[Edit, ...]]:
        """Return the edits for the outer text: one for each stretch, None where one cannot be."""
        if not self.stretches:
            whole = self.edit_outside(edit)
            return (whole,) if whole is not None else None
        found: list[Edit] = []
        text, place = edit.text, edit.start
        for start, end, outer_end, _, item in self.stretches:
            inside = start <= place < end or (place == end == edit.end)
            if not inside:
                continue
            last = min(edit.end, end)
            first, behind = (outer_end if at == end else self.outside(at) for at in (place, last))
            encoded = self.encode(text)
            if encoded is None:
                return None
            if item is not None and not encoded and (place, last) == (start, end) != (end, end):
                first, behind = item
            found.append(Edit(first, behind, encoded))
            text, place = "", last
            if last == edit.end:
                return tuple(found)
        return None


class Parsed(Protocol):
    """What a reader makes of a text.

    ``formats``: the names under which checks may look at it. ``text``: what its offsets count in,
    in UTF-8. ``unread``: what could not be read of it, a sentence each. ``embedded``: texts of
    other formats within.
    """

    @property
    def formats(self) -> tuple[str, ...]: ...  # noqa: D102

    @property
    def text(self) -> bytes: ...  # noqa: D102

    @property
    def unread(self) -> tuple[str, ...]: ...  # noqa: D102

    def embedded(self) -> Iterable[Embedded]: ...  # noqa: D102
