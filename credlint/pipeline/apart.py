"""Files that are examined piece by piece: long texts, archives, compressed files."""

from __future__ import annotations

from typing import Callable, Optional

from credlint.model.document import Document
from credlint.model.rule import Rule
from credlint.pipeline.large import examine_large
from credlint.pipeline.request import ScanRequest, ScanResult
from credlint.secrets.engine import Engine
from credlint.sources.files import Apart, open_file, unreadable
from credlint.sources.tree import FileToRead


def examine_file(
    entry: FileToRead,
    apart: Apart,
    request: ScanRequest,
    engine: Engine,
    code_rule: Optional[Rule],
) -> ScanResult:
    """Examine a file that ``sources.files.read_file`` has called Apart."""
    try:
        with open_file(entry.path, follow=entry.named) as stream:
            document = Document(entry.uri, b"")
            return examine_apart(document, stream.read, apart.form, request, engine, code_rule)
    except OSError as error:
        return ScanResult(skipped=[unreadable(entry.uri, error)])


def examine_apart(
    document: Document,
    read: Callable[[int], bytes],
    form: str,
    request: ScanRequest,
    engine: Engine,
    code_rule: Optional[Rule],
) -> ScanResult:
    """Examine what ``read`` gives: an archive of that form, or a long text where it is empty.

    ``document`` tells name and kind and holds no data. Raises OSError.
    """
    result = ScanResult()
    if form:
        result.archives = 1
        return result
    examined = examine_large(document, read, request.max_file_size, engine, code_rule)
    result.files, result.bytes = 1, examined.size
    result.add(examined.outcome)
    return result
