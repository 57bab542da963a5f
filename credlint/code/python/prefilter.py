"""Decides by bytes alone whether a document is worth parsing as Python."""

from __future__ import annotations

import re

from credlint.model.document import Document

# Each begins with fixed text, which ``re`` looks for twenty times as fast as for a word's edge.
_LIBRARY = re.compile(rb"boto(?:3|core)\b")
_BEFORE = re.compile(rb"(?:\A|[^A-Za-z0-9_])(?:aio)?\Z")
_NAMES = (b"aws_access_key_id", b"aws_secret_access_key", b"aws_session_token")
_LONGEST_BEFORE = 4
_POSITIONAL = re.compile(rb"Session\((?<!\w.{8})\s*(?:[rbufRBUF]{0,2}['\"]|[A-Za-z_])")


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
    if not has_key and not any(name in data for name in _NAMES) and not _POSITIONAL.search(data):
        return False
    return is_python(document) and any(
        _BEFORE.search(data, max(0, found.start() - _LONGEST_BEFORE), found.start()) is not None
        for found in _LIBRARY.finditer(data)
    )
