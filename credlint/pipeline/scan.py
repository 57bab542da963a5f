"""One run of ``scan``: sources give documents, detectors give findings."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Optional, Union

from credlint.model.document import Document
from credlint.model.finding import Skipped
from credlint.model.rule import Rule
from credlint.pipeline.examine import Outcome, examine
from credlint.pipeline.request import ScanRequest, ScanResult
from credlint.pipeline.workers import map_shares, worker_count
from credlint.secrets.engine import Engine, build_engine
from credlint.sources.errors import SourceError
from credlint.sources.files import ReadResult, read_file
from credlint.sources.tree import FileToRead, Listing, compile_excludes, is_excluded, list_files

_CODE_RULE = "SRC101"

# What one share of the work gives: counts, and the outcomes by place in the share.
_Share = tuple[int, int, int, list[tuple[int, Outcome]], list[tuple[int, Skipped]]]


def run_scan(request: ScanRequest) -> ScanResult:
    """Scan what the request names.

    Raises SourceError when a source cannot give its documents (no such path, no repository),
    PatternError or PatternsRefusedError for unusable rules, WorkerError when a worker dies.
    """
    engine = build_engine(
        (rule for rule in request.rules if rule.room == "secrets"), request.cache_directory
    )
    code_rule = next((rule for rule in request.rules if rule.id == _CODE_RULE), None)
    if request.mode == "staged":
        from credlint.sources.git import staged_documents  # noqa: PLC0415

        documents = staged_documents(
            request.root, request.environment, request.max_file_size, request.paths or None
        )
        return _scan_documents(_not_excluded(documents, request), engine, code_rule)
    if request.mode == "stdin":
        from credlint.sources.stdin import stdin_document  # noqa: PLC0415

        if request.stdin is None:
            message = "standard input is not open"
            raise SourceError(message)
        document = stdin_document(request.stdin, request.max_file_size)
        return _scan_documents([document], engine, code_rule)
    return _scan_files(_listing(request), request, engine, code_rule)


def _listing(request: ScanRequest) -> Listing:
    if request.mode == "tree":
        return list_files(
            request.root,
            request.paths,
            request.exclude,
            request.environment,
            respect_ignore=request.respect_ignore,
        )
    listing = list_files(request.root, request.paths) if request.paths else Listing()
    excluded = compile_excludes(request.exclude)
    kept = [entry for entry in listing.files if not is_excluded(entry.uri, excluded)]
    listing.ignored += len(listing.files) - len(kept)
    listing.files = kept
    return listing


def _not_excluded(
    documents: Iterable[Union[Document, Skipped, None]], request: ScanRequest
) -> Iterable[Union[Document, Skipped, None]]:
    excluded = compile_excludes(request.exclude)
    for document in documents:
        if not (isinstance(document, Document) and is_excluded(document.uri, excluded)):
            yield document


def _scan_documents(
    documents: Iterable[Union[Document, Skipped, None]], engine: Engine, code_rule: Optional[Rule]
) -> ScanResult:
    result = ScanResult()
    for document in documents:
        if document is None:
            result.binary += 1
        elif isinstance(document, Skipped):
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

    def work(share: Sequence[FileToRead]) -> _Share:
        files = size = binary = 0
        outcomes: list[tuple[int, Outcome]] = []
        skipped: list[tuple[int, Skipped]] = []
        for place, (uri, path, named) in enumerate(share):
            data: ReadResult = read_file(path, uri, limit, follow=named)
            if data is None:
                binary += 1
            elif isinstance(data, bytes):
                files += 1
                size += len(data)
                outcome = examine(Document(uri, data), engine, code_rule)
                if outcome is not None:
                    outcomes.append((place, outcome))
            else:
                skipped.append((place, data))
        return files, size, binary, outcomes, skipped

    count = worker_count(request.jobs, len(listing.files))
    shares = map_shares(work, listing.files, count)
    result = ScanResult(ignored=listing.ignored, links=listing.links, skipped=listing.skipped)
    outcomes: list[tuple[int, Outcome]] = []
    skipped: list[tuple[int, Skipped]] = []
    for number, share in enumerate(shares):
        result.files += share[0]
        result.bytes += share[1]
        result.binary += share[2]
        outcomes.extend((place * count + number, outcome) for place, outcome in share[3])
        skipped.extend((place * count + number, entry) for place, entry in share[4])
    result.skipped.extend(entry for _, entry in sorted(skipped, key=lambda pair: pair[0]))
    for _, outcome in sorted(outcomes, key=lambda pair: pair[0]):
        _add(result, outcome)
    return result
