"""``doctor --pid`` and ``doctor --user``: one subject of this host, and who set its variables."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Optional

import click

from credlint.checks.options import CheckOptions
from credlint.checks.provenance import provenance_of, spell_origin
from credlint.checks.subject_findings import MACHINE_PREFIX, concerns, place_finding
from credlint.checks.subject_names import subject_name
from credlint.cli.audit_judgement import possible
from credlint.cli.audit_observation import observe_host
from credlint.cli.judgement import judge
from credlint.cli.outlet import Conclusions
from credlint.cli.preparation import Prepared
from credlint.model.audit import HostAudit, Subject
from credlint.model.finding import number_findings
from credlint.model.lean_dataclasses import replace
from credlint.model.sdk_names import SDK_NAMES, sdk_name


def judge_subject(
    pid: Optional[int],
    user: Optional[str],
    profile: Optional[str],
    prepared: Prepared,
    imds_endpoint: Optional[str],
    *,
    network: bool,
) -> tuple[Conclusions, Subject, tuple[str, ...]]:
    """Judge the process, or a login of the user; return also the subject and the SDKs.

    Raises UsageError when it cannot be seen.
    """
    audit = observe_host(
        imds_endpoint=imds_endpoint,
        network=network,
        pids=frozenset(() if pid is None else (pid,)),
        logins=frozenset(() if user is None else (user,)),
    )
    subject = _found(audit, pid, user)
    found = [one.sdk for one in subject.snapshot.platform.sdks if one.sdk in SDK_NAMES]
    sdks = tuple(prepared.settings.sdks or found or possible(subject, SDK_NAMES))
    conclusions = judge(
        subject.snapshot,
        sdks,
        profile,
        prepared.enabled,
        CheckOptions(now=audit.captured_at, expected_accounts=prepared.settings.expect_accounts),
        prepared.notices,
    )
    findings = [
        place_finding(audit, subject, one)
        for one in conclusions.findings
        if one.code.startswith(MACHINE_PREFIX) or concerns(subject, one)
    ]
    notes = (_whom(subject, sdks, found), *_origins(audit, subject))
    placed = replace(conclusions, findings=number_findings(findings), notes=notes)
    return placed, subject, sdks


def _found(audit: HostAudit, pid: Optional[int], user: Optional[str]) -> Subject:
    if audit.subjects:
        return audit.subjects[0]
    if pid is None:
        message = f'there is no user "{user}" on this host'
        raise click.UsageError(message)
    reasons = [reason for place, reason in audit.skipped if place == "/proc"]
    told = f": {reasons[0]}" if reasons else "; it is none, has ended, or belongs to the kernel"
    message = f"process {pid} cannot be judged{told}"
    raise click.UsageError(message)


def _whom(subject: Subject, sdks: Sequence[str], found: Sequence[str]) -> str:
    whom = f"Judged is {subject_name(subject)}"
    if subject.kind != "login":
        whom += f" of user {subject.user}"
    if not found:
        return f"{whom}; which SDK it has is not known."
    places = {one.sdk: one.place for one in subject.snapshot.platform.sdks}
    told = ", ".join(f"{sdk_name(sdk)} ({places[sdk]})" for sdk in sdks if sdk in places)
    return f"{whom}, which has {told}." if told else f"{whom}."


def _origins(audit: HostAudit, subject: Subject) -> list[str]:
    """Return a line for every AWS variable: who set it."""
    named = [one.name for one in subject.snapshot.environment if one.name.startswith("AWS_")]
    return [f"{name}: {spell_origin(provenance_of(audit, subject, name))}." for name in named]
