"""Examines one document with every detector and lets each literal tell one story."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from typing import TYPE_CHECKING, Optional

from credlint.model.document import Document
from credlint.model.finding import Finding, IgnoreDirective, Skipped
from credlint.model.lean_dataclasses import replace
from credlint.model.lean_tuples import NamedTuple
from credlint.model.location import Location
from credlint.pipeline.code_rules import CodeRules
from credlint.secrets.engine import Engine

if TYPE_CHECKING:
    from credlint.code.placing import Found

CRASHED = "RUN902"


class Outcome(NamedTuple):
    """What one document gave: values only, fit for another process."""

    findings: Sequence[Finding]
    directives: Sequence[IgnoreDirective]
    skipped: Sequence[Skipped]


def examine(
    document: Document,
    engine: Engine,
    code_rules: Optional[CodeRules],
    *,
    only_beside_secrets: bool = False,
) -> Optional[Outcome]:
    """Return what the document holds, None for nothing at all (the usual case).

    ``only_beside_secrets``: the code rules are applied only where the text rules found something.
    """
    skipped: tuple[Skipped, ...] = ()
    try:
        found = engine.scan(document)
    except Exception as error:  # noqa: BLE001  a detector's fault must not hide other files
        fault = Skipped(
            document.uri, f"a check failed: {type(error).__name__}", CRASHED, document.base
        )
        return Outcome((), (), (fault,))
    findings, skipped = found.findings, found.skipped
    if code_rules is not None and (findings or not only_beside_secrets):
        has_key = bool(findings) or not code_rules.keys_are_told
        format_name = code_rules.format_of(document, found.aws_words, has_key=has_key)
        if format_name is not None:
            findings, more = _with_code(
                document, code_rules, format_name, findings, has_key=has_key
            )
            skipped += more
    if not findings and not found.directives and not skipped:
        return None
    return Outcome(findings, found.directives, skipped)


def _with_code(
    document: Document,
    code_rules: CodeRules,
    format_name: str,
    findings: tuple[Finding, ...],
    *,
    has_key: bool,
) -> tuple[tuple[Finding, ...], tuple[Skipped, ...]]:
    try:
        result = code_rules.analyser.analyse(document, format_name, has_key=has_key)
    except Exception as error:  # noqa: BLE001
        reason = f"the code rules failed: {type(error).__name__}"
        return findings, (Skipped(document.uri, reason, CRASHED, document.base),)
    return merge(result.found, findings) if result.found else findings, result.skipped


def _bounds(place: Location) -> tuple[tuple[int, int], tuple[int, int]]:
    end = (place.end_line or place.line, place.end_column or place.column)
    return (place.line, place.column), end


def _holds(outer: Location, inner: Location) -> bool:
    start, end = _bounds(outer)
    return start <= (inner.line, inner.column) < end


def merge(code: Sequence[Found], text: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """Let a finding about code and what the text rules found in its literals be one finding.

    That about code wins, because it says what to change; the facts of the text findings (account,
    key id) become its properties and their messages its related places. The value that it is about
    is the first of theirs.
    """
    absorbed: set[int] = set()
    merged = []
    places = sorted(
        ((other.location.line, other.location.column), number) for number, other in enumerate(text)
    )
    for finding, literals in code:
        inside = sorted(
            {
                number
                for start, end in map(_bounds, literals)
                for _, number in places[bisect_left(places, (start,)) : bisect_left(places, (end,))]
            }
        )
        merged.append(
            _told_with(finding, [text[number] for number in inside]) if inside else finding
        )
        absorbed.update(inside)
    merged.extend(other for number, other in enumerate(text) if number not in absorbed)
    return tuple(sorted(merged, key=lambda f: (f.location.line, f.location.column, f.code)))


def _told_with(finding: Finding, others: Sequence[Finding]) -> Finding:
    """Return the finding with what others say of its literals."""
    told = {other: f"{other.message} [{other.code}]" for other in others}
    related = []
    for place in finding.related:
        here = [other for other in told if _holds(place, other.location)]
        message = " ".join(told.pop(other) for other in here)
        related.append(replace(place, message=message or place.message))
    related += [replace(other.location, message=message) for other, message in told.items()]
    first = others[0]
    return replace(
        finding,
        related=tuple(related),
        properties=tuple(
            sorted({k: v for each in (finding, *others) for k, v in each.properties}.items())
        ),
        identity=finding.identity or first.identity,
        digests=finding.digests or first.digests,
    )
