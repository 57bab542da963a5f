"""One run of ``scan``: sources give documents, detectors give findings."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Optional, Union

from credlint.model.document import Document
from credlint.model.finding import Skipped
from credlint.model.rule import Rule
from credlint.pipeline.examine import examine
from credlint.pipeline.request import ScanRequest, ScanResult
from credlint.pipeline.workers import map_chunks, worker_count
from credlint.secrets.engine import Engine, build_engine
from credlint.sources.errors import SourceError
from credlint.sources.files import Apart, ReadResult, read_file
from credlint.sources.tree import FileToRead, Listing, compile_excludes, is_excluded, list_files

_CODE_RULE = "SRC101"


def run_scan(request: ScanRequest) -> ScanResult:
    """Scan what the request names.

    Raises SourceError when a source cannot give its documents (no such path, no repository),
    PatternError or PatternsRefusedError for unusable rules, WorkerError when a worker dies.
    """
    secrets = [rule for rule in request.rules if rule.room == "secrets"]
    beside = [rule for rule in request.beside if rule.room == "secrets" and rule not in secrets]
    engine = build_engine(
        [*secrets, *beside],
        request.cache_directory,
        frozenset(rule.id for rule in secrets),
        request.facts,
    )
    code_rule = next((rule for rule in request.rules if rule.id == _CODE_RULE), None)
    if request.mode == "staged":
        from credlint.sources.git import staged_documents  # noqa: PLC0415

        documents = staged_documents(
            request.root, request.environment, request.max_file_size, request.paths or None
        )
        return _scan_documents(_not_excluded(documents, request), engine, code_rule)
    if request.mode == "stdin":
        return _scan_stdin(request, engine, code_rule)
    return _scan_files(_listing(request), request, engine, code_rule)


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


def _not_excluded(
    documents: Iterable[Union[Document, Skipped, None]], request: ScanRequest
) -> Iterable[Union[Document, Skipped, None]]:
    excluded = compile_excludes(request.exclude, request.root, request.exclude_base)
    for document in documents:
        uri = None if document is None else _uri_of(document)
        if uri is None or not is_excluded(uri, excluded):
            yield document


def _uri_of(document: Union[Document, Skipped]) -> str:
    return document.uri if isinstance(document, Document) else document.path


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
            result.add(examine(document, engine, code_rule))
    return result


def _scan_stdin(request: ScanRequest, engine: Engine, code_rule: Optional[Rule]) -> ScanResult:
    from credlint.sources.stdin import Streamed, stdin_document  # noqa: PLC0415

    if request.stdin is None:
        message = "standard input is not open"
        raise SourceError(message)
    document = stdin_document(request.stdin)
    if not isinstance(document, Streamed):
        return _scan_documents([document], engine, code_rule)
    from credlint.pipeline.apart import examine_apart  # noqa: PLC0415

    return examine_apart(
        document.document, document.read, document.form, request, engine, code_rule
    )


def _scan_files(
    listing: Listing, request: ScanRequest, engine: Engine, code_rule: Optional[Rule]
) -> ScanResult:
    limit = request.max_file_size

    def work(chunk: Sequence[FileToRead]) -> ScanResult:
        result = ScanResult()
        for uri, path, named in chunk:
            data: ReadResult = read_file(path, uri, limit, follow=named)
            if data is None:
                result.binary += 1
            elif isinstance(data, bytes):
                result.files += 1
                result.bytes += len(data)
                result.add(examine(Document(uri, data), engine, code_rule))
            elif isinstance(data, Apart):
                from credlint.pipeline.apart import examine_file  # noqa: PLC0415

                result.merge(
                    examine_file(FileToRead(uri, path, named), data, request, engine, code_rule)
                )
            else:
                result.skipped.append(data)
        return result

    count = worker_count(request.jobs, len(listing.files))
    result = ScanResult(ignored=listing.ignored, links=listing.links, skipped=listing.skipped)
    for part in map_chunks(work, listing.files, count):
        result.merge(part)
    return result
