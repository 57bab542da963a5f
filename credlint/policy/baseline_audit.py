"""What a look through a baseline shows: each entry, where its secret stands, what it lacks."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from credlint.model.baseline import AuditedEntry, Baseline
from credlint.model.finding import Finding
from credlint.model.location import Location
from credlint.policy.baseline import find_entries, is_expired

UNUSED, EXPIRED, WITHOUT_REASON = "unused", "expired", "no reason"


def audit_baseline(
    baseline: Baseline, findings: Iterable[Finding], codes: Collection[str], today: str
) -> tuple[AuditedEntry, ...]:
    """Return the entries by code and place; ``findings`` are those before any suppression."""
    look_up = find_entries(baseline)
    places: dict[int, list[Location]] = {}
    for finding in findings:
        for entry in look_up(finding):
            places.setdefault(id(entry), []).append(finding.location)
    rows = []
    for entry in baseline.entries:
        judged = entry.code in codes
        held = {
            UNUSED: judged and id(entry) not in places,
            EXPIRED: is_expired(entry, today),
            WITHOUT_REASON: not entry.reason.strip(),
        }
        faults = tuple(fault for fault, holds in held.items() if holds)
        rows.append(AuditedEntry(entry, tuple(places.get(id(entry), ())), judged, faults))
    return tuple(sorted(rows, key=lambda row: (row.entry.code, row.entry.place, row.entry.digest)))
