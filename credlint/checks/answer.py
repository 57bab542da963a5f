"""The answer that an audit gives first, computed from the verdicts. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from credlint.checks.acting import causes_of, is_service, shows_aws, uses_role
from credlint.checks.key_stories import key_stories
from credlint.checks.subject_names import own_units, subject_name
from credlint.checks.wording import sdks_of
from credlint.model.answer import AuditAnswer, ServiceAnswer
from credlint.model.audit import HostAudit, Verdict
from credlint.model.trace import Trace, source_kind

_WORKLOAD = frozenset(("container", "web_identity"))


def answer_of(audit: HostAudit, verdicts: tuple[Verdict, ...]) -> AuditAnswer:
    """Return what every running service uses, and where each key lies."""
    imds = audit.imds
    reason = ""
    if imds.role is None:
        reason = imds.reason or "no role is attached to the instance"
    services: list[ServiceAnswer] = []
    for verdict in verdicts:
        if is_service(verdict.subject):
            services += _services(audit, verdict)
    return AuditAnswer(imds.role, reason, tuple(services), key_stories(audit), audit.counts)


def _services(audit: HostAudit, verdict: Verdict) -> Iterator[ServiceAnswer]:
    """Yield one answer per way in which SDKs of the service get credentials."""
    told: set[str] = set()
    for cause in causes_of(audit, verdict, audit.imds.role):
        sdks = sdks_of(cause.traces)
        told.update(sdks)
        yield ServiceAnswer(
            verdict.subject.identifier,
            subject_name(verdict.subject),
            verdict.subject.user,
            _other(verdict),
            sdks,
            len(sdks) == len(verdict.traces),
            cause.used,
            cause.told,
            cause.place,
            len(own_units(verdict.subject)) or 1,
        )
    groups: dict[str, list[Trace]] = {}
    for trace in verdict.traces:
        if trace.sdk not in told:
            groups.setdefault(_state(trace, audit.imds.role), []).append(trace)
    if not verdict.subject.snapshot.platform.sdks and groups:
        # Nobody knows which SDK it has: what most of them do is enough, or what is told already.
        most = max(groups, key=lambda state: len(groups[state]))
        groups = {} if told else {most: groups[most]}
    for state, traces in groups.items():
        error = traces[0].error
        yield ServiceAnswer(
            verdict.subject.identifier,
            subject_name(verdict.subject),
            verdict.subject.user,
            state,
            sdks_of(traces),
            len(traces) == len(verdict.traces),
            used=f"{error.name}: {error.message}" if error is not None else "",
            services=len(own_units(verdict.subject)) or 1,
        )


def _other(verdict: Verdict) -> str:
    if not shows_aws(verdict.subject):
        return "idle"
    return "other" if verdict.subject.kind == "process" else "stopped"


def _state(trace: Trace, role: object) -> str:
    if trace.outcome == "undecided":
        return "unknown"
    if trace.winner is None:
        return "error" if trace.outcome == "error" else "none"
    if source_kind(trace.winner.source) in _WORKLOAD:
        return "workload"
    return "role" if uses_role(trace, role if isinstance(role, str) else None) else "unknown"
