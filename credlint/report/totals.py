"""What every format counts in the same way, and the order findings are told in."""

from __future__ import annotations

from credlint.model.finding import LEVEL_RANK, Finding, number_findings
from credlint.model.lean_dataclasses import replace
from credlint.model.report import Report, Summary
from credlint.model.rule import Rule


def summary_of(report: Report) -> Summary:
    """Return the summary with every number that can be counted taken from the lists themselves."""
    return replace(
        report.summary,
        findings=len(report.findings),
        places=sum(len(finding.everywhere) for finding in report.findings),
        suppressed=len(report.suppressed),
        baselined=len(report.baselined),
        skipped=len(report.skipped),
    )


def rules_by_code(report: Report) -> dict[str, Rule]:
    """Return the enabled rules by code."""
    return {rule.id: rule for rule in report.rules}


def security_severity(finding: Finding, rules: dict[str, Rule]) -> float:
    """Return the severity of the finding's rule, 0.0 when it has none or is not known."""
    rule = rules.get(finding.code)
    return rule.security_severity if rule else 0.0


def remedy_of(finding: Finding, rules: dict[str, Rule]) -> str:
    """Return the finding's own remedy, else that of its rule."""
    rule = rules.get(finding.code)
    return finding.remedy or (rule.remedy if rule else "")


def with_fingerprints(findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """Return the findings, numbered when one has no fingerprint yet."""
    return findings if all(f.fingerprint for f in findings) else number_findings(findings)


def worst_first(findings: tuple[Finding, ...], rules: dict[str, Rule]) -> list[Finding]:
    """Sort by level, then severity, then place: what a person should read first."""
    return sorted(
        findings,
        key=lambda f: (
            -LEVEL_RANK[f.level],
            -security_severity(f, rules),
            f.location.base,
            f.location.uri,
            f.location.line,
            f.location.column,
            f.code,
        ),
    )


def by_place(findings: tuple[Finding, ...]) -> list[Finding]:
    """Sort by place: uri, line, column, rule, logical name."""
    return sorted(
        findings,
        key=lambda f: (
            f.location.uri,
            f.location.line,
            f.location.column,
            f.code,
            f.location.logical or "",
            f.location.base,
            f.subject,
            f.message,
        ),
    )
