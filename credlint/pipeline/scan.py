"""One run of ``scan``: sources give documents, detectors give findings."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from typing import Callable, Optional, Union

from credlint.model.document import Document
from credlint.model.finding import Skipped
from credlint.model.text import to_utf8
from credlint.pipeline.code_rules import CodeRules
from credlint.pipeline.examine import examine
from credlint.pipeline.request import ScanRequest, ScanResult
from credlint.pipeline.workers import FEWEST_FILES, Aside, map_chunks, worker_count
from credlint.secrets.engine import Engine, build_engine
from credlint.sources.errors import SourceError
from credlint.sources.files import Apart, ReadResult, read_file
from credlint.sources.tree import (
    FileToRead,
    Listing,
    Walk,
    compile_excludes,
    is_excluded,
    list_files,
)

_CODE_ROOMS = ("code", "iac")
# Of old versions, only what the text rules found is told with the call that it is given to.
_OF_HISTORY = ("SRC101",)
# The text rules on whose findings the hint `@key` of rules about code stands.
_OF_KEYS = ("SEC101", "SEC102", "SEC103")


def run_scan(request: ScanRequest) -> ScanResult:
    """Scan what the request names; halves of a key in neighbouring files are joined.

    Raises SourceError when a source cannot give its documents (no such path, no repository),
    PatternError or PatternsRefusedError for unusable rules, WorkerError when a worker dies.
    """
    result = _scan(request)
    if len(result.findings) > 1:
        from credlint.pipeline.neighbours import join_neighbours  # noqa: PLC0415

        result.findings = join_neighbours(result.findings)
    return result


def secret_spans(request: ScanRequest) -> Callable[[str, bytes], list[tuple[int, int]]]:
    """Return what tells, of a file's path and bytes, where in it secrets stand.

    By all rules, also those that are switched off: for who is going to show a part of the file.
    """
    every = {rule.id: rule for rule in (*request.rules, *request.beside)}
    rules = [r for r in every.values() if r.room == "secrets" and r.status == "stable"]
    engine = build_engine(rules, request.cache_directory, None, request.facts)

    def spans(uri: str, data: bytes) -> list[tuple[int, int]]:
        text = to_utf8(data)
        shift = len(data) - len(text) if data.endswith(text) else 0
        found = engine.scan(Document(uri, data)).spans
        return [(span.start + shift, span.end + shift) for span in found]

    return spans


def _scan(request: ScanRequest) -> ScanResult:
    if request.mode == "history":
        from credlint.pipeline.history import HistoryScan  # noqa: PLC0415  git's own modules

        # Git lists the commits while the engine is made.
        history = HistoryScan(request)
        try:
            return history.run(*_detectors(request))
        finally:
            history.close()
    if request.mode in ("staged", "diff"):
        from credlint.pipeline.changes import scan_changes  # noqa: PLC0415  likewise

        return scan_changes(request, lambda: _detectors(request))
    if request.mode == "stdin":
        return _scan_stdin(request, *_detectors(request))
    if request.mode == "tree":
        return _scan_tree(request)
    return _scan_files(_named(request), request, *_detectors(request))


def _scan_tree(request: ScanRequest) -> ScanResult:
    """Scan a tree; a large one is walked by a process of its own while the judges are loaded."""
    walk = Walk(
        request.root,
        request.paths,
        request.exclude,
        request.environment,
        respect_ignore=request.respect_ignore,
        exclude_base=request.exclude_base,
    )
    if walk.advance(FEWEST_FILES) or request.jobs == 1:
        walk.advance()
        return _scan_files(walk.listing, request, *_detectors(request))
    from credlint.secrets.readiness import steps  # noqa: PLC0415  large trees only

    def rest() -> Listing:
        walk.advance()
        return walk.listing

    with Aside(rest) as aside:
        detectors = _detectors(request)
        engine, code_rules = detectors
        for step in chain(steps(engine.patterns), code_rules.steps() if code_rules else ()):
            if aside.is_done():
                break
            step()
        # In here, so that nobody waits for the end of a process that has given its answer.
        return _scan_files(aside.result(), request, *detectors)


def _detectors(request: ScanRequest) -> tuple[Engine, Optional[CodeRules]]:
    secrets = [rule for rule in request.rules if rule.room == "secrets"]
    reported = frozenset(rule.id for rule in secrets)
    # Those that run only when they are named tell the others nothing, and cost nobody time.
    beside = (rule for rule in request.beside if rule.room == "secrets" and rule.status == "stable")
    engine = build_engine(
        [*secrets, *(rule for rule in beside if rule.id not in reported)],
        request.cache_directory,
        reported,
        request.facts,
    )
    code = [rule for rule in request.rules if rule.room in _CODE_ROOMS]
    if request.mode == "history":
        code = [rule for rule in code if rule.id in _OF_HISTORY]
    beside_files = request.root if request.mode in ("tree", "hook", "staged", "diff") else None
    # A rule about code that is asked alone must see what it sees among all.
    told = all(rule.id in reported for rule in request.beside if rule.id in _OF_KEYS)
    made = CodeRules(code, request.facts, beside_files, keys_are_told=told) if code else None
    return engine, made


def _named(request: ScanRequest) -> Listing:
    """Return the files that a hook names, without those that are excluded."""
    listing = list_files(request.root, request.paths) if request.paths else Listing()
    excluded = compile_excludes(request.exclude, request.root, request.exclude_base)
    kept = [entry for entry in listing.files if not is_excluded(entry.uri, excluded)]
    listing.ignored += len(listing.files) - len(kept)
    listing.files = kept
    return listing


def _scan_document(
    document: Union[Document, Skipped], engine: Engine, code_rules: Optional[CodeRules]
) -> ScanResult:
    result = ScanResult()
    if isinstance(document, Skipped):
        result.skipped.append(document)
    else:
        result.files += 1
        result.bytes += len(document.data)
        result.add(examine(document, engine, code_rules))
    return result


def _scan_stdin(
    request: ScanRequest, engine: Engine, code_rules: Optional[CodeRules]
) -> ScanResult:
    from credlint.sources.stdin import Streamed, stdin_document  # noqa: PLC0415

    if request.stdin is None:
        message = "standard input is not open"
        raise SourceError(message)
    document = stdin_document(request.stdin)
    if not isinstance(document, Streamed):
        return _scan_document(document, engine, code_rules)
    from credlint.pipeline.apart import examine_apart  # noqa: PLC0415

    return examine_apart(
        document.document, document.read, document.form, request, engine, code_rules
    )


def _scan_files(
    listing: Listing, request: ScanRequest, engine: Engine, code_rules: Optional[CodeRules]
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
                result.add(examine(Document(uri, data), engine, code_rules))
            elif isinstance(data, Apart):
                from credlint.pipeline.apart import examine_file  # noqa: PLC0415

                result.merge(
                    examine_file(FileToRead(uri, path, named), data, request, engine, code_rules)
                )
            else:
                result.skipped.append(data)
        return result

    count = worker_count(request.jobs, len(listing.files))
    result = ScanResult(ignored=listing.ignored, links=listing.links, skipped=listing.skipped)
    for part in map_chunks(work, listing.files, count):
        result.merge(part)
    return result
