"""What a baseline does to findings, and what findings do to a baseline: pure functions.

A finding is accepted when an entry has its rule and a digest of its value. Neither path nor line
counts, so the entry outlives moves, renames and reformatting, and another secret on the same line
is a new one. A finding about no value is known by its fingerprint, which its path is part of.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Optional

from credlint.model.baseline import Accepted, Baseline, BaselineEntry, join_entries
from credlint.model.finding import Finding
from credlint.model.report import Notice
from credlint.model.rule import Rule

UNUSED = "RUN916"
EXPIRED = "RUN917"
NARROWS = "RUN913"

_NAMED = 3
_FINGERPRINT_DIGITS = 16

_Known = dict[tuple[str, str], BaselineEntry]


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
    known = _by_key(baseline.entries)
    return lambda finding: _matches(finding, known)


def apply_baseline(findings: Sequence[Finding], baseline: Baseline, today: str) -> BaselineOutcome:
    """Take accepted findings out; ``today`` is ``YYYY-MM-DD``, the last day still counts."""
    known = _by_key(baseline.entries)
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
    baseline: Baseline, findings: Iterable[Finding], codes: Collection[str]
) -> tuple[BaselineEntry, ...]:
    """Return the entries whose secret is not among the findings of a whole tree.

    ``findings`` are those before any suppression. Entries of rules that were not run (``codes``
    are those that were) cannot be judged.
    """
    known = _by_key(baseline.entries)
    used = {id(entry) for finding in findings for entry in _matches(finding, known)}
    return tuple(one for one in baseline.entries if one.code in codes and id(one) not in used)


def updated(
    baseline: Baseline,
    findings: Sequence[Finding],
    reason: str = "",
    until: str = "",
    show: Callable[[str], str] = str,
) -> Baseline:
    """Return the baseline with an entry for each finding that has none.

    What is there stays with its reason, its end and its place; an expired entry stays expired.
    A secret that another rule found before keeps the reason given then. ``show`` makes a path
    fit for a file that people read.
    """
    entries = {one.key: one for one in _under_one_salt(baseline, findings)}
    reasons = {one.digest: one.reason for one in entries.values() if one.reason}
    for finding in findings:
        key = (finding.value_code, keys_of(finding)[0])
        if key not in entries:
            why = reason or reasons.get(key[1], "")
            entries[key] = BaselineEntry(*key, why, until, show(finding.location.uri))
    return _with(baseline, findings, tuple(entries.values()))


def pruned(baseline: Baseline, findings: Sequence[Finding], codes: Collection[str]) -> Baseline:
    """Return the baseline without its unused entries."""
    unused = set(map(id, unused_entries(baseline, findings, codes)))
    kept = replace(
        baseline, entries=tuple(one for one in baseline.entries if id(one) not in unused)
    )
    return _with(kept, findings, _under_one_salt(kept, findings))


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
        entries = list({one.entry.key: one.entry for one in outcome.expired}.values())
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


def _by_key(entries: Iterable[BaselineEntry]) -> _Known:
    return {one.key: one for one in entries}


def _matches(finding: Finding, known: _Known) -> list[BaselineEntry]:
    """Return the finding's entries: several when baselines with salts of their own were merged."""
    found = (known.get((finding.value_code, key)) for key in keys_of(finding))
    return [entry for entry in found if entry is not None]


def _match(finding: Finding, known: _Known) -> Optional[BaselineEntry]:
    found = _matches(finding, known)
    return functools.reduce(join_entries, found) if len(found) > 1 else next(iter(found), None)


def _under_one_salt(baseline: Baseline, findings: Sequence[Finding]) -> tuple[BaselineEntry, ...]:
    """Return the entries; those that a finding needs get its digest under the first salt."""
    known = _by_key(baseline.entries)
    renamed: dict[tuple[str, str], str] = {}
    for finding in findings:
        for entry in _matches(finding, known):
            renamed[entry.key] = keys_of(finding)[0]
    entries: _Known = {}
    for one in baseline.entries:
        key = (one.code, renamed.get(one.key, one.digest))
        entry = replace(one, digest=key[1])
        entries[key] = join_entries(entries[key], entry) if key in entries else entry
    return tuple(entries.values())


def _with(
    baseline: Baseline, findings: Sequence[Finding], entries: tuple[BaselineEntry, ...]
) -> Baseline:
    """Return the baseline with these entries; a salt that none of them can need goes."""
    first = {(one.value_code, keys_of(one)[0]) for one in findings}
    if all(one.digest[0] == "@" or one.key in first for one in entries):
        return replace(baseline, salts=baseline.salts[:1], entries=entries)
    return replace(baseline, entries=entries)
