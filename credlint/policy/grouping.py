"""One row for each distinct secret: findings of equal identity become one with all its places."""

from __future__ import annotations

from collections.abc import Sequence

from credlint.model.finding import LEVEL_RANK, Finding
from credlint.model.lean_dataclasses import replace
from credlint.model.rule import Rule

# A rule with this tag speaks of any value that looks random; all others know what it is.
_GENERIC = "generic"


def one_row_per_secret(findings: Sequence[Finding], rules: Sequence[Rule]) -> tuple[Finding, ...]:
    """Join findings about equal secrets, told by ``Finding.identity``.

    The worst leads, among equally bad ones what says most, then the first place; the others are
    its ``also``, in their order. A finding about no value stays alone. The order of what leads,
    its place and its fingerprint are those that it has among ``findings``.
    """
    by_code = {rule.id: rule for rule in rules}
    groups: dict[str, list[int]] = {}
    for index, finding in enumerate(findings):
        groups.setdefault(finding.identity or f"#{index}", []).append(index)
    rows = []
    for members in groups.values():
        leader = min(members, key=lambda index: _rank(findings[index], by_code))
        also = tuple(findings[index] for index in members if index != leader)
        rows.append((leader, also))
    return tuple(
        replace(findings[leader], also=also) if also else findings[leader]
        for leader, also in sorted(rows, key=lambda row: row[0])
    )


def _rank(finding: Finding, by_code: dict[str, Rule]) -> tuple[int, bool, float, int]:
    """Return the smaller the more the finding is worth to lead; ties stay in order."""
    rule = by_code.get(finding.code)
    generic = rule is not None and _GENERIC in rule.tags
    severity = rule.security_severity if rule is not None else 0.0
    return (-LEVEL_RANK[finding.level], generic, -severity, -len(finding.properties))
