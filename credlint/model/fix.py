"""Edits that a finding offers: data, so that they can be shown, written to SARIF or applied."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, Optional

from credlint.model.lean_dataclasses import dataclass
from credlint.model.lean_tuples import NamedTuple


class Edit(NamedTuple):
    """The bytes from ``start`` to ``end`` of a file become ``text``; equal offsets insert.

    ``text`` holds nothing of the file that could be a secret: edits go into reports. ``place``:
    line, column, last line and column behind the last character of what is replaced, from 1, as
    in Location, where that is known.
    """

    start: int
    end: int
    text: str
    place: Optional[tuple[int, int, int, int]] = None


@dataclass(frozen=True)
class FileEdits:
    """What is to be done to one file.

    ``uri`` as in Location, empty for the file of the finding. ``digest``: SHA-256 of the bytes
    that the edits were made for, empty for a file that is not there yet. ``hidden``: bytes of
    the file, from and to, that must not be shown, since they may be secrets.
    """

    uri: str
    edits: tuple[Edit, ...] = ()
    digest: str = ""
    hidden: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True)
class Fix:
    """One offer, to be taken as a whole or not at all.

    ``kind``: ``safe`` changes nothing but what the finding is about; ``unsafe`` may change what
    the program does; ``display`` is told and never applied. ``summary``: one sentence that says
    what is done. ``fill_in``: texts within the edits that the user has to replace.
    """

    kind: Literal["safe", "unsafe", "display"]
    summary: str
    files: tuple[FileEdits, ...] = ()
    fill_in: tuple[str, ...] = ()


class OverlapError(ValueError):
    """Two edits want the same bytes."""


def merged(edits: Iterable[Edit]) -> list[Edit]:
    """Return the edits in order, equal ones once; raises OverlapError.

    Two insertions at one place with different texts overlap, since their order is not known.
    """
    ordered = sorted({(edit.start, edit.end, edit.text): edit for edit in edits}.values())
    for before, after in zip(ordered, ordered[1:]):
        if after.start < before.end or after.start == before.start:
            message = f"edits at {before.start} and {after.start} overlap"
            raise OverlapError(message)
    return ordered


def apply_edits(data: bytes, edits: Iterable[Edit]) -> bytes:
    """Return the bytes after the edits; raises OverlapError, and ValueError beyond the end."""
    pieces: list[bytes] = []
    last = 0
    for edit in merged(edits):
        if not 0 <= edit.start <= edit.end <= len(data):
            message = f"an edit from {edit.start} to {edit.end} in {len(data)} bytes"
            raise ValueError(message)
        pieces += [data[last : edit.start], edit.text.encode()]
        last = edit.end
    return b"".join((*pieces, data[last:]))
