"""Files that are examined piece by piece: long texts, archives, compressed files."""

from __future__ import annotations

from collections import Counter
from typing import Callable, Optional

from credlint.model.document import Document
from credlint.model.finding import Finding, Skipped
from credlint.model.lean_dataclasses import replace
from credlint.pipeline.code_rules import CodeRules
from credlint.pipeline.examine import CRASHED, Outcome, examine
from credlint.pipeline.large import examine_large
from credlint.pipeline.request import ScanRequest, ScanResult
from credlint.secrets.document_result import FINDING_LIMIT, TOO_MANY_FINDINGS
from credlint.secrets.engine import HITS_CODE, Engine
from credlint.sources.archives.budget import Budget
from credlint.sources.archives.walk import (
    INSIDE,
    InnerCount,
    InnerText,
    InnerUnread,
    walk_archive,
)
from credlint.sources.errors import ARCHIVE_BOUND, ARCHIVE_UNREAD
from credlint.sources.files import WHOLE_LIMIT, Apart, open_file, unreadable
from credlint.sources.tree import FileToRead

# An archive of a million encrypted entries is a few lines in the report.
_TOLD = 10


class _Examiner:
    def __init__(
        self, request: ScanRequest, engine: Engine, code_rules: Optional[CodeRules]
    ) -> None:
        self._limit = request.max_file_size
        self._engine = engine
        self._code_rules = code_rules

    def text(self, document: Document, read: Callable[[int], bytes], result: ScanResult) -> None:
        """Examine a text of unknown length."""
        data = _read_up_to(read, WHOLE_LIMIT + 1)
        result.files += 1
        if len(data) <= min(WHOLE_LIMIT, self._limit):
            result.bytes += len(data)
            result.add(examine(document._replace(data=data), self._engine, self._code_rules))
            return
        pending = [data]

        def read_on(size: int) -> bytes:
            if not pending:
                return read(size)
            piece, rest = pending[0][:size], pending[0][size:]
            pending[:] = [rest] if rest else []
            return piece

        examined = examine_large(document, read_on, self._limit, self._engine, self._code_rules)
        result.bytes += examined.size
        result.add(examined.outcome)

    def archive(
        self, document: Document, read: Callable[[int], bytes], form: str, result: ScanResult
    ) -> None:
        """Examine all texts of an archive."""
        outer = document.uri
        untold: Counter[str] = Counter()
        for inner in walk_archive(read, form, outer.rpartition("/")[2], Budget()):
            if isinstance(inner, InnerText):
                part = ScanResult()
                uri = f"{outer}{INSIDE}{inner.path}"
                self.text(document._replace(uri=uri), inner.read, part)
                part.findings = [_inside(finding, inner.path) for finding in part.findings]
                result.merge(part)
                if len(result.findings) > FINDING_LIMIT:
                    del result.findings[FINDING_LIMIT:]
                    reason = f"{TOO_MANY_FINDINGS}; what follows them was not examined"
                    result.skipped.append(Skipped(outer, reason, HITS_CODE, document.base))
                    break
            elif isinstance(inner, InnerCount):
                result.binary += inner.kind == "binary"
                result.links += inner.kind == "link"
            elif isinstance(inner, InnerUnread):
                untold[inner.reason] += 1
                if untold[inner.reason] <= _TOLD or inner.bound:
                    path = f"{outer}{INSIDE}{inner.path}" if inner.path else outer
                    code = ARCHIVE_BOUND if inner.bound else ARCHIVE_UNREAD
                    result.skipped.append(Skipped(path, inner.reason, code, document.base))
        for reason, count in untold.items():
            if count > _TOLD:
                told = f"{count - _TOLD:,} more entries: {reason}"
                result.skipped.append(Skipped(outer, told, ARCHIVE_UNREAD, document.base))


def _inside(finding: Finding, path: str) -> Finding:
    """Say of all places of a finding that they are within an archive."""
    return replace(
        finding,
        location=replace(finding.location, kind="archive", logical=path),
        related=tuple(replace(place, kind="archive", logical=path) for place in finding.related),
    )


def _read_up_to(read: Callable[[int], bytes], size: int) -> bytes:
    pieces = []
    while size > 0:
        piece = read(size)
        if not piece:
            break
        pieces.append(piece)
        size -= len(piece)
    return pieces[0] if len(pieces) == 1 else b"".join(pieces)


def examine_file(
    entry: FileToRead,
    apart: Apart,
    request: ScanRequest,
    engine: Engine,
    code_rules: Optional[CodeRules],
) -> ScanResult:
    """Examine a file that ``sources.files.read_file`` has called Apart."""
    try:
        with open_file(entry.path, follow=entry.named) as stream:
            document = Document(entry.uri, b"")
            return examine_apart(document, stream.read, apart.form, request, engine, code_rules)
    except OSError as error:
        return ScanResult(skipped=[unreadable(entry.uri, error)])


def examine_apart(
    document: Document,
    read: Callable[[int], bytes],
    form: str,
    request: ScanRequest,
    engine: Engine,
    code_rules: Optional[CodeRules],
) -> ScanResult:
    """Examine what ``read`` gives: an archive of that form, or a long text where it is empty.

    ``document`` tells name and kind and holds no data. Raises OSError of ``read``; what was found
    before is lost then, as with any file that cannot be read.
    """
    result = ScanResult()
    if form and not request.archives:
        result.archives = 1
        return result
    examiner = _Examiner(request, engine, code_rules)
    if not form:
        examiner.text(document, read, result)
        return result
    try:
        examiner.archive(document, read, form, result)
    except OSError:
        raise
    except Exception as error:  # noqa: BLE001  a fault of ours must not hide other files
        reason = f"a check failed: {type(error).__name__}; the rest was not examined"
        fault = Skipped(document.uri, reason, CRASHED, document.base)
        result.add(Outcome((), (), (fault,)))
    return result
