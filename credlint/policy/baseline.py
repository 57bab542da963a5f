"""What a baseline does to findings, and what findings do to a baseline: pure functions.

A finding is accepted when an entry has a digest of its value. Neither path nor line counts, so the
entry outlives moves, renames and reformatting, and another secret on the same line is a new one.
(Of a short value the rule is part of the digest: ``ScanFacts.identify``.) A finding about no value
is known by its fingerprint, which its path is part of.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Optional

from credlint.model.baseline import HISTORY, Accepted, Baseline, BaselineEntry, join_entries
from credlint.model.finding import Finding
from credlint.model.lean_dataclasses import dataclass, replace
from credlint.model.report import Notice
from credlint.model.rule import Rule

UNUSED = "RUN916"
EXPIRED = "RUN917"
NARROWS = "RUN913"

_NAMED = 3
_FINGERPRINT_DIGITS = 16

# Entries by their digests.
_Known = dict[str, BaselineEntry]


@dataclass(frozen=True)
class BaselineOutcome:
    """Findings that remain, those that are accepted, and remaining ones of expired entries."""

    findings: tuple[Finding, ...]
    accepted: tuple[Accepted, ...] = ()
    expired: tuple[Accepted, ...] = ()


@dataclass(frozen=True)
class BaselineUse:
    """How a run uses a baseline: see :func:`iter_notices` and :func:`apply_baseline`.

    ``whole_tree``: everything that the baseline speaks of was looked at.
    """

    baseline: Baseline
    today: str
    found: bool = False
    whole_tree: bool = False


def keys_of(finding: Finding) -> tuple[str, ...]:
    """Return what the finding may be called in a baseline: one digest for each of its salts."""
    return finding.digests or (f"@{finding.fingerprint[:_FINGERPRINT_DIGITS]}",)


def find_entries(baseline: Baseline) -> Callable[[Finding], list[BaselineEntry]]:
    """Return a function that gives the entries of a finding: none, one, or one for each salt."""
    known = _by_digest(baseline.entries)
    return lambda finding: _matches(finding, known)


def apply_baseline(findings: Sequence[Finding], baseline: Baseline, today: str) -> BaselineOutcome:
    """Take accepted findings out; ``today`` is ``YYYY-MM-DD``, the last day still counts."""
    known = _by_digest(baseline.entries)
    rest: list[Finding] = []
    accepted: list[Accepted] = []
    expired: list[Accepted] = []
    for finding in findings:
        entry = _match(finding, known)
        if entry is not None and not is_expired(entry, today):
            accepted.append(Accepted(finding, entry))
            continue
        rest.append(finding)
        if entry is not None:
            expired.append(Accepted(finding, entry))
    return BaselineOutcome(tuple(rest), tuple(accepted), tuple(expired))


def is_expired(entry: BaselineEntry, today: str) -> bool:
    """Tell whether the entry's last day has passed; such days compare as texts."""
    return bool(entry.until) and entry.until < today


def unused_entries(
    baseline: Baseline,
    findings: Iterable[Finding],
    codes: Collection[str],
    *,
    history: bool = False,
) -> tuple[BaselineEntry, ...]:
    """Return the entries whose secret is not among the findings of a whole tree.

    ``findings`` are those before any suppression; ``history``: those of the whole history are
    among them. Entries that cannot be judged are left out (:func:`is_judged`).
    """
    known = _by_digest(baseline.entries)
    used = {id(entry) for finding in findings for entry in _matches(finding, known)}
    return tuple(
        one
        for one in baseline.entries
        if id(one) not in used and is_judged(one, codes, history=history)
    )


def is_judged(entry: BaselineEntry, codes: Collection[str], *, history: bool) -> bool:
    """Tell whether a run of these rules sees the entry's secret if it is there at all."""
    return entry.code in codes and (history or entry.only != HISTORY)


def updated(
    baseline: Baseline,
    findings: Sequence[Finding],
    reason: str = "",
    until: str = "",
    show: Callable[[str], str] = str,
    *,
    history: bool = False,
) -> Baseline:
    """Return the baseline with an entry for each finding that has none.

    What is there stays with its reason, its end and its place; an expired entry stays expired.
    ``show`` makes a path fit for a file that people read.
    """
    entries = _by_digest(_seen_again(baseline, findings, history=history))
    added: _Known = {}
    for finding in findings:
        digest = keys_of(finding)[0]
        if digest not in entries:
            place = show(finding.location.uri)
            code = finding.found_by or finding.code
            entry = BaselineEntry(code, digest, reason, until, place, _only(finding))
            added[digest] = join_entries(added[digest], entry) if digest in added else entry
    return _with(baseline, findings, (*entries.values(), *added.values()))


