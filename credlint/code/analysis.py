"""Reads a document by its format, asks every check for it, and places what they saw."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from importlib import import_module
from itertools import islice
from typing import Any, Callable, NamedTuple, Optional

from credlint.code.formats import (
    READERS,
    format_of,
    is_always_read,
    is_documentation,
    is_test,
)
from credlint.code.sighting import (
    Context,
    Embedded,
    NothingAround,
    NotReadError,
    Parsed,
    Sighting,
    Span,
    Surroundings,
)
from credlint.model.document import Document
from credlint.model.finding import Finding, Skipped
from credlint.model.fix import Edit, FileEdits, Fix
from credlint.model.lean_dataclasses import replace
from credlint.model.location import Location
from credlint.model.rule import Rule
from credlint.model.text import LineIndex, to_utf8

NOT_READ = "RUN907"
_CRASHED = "RUN902"
_DEEPEST = 4  # formats within formats
# A hint that stands for what the text rules found.
_KEY = b"@key"
_MOST_SIGHTINGS = 1000  # of one document
_TOO_MANY = f"more than {_MOST_SIGHTINGS:,} findings of the code rules; the others are not told"
# Gives identity and digests of a value; see model.finding.
Identify = Callable[[str, str], tuple[str, tuple[str, ...]]]
Check = Callable[[Any, Context], Iterable[Sighting]]


def identify_nothing(value: str, code: str) -> tuple[str, tuple[str, ...]]:
    """Tell no value from another."""
    del value, code
    return "", ()


class Found(NamedTuple):
    """A finding and the places whose text findings it tells."""

    finding: Finding
    literals: tuple[Location, ...]


class CodeResult(NamedTuple):
    """What the checks found in one document, and what they could not look at."""

    found: tuple[Found, ...] = ()
    skipped: tuple[Skipped, ...] = ()


class _Asked(NamedTuple):
    """A rule, the module that checks it, and its hints: one must be met in all its words."""

    rule: Rule
    module: str
    hints: tuple[tuple[bytes, ...], ...]


class _Within(NamedTuple):
    """Where a text stands: its name within the file, in how many others, beside a key or not."""

    logical: Optional[str] = None
    depth: int = 0
    has_key: bool = False


class _Sight(NamedTuple):
    rule: Rule
    sighting: Sighting
    logical: Optional[str]


class Analyser:
    """Applies the rules of the rooms ``code`` and ``iac``; a pure function of document and files.

    ``identify`` gives identity and digests of a value that a rule found. ``around`` are the files
    beside the document.
    """

    def __init__(
        self,
        rules: Iterable[Rule],
        identify: Identify = identify_nothing,
        around: Optional[Surroundings] = None,
    ) -> None:
        self._identify = identify
        self._around = around or NothingAround()
        self._rules: dict[str, list[_Asked]] = {}
        self._checks: dict[str, Check] = {}
        for rule in rules:
            hints = tuple(tuple(map(str.encode, hint.split(" + "))) for hint in rule.hints)
            for name, module in rule.detectors.items():
                self._rules.setdefault(name, []).append(_Asked(rule, module, hints))

    def __bool__(self) -> bool:
        return bool(self._rules)

    def selects(
        self, document: Document, *, names_aws: bool, has_key: bool = False
    ) -> Optional[str]:
        """Return the format under which the document is to be read, None for not at all.

        ``names_aws``: the first stage of the engine met a word of AWS in it. ``has_key``: the text
        rules found something, so that it is worth a look whatever it speaks of.
        """
        if not names_aws and not is_always_read(document.uri):
            return None
        name = format_of(document.uri, document.data)
        if name is None:
            return None
        holds = READERS[name].holds or (name,)
        data = document.data
        return name if any(self._asked(each, data, has_key=has_key) for each in holds) else None

    def _asked(self, name: str, text: bytes, *, has_key: bool) -> list[_Asked]:
        """Return the rules that may find something in a text of that format."""

        def is_met(word: bytes) -> bool:
            return has_key if word == _KEY else word in text

        return [
            asked
            for asked in self._rules.get(name, ())
            if not asked.hints or any(all(map(is_met, hint)) for hint in asked.hints)
        ]

    def analyse(self, document: Document, format_name: str, *, has_key: bool = False) -> CodeResult:
        """Return what the checks for that format say; raises nothing, whatever the text is.

        ``has_key`` as in :meth:`selects`.
        """
        text = to_utf8(document.data)
        skipped: list[str] = []
        crashed: list[str] = []
        parsed = self._read(format_name, text, document.uri, skipped, crashed)
        sights: list[_Sight] = []
        if parsed is not None:
            context = Context(
                document.uri, is_test(document.uri), is_documentation(document.uri), self._around
            )
            sights.extend(self._look(parsed, context, _Within(has_key=has_key), skipped, crashed))
            if len(sights) > _MOST_SIGHTINGS:
                skipped.append(_TOO_MANY)
            text = parsed.text
        return CodeResult(
            tuple(self._placed(sights[:_MOST_SIGHTINGS], document, text)) if sights else (),
            (
                *(
                    Skipped(document.uri, f"code rules not applied: {why}", NOT_READ, document.base)
                    for why in dict.fromkeys(skipped)
                ),
                *(Skipped(document.uri, why, _CRASHED, document.base) for why in crashed),
            ),
        )

    def _read(
        self, name: str, text: bytes, uri: str, skipped: list[str], crashed: list[str]
    ) -> Optional[Parsed]:
        reader = READERS[name]
        if len(text) > reader.limit:
            skipped.append(f"the source is larger than {reader.limit:,} bytes")
            return None
        try:
            parsed: Parsed = import_module(f"credlint.code.{reader.module}").read(
                text, name if reader.of_many else uri
            )
        except NotReadError as error:
            skipped.append(str(error))
            return None
        except ModuleNotFoundError as error:
            skipped.append(f"{name} is not read without the library {error.name}")
            return None
        except Exception as error:  # noqa: BLE001  a reader's fault must not hide other files
            crashed.append(f"reading {name} failed: {type(error).__name__}")
            return None
        skipped.extend(parsed.unread)
        return parsed

    def _look(
        self,
        parsed: Parsed,
        context: Context,
        within: _Within,
        skipped: list[str],
        crashed: list[str],
    ) -> Iterator[_Sight]:
        # By name and module: a text of two formats may have one module for both.
        asked = {
            (rule.id, module): rule
            for name in parsed.formats
            for rule, module, _ in self._asked(name, parsed.text, has_key=within.has_key)
        }
        for (_, module), rule in asked.items():
            try:
                seen = list(islice(self._check(module)(parsed, context), _MOST_SIGHTINGS + 1))
            except Exception as error:  # noqa: BLE001  likewise
                crashed.append(f"{rule.id} failed: {type(error).__name__}")
                continue
            yield from (_Sight(rule, sighting, within.logical) for sighting in seen)
        if within.depth == _DEEPEST:
            return
        for inner in parsed.embedded():
            reader = READERS.get(inner.format)
            if reader is None or not any(
                self._asked(name, inner.text, has_key=within.has_key)
                for name in reader.holds or (inner.format,)
            ):
                continue
            read = self._read(inner.format, inner.text, context.uri, skipped, crashed)
            if read is None:
                continue
            deeper = _Within(inner.logical or within.logical, within.depth + 1, within.has_key)
            shown = context.is_documentation or inner.is_documentation
            there = replace(context, is_documentation=shown)
            for sight in self._look(read, there, deeper, skipped, crashed):
                logical = sight.logical
                if logical == deeper.logical:
                    logical = inner.logical_at(sight.sighting.start) or logical
                yield sight._replace(sighting=_outside(sight.sighting, inner), logical=logical)

    def _check(self, module: str) -> Check:
        check = self._checks.get(module)
        if check is None:
            check = self._checks[module] = import_module(f"credlint.code.{module}").check
        return check

    def _placed(self, sights: Sequence[_Sight], document: Document, text: bytes) -> Iterator[Found]:
        lines = LineIndex(text)
        # Offsets are those of the file only where its bytes are the text, but for a mark before it.
        shift = len(document.data) - len(text) if document.data.endswith(text) else None
        digest = hashlib.sha256(document.data).hexdigest() if shift is not None else ""

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
            identity, digests = self._identify(value, rule.id) if value else ("", ())
            literals = tuple(place(span, None) for span in sighting.literals)
            own = (sighting.start, sighting.end)
            related = [place(span, None) for span in sighting.related]
            related += [
                there
                for there, span in zip(literals, sighting.literals)
                if (span.start, span.end) != own and span.message
            ]
            change = _for_file(sighting, shift, digest, lines) if sighting.fix else None
            finding = Finding(
                code=rule.id,
                name=rule.name,
                level=sighting.level or rule.level,  # type: ignore[arg-type]  # one of the three
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

    hidden = tuple((span.start + by, span.end + by) for span in sighting.literals)
    files = tuple(
        file if file.uri else FileEdits("", tuple(map(moved, file.edits)), digest, hidden)
        for file in fix.files
    )
    return replace(fix, files=files)


def _outside(sighting: Sighting, inner: Embedded) -> Sighting:
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
        files.append(FileEdits("", tuple(edits)))
    return replace(fix, files=tuple(files))
