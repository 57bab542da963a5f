"""From what a check saw to findings: places, edits for the file, texts within others."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Callable, Optional

from credlint.code.sighting import Embedded, Sighting, Span
from credlint.model.digests import sha256
from credlint.model.document import Document
from credlint.model.finding import Finding
from credlint.model.fix import Edit, FileEdits, Fix
from credlint.model.lean_dataclasses import replace
from credlint.model.lean_tuples import NamedTuple
from credlint.model.location import Location
from credlint.model.rule import Rule
from credlint.model.text import LineIndex

# Gives identity and digests of a value that a rule (its code) found; see model.finding.
Identify = Callable[[str, str], tuple[str, tuple[str, ...]]]


class Sight(NamedTuple):
    """What a rule's check saw, and the name of the part of the file that it stands in."""

    rule: Rule
    sighting: Sighting
    logical: Optional[str]


class Found(NamedTuple):
    """A finding and the places whose text findings it tells."""

    finding: Finding
    literals: tuple[Location, ...]


def placed(
    sights: Sequence[Sight], document: Document, text: bytes, identify: Identify
) -> Iterator[Found]:
    """Yield the findings of a document; ``text`` is what the offsets count in."""
    lines = LineIndex(text)
    # Offsets are those of the file only where its bytes are the text, but for a mark before it.
    shift = len(document.data) - len(text) if document.data.endswith(text) else None
    digest = sha256(document.data).hexdigest() if shift is not None else ""

    def place(span: Span, logical: Optional[str]) -> Location:
        line, column = lines.place(span.start)
        end_line, end_column = lines.place(span.end)
        return Location(
            kind="stdin" if document.kind == "stdin" else "file",
            uri=document.uri,
            base=document.base,
            line=line,
            column=column,
            end_line=end_line,
            end_column=end_column,
            logical=logical,
            message=span.message,
        )

    for rule, sighting, logical in sights:
        value = sighting.value.reveal() if sighting.value is not None else ""
        identity, digests = identify(value, rule.id) if value else ("", ())
        literals = tuple(place(span, None) for span in sighting.literals)
        own = (sighting.start, sighting.end)
        related = [place(span, None) for span in sighting.related]
        related += [
            there
            for there, span in zip(literals, sighting.literals)
            if (span.start, span.end) != own and span.message
        ]
        level = sighting.level or rule.level
        change = _for_file(sighting, shift, digest, lines) if sighting.fix else None
        if change is not None and level == "note" != rule.level:
            # An example, a test of just that, another store's keys: what is only noted there may
            # well be meant, so that no edit is made of its own accord.
            change = Fix("display", change.summary)
        finding = Finding(
            code=rule.id,
            name=rule.name,
            level=level,  # type: ignore[arg-type]  # one of the three
            message=sighting.message,
            location=place(Span(*own), logical),
            related=tuple(related),
            remedy=sighting.remedy or rule.remedy.strip(),
            subject=sighting.subject,
            fix=change.kind if change is not None else "none",
            properties=sighting.properties,
            identity=identity,
            digests=digests,
            change=change,
        )
        yield Found(finding, literals)


def _for_file(
    sighting: Sighting, shift: Optional[int], digest: str, lines: LineIndex
) -> Optional[Fix]:
    """Return the fix with offsets of the file; display only where they are not to be had."""
    fix = sighting.fix
    if fix is None or shift is None:
        return fix and Fix("display", fix.summary)
    by = shift

    def moved(edit: Edit) -> Edit:
        place = (*lines.place(edit.start), *lines.place(edit.end))
        return Edit(edit.start + by, edit.end + by, edit.text, place)

    def placed(file: FileEdits) -> FileEdits:
        spans = {*file.hidden, *((span.start, span.end) for span in sighting.literals)}
        hidden = tuple(sorted((start + by, end + by) for start, end in spans))
        return FileEdits("", tuple(map(moved, file.edits)), digest, hidden)

    files = tuple(file if file.uri else placed(file) for file in fix.files)
    return replace(fix, files=files)


def outside(sighting: Sighting, inner: Embedded) -> Sighting:
    """Return a sighting of an inner text as one of the outer."""

    def moved(spans: tuple[Span, ...]) -> tuple[Span, ...]:
        return tuple(
            Span(inner.outside(span.start), inner.outside(span.end), span.message) for span in spans
        )

    return replace(
        sighting,
        start=inner.outside(sighting.start),
        end=inner.outside(sighting.end),
        literals=moved(sighting.literals),
        related=moved(sighting.related),
        fix=_fix_outside(sighting.fix, inner) if sighting.fix else None,
    )


def _fix_outside(fix: Fix, inner: Embedded) -> Fix:
    files = []
    for file in fix.files:
        if file.uri:
            files.append(file)
            continue
        edits: list[Edit] = []
        for edit in file.edits:
            outside = inner.edits_outside(edit)
            if outside is None:
                return Fix("display", fix.summary)
            edits.extend(outside)
        hidden = tuple((inner.outside(start), inner.outside(end)) for start, end in file.hidden)
        files.append(FileEdits("", tuple(edits), hidden=hidden))
    return replace(fix, files=tuple(files))
