"""The baseline: findings that are accepted, as a file beside the code holds them."""

from __future__ import annotations

from credlint.model.finding import Finding
from credlint.model.lean_dataclasses import dataclass, field, replace
from credlint.model.location import Location

HISTORY = "history"


@dataclass(frozen=True)
class BaselineEntry:
    """One accepted secret, told by a slow digest of its value.

    ``code``: the rule that recognised it, for people and to know which rules must run to judge it.
    ``digest``: 16 hexadecimal digits under one of the baseline's salts, or ``@`` and the start of
    the fingerprint of a finding about no value. ``until``: the last day of the acceptance as
    ``YYYY-MM-DD``, empty for no end. ``place``: where it stood when it was accepted, for people
    only. ``only``: ``history`` for what no file of the tree holds any more, else empty.
    ``line``: of the entry in the file, from 1.
    """

    code: str
    digest: str
    reason: str = ""
    until: str = ""
    place: str = ""
    only: str = ""
    line: int = field(default=1, compare=False)


def join_entries(one: BaselineEntry, other: BaselineEntry) -> BaselineEntry:
    """Return one entry for two of the same secret, as merges leave them: the earlier end."""
    reasons = {part for each in (one, other) for part in each.reason.split(" / ") if part}
    return replace(
        one,
        code=min(one.code, other.code),
        reason=" / ".join(sorted(reasons)),
        until=min((each.until for each in (one, other) if each.until), default=""),
        place=min((each.place for each in (one, other) if each.place), default=""),
        only=one.only if one.only == other.only else "",
    )


@dataclass(frozen=True)
class Baseline:
    """What one baseline file says; ``name`` is the file's for reports.

    ``entries`` are in the order of the file. Several ``salts``: files of two origins were merged.
    """

    name: str
    salts: tuple[bytes, ...]
    entries: tuple[BaselineEntry, ...] = ()


@dataclass(frozen=True)
class Accepted:
    """A finding that the baseline accepts, kept because hidden numbers are printed."""

    finding: Finding
    entry: BaselineEntry


@dataclass(frozen=True)
class AuditedEntry:
    """An entry, where its secret stands, and its ``faults``: unused, expired, no reason.

    ``judged`` False: the rule of the entry was not run, so nothing is known of its places.
    """

    entry: BaselineEntry
    places: tuple[Location, ...]
    judged: bool
    faults: tuple[str, ...]
