"""What the second stage passes on: matches, and candidates that became findings' substance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Optional

from credlint.model.finding import Level
from credlint.model.lean_dataclasses import dataclass, field, replace
from credlint.model.lean_tuples import NamedTuple
from credlint.model.rule import Rule
from credlint.model.secret import Secret
from credlint.model.text import LineIndex
from credlint.secrets.facts import NO_FACTS, ScanFacts
from credlint.secrets.patterns import Pattern


class Match(NamedTuple):
    """One match of the second stage: byte offsets and text of what would be the secret."""

    pattern: Pattern
    start: int
    end: int
    text: str


@dataclass(frozen=True)
class TextView:
    """The document as the inspectors see it: UTF-8 bytes without byte order mark.

    ``patterns``: all that the engine looks for, in its order. ``rules``: all of its rules by code,
    those without patterns too.
    """

    uri: str
    data: bytes
    lines: LineIndex
    facts: ScanFacts = NO_FACTS
    patterns: Sequence[Pattern] = ()
    rules: Mapping[str, Rule] = field(default_factory=dict)


class Relation(NamedTuple):
    """Another place that belongs to the story, with its annotation."""

    start: int
    end: int
    message: str


@dataclass(frozen=True)
class Candidate:
    """One thing to delete: where it stands, how bad it is and what may be said of it.

    ``message`` and ``subject`` hold no value. ``properties`` as in ``model.finding``.
    ``found_by``: the rule that recognised the value, where another one reports it.
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
    found_by: str = ""

    def changed(self, **changes: object) -> Candidate:
        """Return a copy with other values in the named fields."""
        return replace(self, **changes)  # type: ignore[arg-type]