def pruned(
    baseline: Baseline,
    findings: Sequence[Finding],
    codes: Collection[str],
    *,
    history: bool = False,
) -> Baseline:
    """Return the baseline without its unused entries."""
    unused = set(map(id, unused_entries(baseline, findings, codes, history=history)))
    kept = replace(
        baseline, entries=tuple(one for one in baseline.entries if id(one) not in unused)
    )
    return _with(kept, findings, _seen_again(kept, findings, history=history))


def judge_by(
    use: BaselineUse,
    findings: Sequence[Finding],
    all_findings: Sequence[Finding],
    rules: Sequence[Rule],
) -> tuple[BaselineOutcome, tuple[Notice, ...]]:
    """Apply the baseline and tell what a reader must know of it.

    ``all_findings``: those before any suppression; ``rules``: those that were run.
    """
    outcome = apply_baseline(findings, use.baseline, use.today)
    unused: tuple[BaselineEntry, ...] = ()
    if use.whole_tree:
        unused = unused_entries(use.baseline, all_findings, {rule.id for rule in rules})
    return outcome, tuple(iter_notices(outcome, unused, use.baseline.name, found=use.found))


def iter_notices(
    outcome: BaselineOutcome, unused: Sequence[BaselineEntry], name: str, *, found: bool
) -> Iterable[Notice]:
    """Yield what a reader must know; ``found``: nobody named the baseline, it lay there."""
    if found and outcome.accepted:
        number = len(outcome.accepted)
        told = f"it accepts what stands at {number:,} place{'s' if number > 1 else ''}"
        yield Notice(NARROWS, f"{name} narrows this run: {told}.", "note")
    if outcome.expired:
        entries = list({one.entry.digest: one.entry for one in outcome.expired}.values())
        told = _list(entries, "ended on")
        yield Notice(EXPIRED, f"{name}: the acceptance of {told}; the finding is back.", "warning")
    if unused:
        told = _list(unused, "")
        yield Notice(
            UNUSED,
            f"{name}: nothing that was examined needs {told}; `credlint baseline prune`.",
            "note",
        )


def describe(entry: BaselineEntry) -> str:
    """Return the entry's name for people: ``SEC102 3f9c1c2ab04d77e1 (config/prod.env)``."""
    place = f" ({entry.place})" if entry.place else ""
    return f"{entry.code} {entry.digest}{place}"


def _list(entries: Sequence[BaselineEntry], word: str) -> str:
    named = [
        f"{describe(one)} {word} {one.until}" if word else describe(one) for one in entries[:_NAMED]
    ]
    more = len(entries) - len(named)
    return ", ".join(named) + (f" and {more:,} more" if more > 0 else "")


def _by_digest(entries: Iterable[BaselineEntry]) -> _Known:
    return {one.digest: one for one in entries}


def _matches(finding: Finding, known: _Known) -> list[BaselineEntry]:
    """Return the finding's entries: several when baselines with salts of their own were merged."""
    found = (known.get(key) for key in keys_of(finding))
    return [entry for entry in found if entry is not None]


def _match(finding: Finding, known: _Known) -> Optional[BaselineEntry]:
    found = _matches(finding, known)
    return functools.reduce(join_entries, found) if len(found) > 1 else next(iter(found), None)


def _only(finding: Finding) -> str:
    return HISTORY if finding.location.commit else ""


def _seen_again(
    baseline: Baseline, findings: Sequence[Finding], *, history: bool
) -> tuple[BaselineEntry, ...]:
    """Return the entries; those that a finding needs get its digest under the first salt.

    Where the history was read they also get whether the secret stands in nothing else.
    """
    known = _by_digest(baseline.entries)
    renamed: dict[str, str] = {}
    only: dict[str, str] = {}
    for finding in findings:
        for entry in _matches(finding, known):
            renamed[entry.digest] = keys_of(finding)[0]
            only[entry.digest] = min(_only(finding), only.get(entry.digest, HISTORY))
    entries: _Known = {}
    for one in baseline.entries:
        digest = renamed.get(one.digest, one.digest)
        entry = replace(one, digest=digest)
        if history:
            entry = replace(entry, only=only.get(one.digest, one.only))
        entries[digest] = join_entries(entries[digest], entry) if digest in entries else entry
    return tuple(entries.values())


def _with(
    baseline: Baseline, findings: Sequence[Finding], entries: tuple[BaselineEntry, ...]
) -> Baseline:
    """Return the baseline with these entries; a salt that none of them can need goes."""
    first = {keys_of(one)[0] for one in findings}
    if all(one.digest[0] == "@" or one.digest in first for one in entries):
        return replace(baseline, salts=baseline.salts[:1], entries=entries)
    return replace(baseline, entries=entries)
