"""Decides by bytes alone whether a document is worth parsing as Python."""

from __future__ import annotations

import re

from credlint.model.document import Document

_LIBRARIES = re.compile(rb"\b(?:aio)?boto(?:3|core)\b")
_NAMES = (b"aws_access_key_id", b"aws_secret_access_key", b"aws_session_token")
_POSITIONAL = re.compile(rb"\bSession\(\s*(?:[rbufRBUF]{0,2}['\"]|[A-Za-z_])")


def is_python(document: Document) -> bool:
    """Tell whether the document is Python by its name or by its first line."""
    if document.uri.endswith((".py", ".pyw", ".pyi")):
        return True
    return document.data.startswith(b"#!") and b"python" in document.data[:120].partition(b"\n")[0]


def selects(document: Document, *, has_key: bool) -> bool:
    """Tell whether the document names an AWS library and may pass literal keys to it.

    ``has_key``: the text rules found a key in it, so positional arguments are worth a look.
    """
    data = document.data
    if not is_python(document) or _LIBRARIES.search(data) is None:
        return False
    return has_key or any(name in data for name in _NAMES) or _POSITIONAL.search(data) is not None
