"""What the engine says of one document, made from what the judges left standing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Optional

from credlint.model.document import Document
from credlint.model.finding import LEVEL_RANK, Finding, IgnoreDirective, Skipped
from credlint.model.lean_dataclasses import dataclass
from credlint.model.location import Location
from credlint.model.secret import Secret

if TYPE_CHECKING:
    from credlint.secrets.candidate import Candidate, Relation, TextView

# More findings of one document are not kept, so that no file can fill the memory or the report.
FINDING_LIMIT = 5_000
TOO_MANY_FINDINGS = (
    f"more than {FINDING_LIMIT:,} findings; the gravest and first of them are told, no others"
)


@dataclass(frozen=True)
class SecretSpan:
    """Where a secret stands in a document, with its value; never leaves the process.

    ``code``: the rule that recognised the value; a file's own rule may report it.
    """

    code: str
    start: int
    end: int
    value: Secret


@dataclass(frozen=True)
class DocumentResult:
    """All that one document holds.

    ``spans`` are byte offsets into its UTF-8 form. ``aws_words``: which of
    ``model.aws_words`` stand in it.
    """

    findings: tuple[Finding, ...] = ()
    directives: tuple[IgnoreDirective, ...] = ()
    spans: tuple[SecretSpan, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    aws_words: frozenset[str] = frozenset()


def gravest(candidates: list[Candidate]) -> list[Candidate]:
    """Return as many as are kept, the gravest and first of them, in the order of the text."""
    ranked = sorted(candidates, key=lambda entry: (-LEVEL_RANK[entry.level], entry.start))
    return sorted(ranked[:FINDING_LIMIT], key=lambda entry: entry.start)


def _place(
    start: int, end: int, document: Document, view: TextView, message: Optional[str] = None
) -> Location:
    line, column = view.lines.place(start)
    end_line, end_column = view.lines.place(end)
    return Location(
        kind="stdin" if document.kind == "stdin" else "file",
        uri=document.uri,
        base=document.base,
        line=line,
        column=column,
        end_line=end_line,
        end_column=end_column,
        message=message,
    )


def finding_of(candidate: Candidate, document: Document, view: TextView) -> Finding:
    """Return what is told of a candidate: its places, and what tells its value from others."""
    rule = candidate.pattern.rule
    found_by = candidate.found_by or rule.id
    identity, digests = view.facts.identify(candidate.value.reveal(), found_by)

    def related(entry: Relation) -> Location:
        return _place(entry.start, entry.end, document, view, entry.message)

    return Finding(
        code=rule.id,
        name=rule.name,
        level=candidate.level,
        message=candidate.message,
        location=_place(candidate.start, candidate.end, document, view),
        related=tuple(related(entry) for entry in candidate.related),
        remedy=candidate.remedy or rule.remedy.strip(),
        subject=candidate.subject,
        properties=candidate.properties,
        identity=identity,
        found_by=candidate.found_by,
        digests=digests,
    )
