"""A host's audit, judged subject by subject, becomes conclusions for the outlet."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from credlint.chain.resolve import resolve
from credlint.chain.sdk import load_sdk
from credlint.checks.answer import answer_of
from credlint.checks.options import CheckOptions
from credlint.checks.run import run_audit_checks, run_checks
from credlint.checks.subject_findings import MACHINE_PREFIX, merge_findings, uses_aws
from credlint.cli.judgement import iter_directives
from credlint.cli.outlet import Conclusions
from credlint.cli.user_data_notice import iter_user_data_notices
from credlint.model.audit import HostAudit, Subject, Verdict
from credlint.model.finding import Finding, Skipped, number_findings
from credlint.model.report import Notice, Summary
from credlint.model.rule import Rule
from credlint.model.trace import Trace
from credlint.policy.skipped import fold_skipped

_SERVICE_CODE = "HST205"
# A process that is one of these is known by its name; an unknown one has some library at most.
_PROGRAMS = frozenset(("aws-cli-v1", "aws-cli-v2", "terraform", "powershell"))


def possible(subject: Subject, sdks: Iterable[str]) -> list[str]:
    """Return the SDKs that a subject may have where none was found.

    A running process that is a program with a chain of its own is known by its name, so only
    libraries are left for it; in a login or a job anything may be started.
    """
    return [sdk for sdk in sdks if subject.kind != "process" or sdk not in _PROGRAMS]


def judge_audit(
    audit: HostAudit,
    sdks: Sequence[str],
    rules: Sequence[Rule],
    options: CheckOptions,
    notices: tuple[Notice, ...] = (),
    chosen: bool = False,
) -> Conclusions:
    """Resolve every subject for the SDKs found in it, else for every library among ``sdks``.

    ``chosen``: for all of ``sdks``, whatever was found.

    Raises RulebookError for an unknown SDK.
    """
    specifications = {sdk: load_sdk(sdk) for sdk in sdks}
    verdicts = []
    # Of many users and services a host knows the same; what is equal is judged once.
    known: dict[object, tuple[Trace, ...]] = {}
    for subject in audit.subjects:
        found = [one.sdk for one in subject.snapshot.platform.sdks if one.sdk in specifications]
        judged = list(specifications) if chosen else found or possible(subject, specifications)
        facts = (subject.snapshot, *judged)
        if facts not in known:
            known[facts] = tuple(resolve(subject.snapshot, specifications[sdk]) for sdk in judged)
        verdicts.append(Verdict(subject, known[facts]))
    findings = _findings(audit, tuple(verdicts), rules, options)
    return Conclusions(
        command="audit",
        findings=number_findings(findings),
        examined=bool(audit.subjects or dict(audit.counts).get("files")),
        directives=tuple(
            directive for one in audit.subjects for directive in iter_directives(one.snapshot)
        ),
        skipped=tuple(_skip(*entry) for entry in fold_skipped(audit.skipped)),
        contexts=audit.platform.contexts,
        notices=(*notices, *iter_user_data_notices(audit.machine.user_data)),
        answer=answer_of(audit, tuple(verdicts)),
        verdicts=tuple(verdicts),
        notes=_notes(audit),
        summary=Summary(files=dict(audit.counts).get("files", 0)),
    )


def _notes(audit: HostAudit) -> tuple[str, ...]:
    """Return what somebody who did not look as root should know."""
    if audit.uid in (None, 0):
        return ()
    told = (
        "This was not run by root: processes, homes and files of other users that it may not read "
        "are under Not examined; `sudo credlint audit` sees them."
    )
    return (told,)


def _findings(
    audit: HostAudit, verdicts: tuple[Verdict, ...], rules: Sequence[Rule], options: CheckOptions
) -> list[Finding]:
    whole = run_audit_checks(audit, verdicts, rules, options)
    explained = frozenset(
        identifier
        for finding in whole
        if finding.code == _SERVICE_CODE
        for identifier in dict(finding.properties)["subjects"].split(", ")
    )
    places = frozenset(
        (finding.location.uri, finding.location.line)
        for finding in whole
        if finding.code == _SERVICE_CODE
    )
    machine = [rule for rule in rules if rule.id.startswith(MACHINE_PREFIX)]
    others = [rule for rule in rules if not rule.id.startswith(MACHINE_PREFIX)]
    found: list[tuple[Subject, Finding]] = []
    known: dict[object, tuple[Finding, ...]] = {}
    for verdict in verdicts:
        if uses_aws(verdict.subject):
            snapshot = verdict.subject.snapshot
            facts = (snapshot, *(trace.sdk for trace in verdict.traces))
            if facts not in known:
                known[facts] = tuple(run_checks(snapshot, verdict.traces, others, options))
            found.extend((verdict.subject, finding) for finding in known[facts])
    return [
        *whole,
        *run_checks(audit.machine, (), machine, options),
        *merge_findings(audit, found, explained, places),
    ]


def _skip(path: str, reason: str) -> Skipped:
    if path in ("imds", "user data"):
        return Skipped(path, reason, "RUN914")
    if "is larger than" in reason:
        return Skipped(path, reason, "RUN903")
    if "is not a regular file" in reason:
        return Skipped(path, reason, "RUN906")
    return Skipped(path, reason, "RUN905" if "ETIMEDOUT" in reason else "RUN901")
