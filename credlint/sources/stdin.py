"""Standard input as one document."""

from __future__ import annotations

from io import BytesIO
from typing import IO, Callable, Union

from credlint.model.document import Document
from credlint.model.finding import Skipped
from credlint.model.lean_tuples import NamedTuple
from credlint.sources.errors import UNREADABLE
from credlint.sources.files import WHOLE_LIMIT, archive_form, describe

STDIN_URI = "stdin"


class Streamed(NamedTuple):
    """Standard input that is an archive or a long text: what ``read`` gives, ``form`` as Apart."""

    document: Document
    read: Callable[[int], bytes]
    form: str = ""


def stdin_document(stream: IO[bytes]) -> Union[Document, Streamed, Skipped]:
    """Return standard input as a Document, binary or not; Streamed, when it is long or packed."""
    try:
        data = stream.read(WHOLE_LIMIT + 1)
    except OSError as error:
        return Skipped("<stdin>", describe(error), UNREADABLE)
    form = archive_form(data)
    if not form and len(data) <= WHOLE_LIMIT:
        return Document(STDIN_URI, data, kind="stdin")
    first = BytesIO(data)
    return Streamed(
        Document(STDIN_URI, b"", kind="stdin"),
        lambda size: first.read(size) or stream.read(size),
        form,
    )
