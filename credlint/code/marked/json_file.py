"""A JSON file of any name: read with its places only where it is something that rules are about.

Descriptions of interfaces speak of everything and are megabytes long; the standard reader takes a
twentieth of the time of the one that knows where each value stands.
"""

from __future__ import annotations

import json

from credlint.code.marked import json_reader
from credlint.code.marked.dialects import dialects_of, top_of_value
from credlint.code.marked.document import MarkedDocument


def read(text: bytes, uri: str) -> MarkedDocument:
    """Return the document, without roots where it is of no dialect; raises NotReadError.

    What the standard reader refuses, templates among it, is for the other one to tell.
    """
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return json_reader.read(text, uri)
    if any(dialects_of(top_of_value(value), uri, text)):
        return json_reader.read(text, uri)
    return MarkedDocument(text, (), "json", ())
