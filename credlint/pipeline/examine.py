"""Examines one document with every detector and lets each literal tell one story."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import NamedTuple, Optional

from credlint.model.document import Document
from credlint.model.finding import Finding, IgnoreDirective, Skipped
from credlint.model.lean_dataclasses import replace
from credlint.model.location import Location
from credlint.model.rule import Rule
from credlint.secrets.engine import Engine
from credlint.secrets.facts import ScanFacts

CRASHED = "RUN902"


class Outcome(NamedTuple):
    """What one document gave: values only, fit for another process."""

    findings: Sequence[Finding]
    directives: Sequence[IgnoreDirective]
    skipped: Sequence[Skipped]


def examine(
    document: Document,
    engine: Engine,
    code_rule: Optional[Rule],
    *,
    only_beside_secrets: bool = False,
) -> Optional[Outcome]:
    """Return what the document holds, None for nothing at all (the usual case).

    ``only_beside_secrets``: the code rule is applied only where the text rules found something.
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
    if only_beside_secrets and not findings:
        code_rule = None
    if code_rule is not None and found.names_aws_library:
        from credlint.code.python.prefilter import selects  # noqa: PLC0415

        if selects(document, has_key=bool(findings)):
            findings, more = _with_code(document, code_rule, findings, engine.facts)
            skipped += more
    if not findings and not found.directives and not skipped:
        return None
    return Outcome(findings, found.directives, skipped)


def _with_code(
    document: Document, rule: Rule, findings: tuple[Finding, ...], facts: ScanFacts
) -> tuple[tuple[Finding, ...], tuple[Skipped, ...]]:
    from credlint.code.python.hardcoded_keys import analyse  # noqa: PLC0415

    try:
        result = analyse(document, rule, partial(facts.identify, code=rule.id))
    except Exception as error:  # noqa: BLE001
        reason = f"{rule.id} failed: {type(error).__name__}"
        return findings, (Skipped(document.uri, reason, CRASHED, document.base),)
    return merge(result.findings, findings), result.skipped


def _holds(outer: Location, inner: Location) -> bool:
    start = (outer.line, outer.column)
    end = (outer.end_line or outer.line, outer.end_column or outer.column)
    return start <= (inner.line, inner.column) < end


def merge(code: tuple[Finding, ...], text: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """Let a hard-coded call and what the text rules found in its literals be one finding.

    The call wins, because it says what to change; the facts of the text findings (account, key
    id) become its properties and their messages its related places. The value that it is about
    is the first of theirs.
    """
    absorbed: set[int] = set()
    merged = []
    for finding in code:
        properties = dict(finding.properties)
        related, identity = [], finding.identity
        for place in finding.related:
            inside = [n for n, other in enumerate(text) if _holds(place, other.location)]
            absorbed.update(inside)
            for number in inside:
                properties.update(text[number].properties)
            told = " ".join(f"{text[number].message} [{text[number].code}]" for number in inside)
            related.append(replace(place, message=told or place.message))
            identity = identity or next((text[n].identity for n in inside), "")
        facts = tuple(sorted(properties.items()))
        merged.append(replace(finding, related=tuple(related), properties=facts, identity=identity))
    merged.extend(other for number, other in enumerate(text) if number not in absorbed)
    return tuple(sorted(merged, key=lambda f: (f.location.line, f.location.column, f.code)))
