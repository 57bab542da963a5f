"""Examines a text of any length block by block, as if it were one document."""

from __future__ import annotations

from typing import Callable, Optional

from credlint.model.document import Document
from credlint.model.finding import Finding, IgnoreDirective, Skipped
from credlint.model.lean_dataclasses import replace
from credlint.model.lean_tuples import NamedTuple
from credlint.model.location import Location
from credlint.model.text import LineIndex
from credlint.pipeline.code_rules import CodeRules
from credlint.pipeline.examine import CRASHED, Outcome
from credlint.secrets.blocks import Block, iter_blocks
from credlint.secrets.document_result import FINDING_LIMIT, TOO_MANY_FINDINGS
from credlint.secrets.engine import HITS_CODE, Engine

_TOO_LARGE, _NOT_PARSED = "RUN903", "RUN907"
_CODE_NOT_READ = "code rules not applied: the source is too large"


class Examined(NamedTuple):
    """What a long text gave, and how many bytes of it were read."""

    outcome: Outcome
    size: int


class Bounded:
    """Bytes up to a limit; ``size``: those given, ``hit``: there were more."""

    def __init__(self, read: Callable[[int], bytes], limit: int) -> None:
        self._read = read
        self._left = limit
        self.size = 0
        self.hit = False

    def read(self, size: int) -> bytes:
        """Return at most so many of the next bytes, none at the end or at the limit."""
        data = self._read(min(size, self._left + 1))
        self.hit = self.hit or len(data) > self._left
        data = data[: self._left]
        self._left -= len(data)
        self.size += len(data)
        return data


def examine_large(
    document: Document,
    read: Callable[[int], bytes],
    limit: int,
    engine: Engine,
    code_rules: Optional[CodeRules],
) -> Examined:
    """Examine what ``read`` gives, as far as the limit in bytes goes.

    ``document`` tells name and kind and holds no data. Memory is that of two blocks and of
    FINDING_LIMIT findings. The code rules are not applied; where they would be, that is said.
    Raises what ``read`` raises.
    """
    findings: list[Finding] = []
    directives: dict[IgnoreDirective, None] = {}
    skipped: dict[Skipped, None] = {}
    words: set[str] = set()
    bounded = Bounded(read, limit)
    for block in iter_blocks(bounded.read):
        try:
            found = engine.scan_text(document, block.data)
        except Exception as error:  # noqa: BLE001  as in examine: others must not be hidden by it
            reason = f"a check failed: {type(error).__name__}"
            skipped[Skipped(document.uri, reason, CRASHED, document.base)] = None
            continue
        words |= found.aws_words
        skipped.update(dict.fromkeys(found.skipped))
        if found.directives:
            lines = LineIndex(block.data)
            first, last = lines.line_of(block.low), lines.line_of(block.high)
            for directive in found.directives:
                if first <= directive.line <= last:
                    directives[replace(directive, line=directive.line + block.line - 1)] = None
        findings += [
            _moved(finding, block)
            for finding, span in zip(found.findings, found.spans)
            if block.low <= span.start < block.high
        ]
        if len(findings) > FINDING_LIMIT:
            findings = findings[:FINDING_LIMIT]
            reason = f"{TOO_MANY_FINDINGS}; what follows them was not examined"
            skipped[Skipped(document.uri, reason, HITS_CODE, document.base)] = None
            break
    if bounded.hit:
        reason = f"more than the limit of {limit:,} bytes; what follows them was not examined"
        skipped[Skipped(document.uri, reason, _TOO_LARGE, document.base)] = None
    if code_rules is not None and code_rules.are_for(document.uri, words):
        skipped[Skipped(document.uri, _CODE_NOT_READ, _NOT_PARSED, document.base)] = None
    return Examined(Outcome(tuple(findings), tuple(directives), tuple(skipped)), bounded.size)


def _moved(finding: Finding, block: Block) -> Finding:
    if (block.line, block.column) == (1, 1):
        return finding
    return replace(
        finding,
        location=_place(finding.location, block),
        related=tuple(_place(place, block) for place in finding.related),
    )


def _place(place: Location, block: Block) -> Location:
    end_column = place.end_column
    if place.end_line == 1 and end_column is not None:
        end_column += block.column - 1
    return replace(
        place,
        line=place.line + block.line - 1,
        column=place.column + block.column - 1 if place.line == 1 else place.column,
        end_line=None if place.end_line is None else place.end_line + block.line - 1,
        end_column=end_column,
    )
