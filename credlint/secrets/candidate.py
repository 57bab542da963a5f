"""What the second stage passes on: matches, and candidates that became findings' substance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple, Optional

from credlint.model.finding import Level
from credlint.model.secret import Secret
from credlint.secrets.facts import NO_FACTS, ScanFacts
from credlint.secrets.patterns import Pattern
from credlint.secrets.text import LineIndex


class Match(NamedTuple):
    """One match of the second stage: byte offsets and text of what would be the secret."""

    pattern: Pattern
    start: int
    end: int
    text: str


@dataclass(frozen=True)
class TextView:
    """The document as the inspectors see it: UTF-8 bytes without byte order mark.

    ``patterns``: all that the engine looks for, in its order.
    """

    uri: str
    data: bytes
    lines: LineIndex
    facts: ScanFacts = NO_FACTS
    patterns: Sequence[Pattern] = ()


class Relation(NamedTuple):
    """Another place that belongs to the story, with its annotation."""

    start: int
    end: int
    message: str


@dataclass(frozen=True)
class Candidate:
    """One thing to delete: where it stands, how bad it is and what may be said of it.

    ``message`` and ``subject`` hold no value. ``properties`` as in ``model.finding``.
    """

    pattern: Pattern
    start: int
    end: int
    value: Secret
    level: Level
    message: str
    subject: str
    properties: tuple[tuple[str, str], ...] = ()
    related: tuple[Relation, ...] = ()
    remedy: Optional[str] = None

    def changed(self, **changes: object) -> Candidate:
        """Return a copy with other values in the named fields."""
        return replace(self, **changes)  # type: ignore[arg-type]
