"""Standard input as one document."""

from __future__ import annotations

from typing import IO, Union

from credlint.model.document import Document
from credlint.model.finding import Skipped
from credlint.sources.errors import UNREADABLE
from credlint.sources.files import DEFAULT_MAX_FILE_SIZE, describe, too_large

STDIN_URI = "stdin"


def stdin_document(
    stream: IO[bytes], max_size: int = DEFAULT_MAX_FILE_SIZE
) -> Union[Document, Skipped]:
    """Read a byte stream to its end: a Document, binary or not, or Skipped when it is too long."""
    try:
        data = stream.read(max_size + 1)
    except OSError as error:
        return Skipped("<stdin>", describe(error), UNREADABLE)
    if len(data) > max_size:
        return too_large("<stdin>", len(data), max_size)
    return Document(STDIN_URI, data, kind="stdin")
