"""One run of ``scan``: sources give documents, detectors give findings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Optional, Union

from credlint.model.document import Document
from credlint.model.finding import Skipped
from credlint.model.rule import Rule
from credlint.pipeline.examine import Outcome, examine
from credlint.pipeline.request import ScanRequest, ScanResult
from credlint.pipeline.workers import map_chunks, worker_count
from credlint.secrets.engine import Engine, build_engine
from credlint.sources.errors import SourceError
from credlint.sources.files import ReadResult, read_file
from credlint.sources.tree import FileToRead, Listing, compile_excludes, is_excluded, list_files

_CODE_RULE = "SRC101"

# What one chunk of files gives: how many were read, their bytes, how many were binary, and more.
_Chunk = tuple[int, int, int, list[Outcome]]


def run_scan(request: ScanRequest) -> ScanResult:
    """Scan what the request names.

    Raises SourceError when a source cannot give its documents (no such path, no repository),
    PatternError or PatternsRefusedError for unusable rules, WorkerError when a worker dies.
    """
    if request.mode == "history":
        from credlint.pipeline.history import HistoryScan  # noqa: PLC0415  git's own modules

        # Git lists the commits while the engine is made.
        history = HistoryScan(request)
        try:
            return history.run(*_detectors(request))
        finally:
            history.close()
    engine, code_rule = _detectors(request)
    if request.mode in ("staged", "diff"):
        from credlint.pipeline.changes import scan_changes  # noqa: PLC0415  likewise

        return scan_changes(request, engine, code_rule)
    if request.mode == "stdin":
        from credlint.sources.stdin import stdin_document  # noqa: PLC0415

        if request.stdin is None:
            message = "standard input is not open"
            raise SourceError(message)
        document = stdin_document(request.stdin, request.max_file_size)
        return _scan_document(document, engine, code_rule)
    return _scan_files(_listing(request), request, engine, code_rule)


def _detectors(request: ScanRequest) -> tuple[Engine, Optional[Rule]]:
    secrets = [rule for rule in request.rules if rule.room == "secrets"]
    beside = [rule for rule in request.beside if rule.room == "secrets" and rule not in secrets]
    engine = build_engine(
        [*secrets, *beside],
        request.cache_directory,
        frozenset(rule.id for rule in secrets),
        request.facts,
    )
    return engine, next((rule for rule in request.rules if rule.id == _CODE_RULE), None)


def _listing(request: ScanRequest) -> Listing:
    if request.mode == "tree":
        return list_files(
            request.root,
            request.paths,
            request.exclude,
            request.environment,
            respect_ignore=request.respect_ignore,
            exclude_base=request.exclude_base,
        )
    listing = list_files(request.root, request.paths) if request.paths else Listing()
    excluded = compile_excludes(request.exclude, request.root, request.exclude_base)
    kept = [entry for entry in listing.files if not is_excluded(entry.uri, excluded)]
    listing.ignored += len(listing.files) - len(kept)
    listing.files = kept
    return listing


def _scan_document(
    document: Union[Document, Skipped], engine: Engine, code_rule: Optional[Rule]
) -> ScanResult:
    result = ScanResult()
    if isinstance(document, Skipped):
        result.skipped.append(document)
    else:
        result.files += 1
        result.bytes += len(document.data)
        _add(result, examine(document, engine, code_rule))
    return result


def _add(result: ScanResult, outcome: Optional[Outcome]) -> None:
    if outcome is not None:
        result.findings.extend(outcome.findings)
        result.directives.extend(outcome.directives)
        result.skipped.extend(outcome.skipped)


def _scan_files(
    listing: Listing, request: ScanRequest, engine: Engine, code_rule: Optional[Rule]
) -> ScanResult:
    limit = request.max_file_size

    def work(chunk: Sequence[FileToRead]) -> _Chunk:
        files = size = binary = 0
        outcomes: list[Outcome] = []
        for uri, path, named in chunk:
            data: ReadResult = read_file(path, uri, limit, follow=named)
            if data is None:
                binary += 1
            elif isinstance(data, bytes):
                files += 1
                size += len(data)
                outcome = examine(Document(uri, data), engine, code_rule)
                if outcome is not None:
                    outcomes.append(outcome)
            else:
                outcomes.append(Outcome((), (), (data,)))
        return files, size, binary, outcomes

    count = worker_count(request.jobs, len(listing.files))
    chunks = map_chunks(work, listing.files, count)
    result = ScanResult(ignored=listing.ignored, links=listing.links, skipped=listing.skipped)
    for files, size, binary, outcomes in chunks:
        result.files += files
        result.bytes += size
        result.binary += binary
        for outcome in outcomes:
            _add(result, outcome)
    return result
