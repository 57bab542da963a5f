"""Runs the checks behind a set of rules over one snapshot and its traces, or over a whole host."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Callable, cast

from credlint.checks import causes, divergence, imds_containers, region, stops
from credlint.checks.options import CheckOptions
from credlint.checks.registry import CHECKS
from credlint.model.finding import Finding, FixKind, number_findings
from credlint.model.lean_dataclasses import replace
from credlint.model.location import CREDLINTHOST, Location
from credlint.model.rule import Rule
from credlint.model.snapshot import HostSnapshot
from credlint.model.trace import Trace

if TYPE_CHECKING:
    from credlint.model.audit import HostAudit, Verdict

CHECK_ROOMS = ("chain", "host")
# The tag of rules that speak of a whole host (``audit_registry``), not of one snapshot.
AUDIT_TAG = "audit"
CRASH_CODE = "RUN902"
CRASH_NAME = "check-crashed"


def run_checks(
    snapshot: HostSnapshot,
    traces: tuple[Trace, ...],
    rules: Iterable[Rule],
    options: CheckOptions,
) -> tuple[Finding, ...]:
    """Return the findings of all chain and host rules among ``rules``, sorted and numbered.

    Rules about a whole host have nothing to say of one snapshot. A check that raises becomes one
    RUN902 finding that names the exception's class and no more, because its text may quote what was
    read; the other checks go on.
    """
    findings: list[Finding] = []
    for rule in rules:
        if rule.room in CHECK_ROOMS and rule.detector and AUDIT_TAG not in rule.tags:
            findings.extend(
                _run_one(rule, partial(_call, rule.detector, snapshot, traces, options))
            )
    for room in (stops, region, divergence, imds_containers, causes):
        findings = room.without_explained(findings)
    return number_findings(findings)


def run_audit_checks(
    audit: HostAudit,
    verdicts: tuple[Verdict, ...],
    rules: Iterable[Rule],
    options: CheckOptions,
) -> tuple[Finding, ...]:
    """Return the findings of the rules about a whole host, in the order of the rules."""
    from credlint.checks.audit_registry import AUDIT_CHECKS  # noqa: PLC0415  the audit's alone

    findings: list[Finding] = []
    for rule in rules:
        if AUDIT_TAG in rule.tags:
            check = AUDIT_CHECKS[rule.detector or ""]
            findings.extend(_run_one(rule, partial(check, audit, verdicts, options)))
    return tuple(findings)


def _call(
    detector: str, snapshot: HostSnapshot, traces: tuple[Trace, ...], options: CheckOptions
) -> Iterable[Finding]:
    return CHECKS[detector](snapshot, traces, options)


def _run_one(rule: Rule, check: Callable[[], Iterable[Finding]]) -> Iterator[Finding]:
    try:
        # Collected first: a check that breaks half-way must not look as if it had finished.
        found = tuple(check())
        if any((finding.code, finding.name) != (rule.id, rule.name) for finding in found):
            message = "a check spoke for another rule"
            raise ValueError(message)  # noqa: TRY301  judged like any other failure of the check
    except Exception as error:  # noqa: BLE001  a broken check must not end the run
        yield _crash(rule, type(error).__name__)
        return
    for finding in found:
        yield replace(finding, fix=cast("FixKind", rule.fix))


def _crash(rule: Rule, exception: str) -> Finding:
    return Finding(
        code=CRASH_CODE,
        name=CRASH_NAME,
        level="error",
        message=f"The check of {rule.id} failed ({exception}), so its findings may be missing.",
        location=Location("process", "credlint", CREDLINTHOST, logical=f"check/{rule.id}"),
        remedy="Report the fault to the credlint project; add a snapshot "
        "(`credlint snapshot -o FILE`), which holds no secret.",
        subject=rule.id,
    )
