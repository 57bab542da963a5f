"""Scans what a commit would add: whole files are examined, findings on older lines left out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from typing import Callable, Optional

from credlint.model.document import Document
from credlint.model.finding import Finding, Skipped
from credlint.model.text import to_utf8
from credlint.pipeline.code_rules import CodeRules
from credlint.pipeline.examine import Outcome, examine
from credlint.pipeline.request import ScanRequest, ScanResult
from credlint.secrets.engine import Engine
from credlint.sources.files import unreadable
from credlint.sources.git_changes import Changes, Long
from credlint.sources.tree import compile_excludes, is_excluded


def scan_changes(
    request: ScanRequest, detectors: Callable[[], tuple[Engine, Optional[CodeRules]]]
) -> ScanResult:
    """Scan the index (``staged``) or what differs from ``request.revision`` (``diff``).

    ``detectors`` makes the engine and the code rule, while git compares. Raises SourceError.
    """
    result = ScanResult()
    excluded = compile_excludes(request.exclude, request.root, request.exclude_base)
    revision = request.revision if request.mode == "diff" else None
    left_out = 0
    source = Changes(
        request.root,
        request.environment,
        request.max_file_size,
        request.paths or None,
        revision,
    )
    with closing(source) as changes:
        engine, code_rules = detectors()
        result.nothing_differs = True
        for document, before in changes:
            result.nothing_differs = False
            if document is None:
                result.binary += 1
                continue
            uri = document.path if isinstance(document, Skipped) else document.uri
            if is_excluded(uri, excluded):
                continue
            if isinstance(document, Skipped):
                result.skipped.append(document)
                continue
            if isinstance(document, Long):
                result.merge(_examine_long(changes, document, request, engine, code_rules))
                continue
            result.files += 1
            result.bytes += len(document.data)
            outcome = examine(document, engine, code_rules)
            if outcome is None:
                continue
            findings: Sequence[Finding] = outcome.findings
            if findings and before is not None:
                findings = _on_added_lines(outcome, changes.before(before), document.data)
                left_out += len(outcome.findings) - len(findings)
            result.findings.extend(findings)
            result.directives.extend(outcome.directives)
            result.skipped.extend(outcome.skipped)
    if left_out:
        many = "1 finding" if left_out == 1 else f"{left_out:,} findings"
        result.notes.append(f"{many} on lines that were there before; scan the tree to see them.")
    return result


def _examine_long(
    changes: Changes,
    long: Long,
    request: ScanRequest,
    engine: Engine,
    code_rules: Optional[CodeRules],
) -> ScanResult:
    """Examine a long text or an archive; of those, all lines count as added."""
    from credlint.pipeline.apart import examine_apart  # noqa: PLC0415  rarely met

    document = Document(long.uri, b"", kind="file" if long.blob is None else "index")
    try:
        with changes.open(long) as read:
            return examine_apart(document, read, long.form, request, engine, code_rules)
    except OSError as error:
        return ScanResult(skipped=[unreadable(long.uri, error)])


def _on_added_lines(outcome: Outcome, before: bytes, after: bytes) -> list[Finding]:
    """Return the findings of which a line is new, or a line of what belongs to them."""
    added = added_lines(before, after)
    kept = []
    for finding in outcome.findings:
        places = [finding.location]
        places += [place for place in finding.related if place.uri == finding.location.uri]
        lines = (
            line
            for place in places
            for line in range(place.line, (place.end_line or place.line) + 1)
        )
        if any(line in added for line in lines):
            kept.append(finding)
    return kept


def added_lines(before: bytes, after: bytes) -> set[int]:
    """Return the numbers of the lines, from 1, whose text did not stand there before.

    A line that only moved is not added; of one that stands there more often than before the last
    ones are. Ends of lines do not count, so that a file whose CR LF became LF is not all new.
    """
    old = Counter(to_utf8(before).splitlines())
    added = set()
    for number, line in enumerate(to_utf8(after).splitlines(), start=1):
        if old[line] > 0:
            old[line] -= 1
        else:
            added.add(number)
    return added
