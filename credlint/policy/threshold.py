"""The exit code: ``--fail-on``, ``--strict``, ``--exit-zero``.

0 clean · 1 findings at or above the threshold · 2 could not do the job · 3 nothing examined.

Two scales are understood. ``note``, ``warning``, ``error`` compare a finding's level ("this will
not work"). ``medium``, ``high``, ``critical`` compare the security severity of its rule ("this
is dangerous") with GitHub's bounds: from 4.0, from 7.0, from 9.0. ``low``, the default, means
any finding, also one without security severity, so that nothing shown passes unnoticed.
"""

from __future__ import annotations

from collections.abc import Mapping

from credlint.config_values import FAIL_ON_WORDS
from credlint.model.finding import LEVEL_RANK, Finding
from credlint.model.report import Report

DEFAULT_FAIL_ON = "low"
NEVER = "never"
SEVERITY_BOUNDS = {"medium": 4.0, "high": 7.0, "critical": 9.0}

CLEAN, FINDINGS, FAILED, NOTHING_EXAMINED = 0, 1, 2, 3


def reaches(finding: Finding, fail_on: str, severities: Mapping[str, float]) -> bool:
    """Tell whether the finding, at any of its places, is at or above the threshold.

    ``severities`` are the security severities by code. A rule that is not among them is taken
    as critical: not knowing is no reason to pass. Raises ValueError for an unknown word.
    """
    if fail_on not in FAIL_ON_WORDS:
        message = f'--fail-on "{fail_on}" is none of {", ".join(FAIL_ON_WORDS)}'
        raise ValueError(message)
    if fail_on == NEVER:
        return False
    if fail_on in LEVEL_RANK:
        return any(LEVEL_RANK[one.level] >= LEVEL_RANK[fail_on] for one in finding.everywhere)
    bound = SEVERITY_BOUNDS.get(fail_on, 0.0)
    return any(severities.get(one.code, 10.0) >= bound for one in finding.everywhere)


def below_threshold(report: Report, fail_on: str) -> int:
    """Return how many findings are shown but do not count (``Summary.below_threshold``)."""
    severities = {rule.id: rule.security_severity for rule in report.rules}
    return sum(not reaches(finding, fail_on, severities) for finding in report.findings)


def exit_code(
    report: Report,
    fail_on: str = DEFAULT_FAIL_ON,
    *,
    strict: bool = False,
    exit_zero: bool = False,
    examined: bool = True,
) -> int:
    """Return the exit code of a finished run.

    ``examined``: at least one file, source or probe gave something to judge. ``strict`` turns
    any skip into 2, before findings are looked at, because the list may be incomplete;
    ``exit_zero`` turns 1 into 0 and nothing else. Raises ValueError for an unknown word.
    """
    severities = {rule.id: rule.security_severity for rule in report.rules}
    counted = [finding for finding in report.findings if reaches(finding, fail_on, severities)]
    if strict and report.skipped:
        return FAILED
    if counted:
        return CLEAN if exit_zero else FINDINGS
    if not examined and not report.findings:
        return NOTHING_EXAMINED
    return CLEAN
