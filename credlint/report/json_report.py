"""The JSON report, ``credlint-report/1``: stable, for other tools; docs/report.schema.json."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Optional

from credlint.model.baseline import Accepted
from credlint.model.finding import Finding, Skipped, Suppressed
from credlint.model.fix import Fix
from credlint.model.location import Location
from credlint.model.report import REPORT_SCHEMA, Notice, Report
from credlint.model.rule import Rule
from credlint.model.trace import Offer, SdkError, Step, Trace
from credlint.model.why_not import WhyNot
from credlint.report.clean import safe_text
from credlint.report.names import account_of
from credlint.report.totals import (
    by_place,
    remedy_of,
    rules_by_code,
    security_severity,
    summary_of,
    with_fingerprints,
)

if TYPE_CHECKING:
    from credlint.model.audit import Verdict  # a scan's report must not pay for it

Json = dict[str, Any]

# Legal inside JSON strings (RFC 8259 §7), yet a terminal or an editor acts on them.
_ACTIVE = re.compile("[\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")


def dump(value: object) -> str:
    """Return the JSON text of a tree of plain values, with a newline at the end.

    Characters stay readable, apart from those that terminals and editors act on. Raises
    TypeError for anything that is no plain value, ValueError for NaN.
    """
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, indent=2)
    return _ACTIVE.sub(lambda match: f"\\u{ord(match.group()):04x}", text) + "\n"


def render(report: Report) -> str:
    """Return the JSON report; the same report gives the same bytes."""
    rules = rules_by_code(report)
    findings = by_place(with_fingerprints(report.findings))
    summary = summary_of(report)
    return dump(
        {
            "schema": REPORT_SCHEMA,
            "version": report.version,
            "command": report.command,
            "context": list(report.contexts),
            "identities": _identities(report),
            "chains": [_chain(trace) for trace in report.chains],
            **_audit(report),
            "why_not": [_why_not(answer) for answer in report.why_not],
            "findings": [_finding(finding, rules) for finding in findings],
            "suppressed": [_suppressed(entry, rules) for entry in report.suppressed],
            "baseline": _text(report.baseline),
            "baselined": [_accepted(entry, rules) for entry in report.baselined],
            "skipped": [_skipped(entry) for entry in report.skipped],
            "notices": [_notice(entry) for entry in report.notices],
            "unused_suppressions": [safe_text(text) for text in report.unused_directives],
            "notes": [safe_text(note) for note in report.notes],
            "rules": sorted(rules),
            "summary": {
                "files": summary.files,
                "bytes": summary.bytes,
                "findings": summary.findings,
                "places": summary.places,
                "suppressed": summary.suppressed,
                "baselined": summary.baselined,
                "skipped": summary.skipped,
                "below_threshold": summary.below_threshold,
                "ignored_paths": summary.ignored_paths,
                "binary_files": summary.binary_files,
                "archives": summary.archives,
            },
        }
    )


def _text(text: Optional[str]) -> Optional[str]:
    return None if text is None else safe_text(text)


def _identities(report: Report) -> list[Json]:
    if not report.chains:
        return []
    from credlint.report.identities import group_identities  # noqa: PLC0415  a scan has none

    return [
        {
            "outcome": one.outcome,
            "words": safe_text(one.words),
            "sdks": list(one.sdks),
            "reasons": [
                {"sdks": list(sdks), "text": safe_text(text)} for sdks, text in one.reasons
            ],
        }
        for one in group_identities(report.chains)
    ]


def _audit(report: Report) -> Json:
    """Return the members that only an audit has."""
    answer = report.answer
    if answer is None:
        return {}
    return {
        "instance_role": {"name": _text(answer.role), "reason": safe_text(answer.reason)},
        "services": [
            {
                "subject": one.subject,
                "name": safe_text(one.name),
                "user": safe_text(one.user),
                "verdict": one.verdict,
                "sdks": list(one.sdks),
                "used": safe_text(one.used),
                "told": safe_text(one.told),
                "location": _place(one.place),
            }
            for one in answer.services
        ],
        "keys": [
            {
                "key_id": safe_text(one.label),
                "account": one.account,
                "processes": one.processes,
                "locations": [_place(place) for place in one.places],
            }
            for one in answer.keys
        ],
        "subjects": [_subject(verdict) for verdict in report.verdicts],
        "counts": dict(answer.counts),
    }


def _subject(verdict: Verdict) -> Json:
    subject = verdict.subject
    return {
        "id": safe_text(subject.identifier),
        "kind": subject.kind,
        "user": safe_text(subject.user),
        "home": _text(subject.home),
        "units": [safe_text(unit) for unit in subject.units],
        "container": _text(subject.container),
        "processes": [
            {"pid": one.pid, "program": safe_text(one.program)} for one in subject.processes
        ],
        "chains": [
            {
                "sdk": trace.sdk,
                "outcome": trace.outcome,
                "winner": _winner(trace.winner),
                "error": _error(trace.error),
            }
            for trace in verdict.traces
        ],
    }


def _why_not(answer: WhyNot) -> Json:
    return {
        "sdk": answer.sdk,
        "source": answer.source,
        "answer": answer.answer,
        "changes": [
            {"text": safe_text(change.text), "location": _place(change.location)}
            for change in answer.changes
        ],
        "needs": [safe_text(need) for need in answer.needs],
        "reason": safe_text(answer.reason),
    }


def _chain(trace: Trace) -> Json:
    return {
        "sdk": trace.sdk,
        "verified": trace.verified,
        "outcome": trace.outcome,
        "profile": {"name": safe_text(trace.profile), "source": trace.profile_source},
        "winner": _winner(trace.winner),
        "error": _error(trace.error),
        "region": {
            "value": _text(trace.region.value),
            "source": _text(trace.region.source),
            "location": _place(trace.region.location),
            "ignored": [
                {"source": safe_text(source), "value": safe_text(value)}
                for source, value in trace.region.ignored
            ],
        },
        "steps": [_step(step) for step in trace.steps],
        "notes": [safe_text(note) for note in trace.notes],
    }


def _winner(step: Optional[Step]) -> Optional[Json]:
    if step is None:
        return None
    return {"source": step.source, **(_offer(step.offer) or _NO_OFFER)}


_NO_OFFER: Json = {
    "profile": None,
    "key_id": None,
    "account": None,
    "kind": None,
    "role": None,
    "has_token": None,
}


def _offer(offer: Optional[Offer]) -> Optional[Json]:
    if offer is None:
        return None
    return {
        "profile": _text(offer.profile),
        "key_id": offer.key_id.display() if offer.key_id else None,
        "account": account_of(offer),
        "kind": offer.kind,
        "role": _text(offer.role),
        "has_token": offer.has_token,
    }


def _error(error: Optional[SdkError]) -> Optional[Json]:
    if error is None:
        return None
    return {
        "name": error.name,
        "message": safe_text(error.message),
        "location": _place(error.location),
        "at_first_use": error.at_first_use,
    }


def _step(step: Step) -> Json:
    return {
        "source": step.source,
        "status": step.status,
        "detail": safe_text(step.detail),
        "location": _place(step.location),
        "offer": _offer(step.offer),
        "error": _error(step.error),
    }


def _place(place: Optional[Location]) -> Optional[Json]:
    if place is None:
        return None
    told = {"commit": place.commit} if place.commit else {}
    return {
        **told,
        "kind": place.kind,
        "base": place.base,
        "uri": safe_text(place.uri),
        "line": place.line,
        "column": place.column,
        "end_line": place.end_line,
        "end_column": place.end_column,
        "logical": _text(place.logical),
    }


def _related(place: Location) -> Json:
    return {**(_place(place) or {}), "message": _text(place.message)}


def _finding(finding: Finding, rules: dict[str, Rule]) -> Json:
    return {
        "code": finding.code,
        "name": finding.name,
        "level": finding.level,
        "security_severity": security_severity(finding, rules),
        "message": safe_text(finding.message),
        "location": _place(finding.location),
        "related": [_related(place) for place in finding.related],
        "remedy": safe_text(remedy_of(finding, rules)),
        "fingerprint": finding.fingerprint,
        "fix": finding.fix,
        "subject": safe_text(finding.subject),
        "sdks": list(finding.sdks),
        "properties": {name: safe_text(value) for name, value in finding.properties},
        "also": [_other_place(other) for other in finding.also],
        **({"edit": _edit(finding.change)} if finding.change is not None else {}),
    }


def _edit(fix: Fix) -> Json:
    return {
        "summary": safe_text(fix.summary),
        "fill_in": [safe_text(text) for text in fix.fill_in],
        "files": [
            {
                "uri": safe_text(file.uri) or None,
                "replacements": [
                    {"start": edit.start, "end": edit.end, "text": edit.text} for edit in file.edits
                ],
            }
            for file in fix.files
        ],
    }


def _other_place(finding: Finding) -> Json:
    return {
        "code": finding.code,
        "level": finding.level,
        "message": safe_text(finding.message),
        "location": _place(finding.location),
        "related": [_related(place) for place in finding.related],
        "fingerprint": finding.fingerprint,
    }


def _suppressed(entry: Suppressed, rules: dict[str, Rule]) -> Json:
    directive = entry.directive
    return {
        **_finding(entry.finding, rules),
        "suppression": {
            "base": directive.base,
            "uri": safe_text(directive.uri),
            "line": directive.line,
            "reason": safe_text(directive.reason),
        },
    }


def _accepted(accepted: Accepted, rules: dict[str, Rule]) -> Json:
    entry = accepted.entry
    return {
        **_finding(accepted.finding, rules),
        "acceptance": {"reason": safe_text(entry.reason), "until": entry.until or None},
    }


def _skipped(entry: Skipped) -> Json:
    return {
        "path": safe_text(entry.path),
        "reason": safe_text(entry.reason),
        "code": entry.code,
    }


def _notice(entry: Notice) -> Json:
    return {
        "code": entry.code,
        "level": entry.level,
        "message": safe_text(entry.message),
        "location": _place(entry.location),
    }
