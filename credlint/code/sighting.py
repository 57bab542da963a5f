"""What a check of code or infrastructure saw: offsets and words, not yet a finding."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Callable, NamedTuple, Optional, Protocol

from credlint.model.finding import Level
from credlint.model.fix import Edit, Fix
from credlint.model.lean_dataclasses import dataclass
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
    further places. ``by_text``: told only where the text rules found something in the literals, at
    the highest level of theirs. ``value``: the literal that tells this secret from others.
    ``fix``: edits without a file are of this text.
    """

    start: int
    end: int
    message: str
    level: Optional[Level] = None
    subject: str = ""
    literals: tuple[Span, ...] = ()
    related: tuple[Span, ...] = ()
    by_text: bool = False
    value: Optional[Secret] = None
    fix: Optional[Fix] = None
    remedy: str = ""
    properties: tuple[tuple[str, str], ...] = ()


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


def _as_it_is(text: str) -> str:
    return text


@dataclass(frozen=True)
class Embedded:
    """A text of another format within a file: a script in a workflow, a cell of a notebook.

    ``format``: as in ``formats``. ``text``: what it is, unescaped. ``segments``: where its bytes
    stand in the outer text, in order; what lies in none was escaped there. ``encode``: how text
    that is put in must be written outside. ``logical``: its name, such as ``cell/3``.
    ``is_documentation``: it is an example in a document.
    """

    format: str
    text: bytes
    segments: tuple[Segment, ...]
    encode: Callable[[str], str] = _as_it_is
    logical: Optional[str] = None
    is_documentation: bool = False

    def outside(self, offset: int) -> int:
        """Return where a byte of it stands outside, or the nearest before it."""
        best = self.segments[0].outer if self.segments else 0
        for inner, outer, length in self.segments:
            if offset < inner:
                break
            best = outer + min(offset - inner, length)
        return best

    def edit_outside(self, edit: Edit) -> Optional[Edit]:
        """Return the edit for the outer text, None where a part of it was escaped.

        A line that goes takes the indentation with it that only the outer text has.
        """
        before = 0
        for inner, outer, length in self.segments:
            if inner <= edit.start and edit.end <= inner + length:
                shift = outer - inner
                is_line = edit == (inner, inner + length, "") and self.text.endswith(
                    b"\n", inner, edit.end
                )
                start = before if is_line and before else edit.start + shift
                return Edit(start, edit.end + shift, self.encode(edit.text))
            is_line = self.text.endswith(b"\n", inner, inner + length)
            before = outer + length if is_line else 0
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
