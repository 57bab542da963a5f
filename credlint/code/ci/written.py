"""Scalars as they are written: values with expressions such as ``${{ secrets.X }}`` in them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Optional

from credlint.code.marked.nodes import Entry, Mapping, Node, Scalar, entries_of
from credlint.code.marked.yaml_reader import read
from credlint.code.sighting import NotReadError, Span

_SECRET = re.compile(r"\bsecrets\s*(?:\.\s*([A-Za-z_][A-Za-z0-9_-]{0,200})|\[)")
_LONGEST = 120  # of a text that goes into a message


def written(node: Optional[Node]) -> str:
    """Return the text of a scalar, expressions included; empty for anything else."""
    if not isinstance(node, Scalar):
        return ""
    return node.written or node.value or ""


def is_expression(text: str) -> bool:
    """Tell whether a value is worked out when the pipeline runs (GitHub's ``${{ … }}``)."""
    return "${{" in text


def secrets_of(text: str) -> tuple[str, ...]:
    """Return the names of GitHub secrets that an expression reads; ``?`` for a computed one."""
    if "${{" not in text:
        return ()
    return tuple(found.group(1) or "?" for found in _SECRET.finditer(text))


def shown(text: str) -> str:
    """Return what a message may tell of a value: an expression without literals, or nothing."""
    text = " ".join(text.split())
    names = secrets_of(text)
    return f"${{{{ secrets.{names[0]} }}}}" if names and len(names[0]) < _LONGEST else ""


def named(node: Optional[Node], name: str) -> Optional[Entry]:
    """Return the entry of that name in any case, as GitHub reads inputs and ``uses``."""
    for entry in reversed(entries_of(node)):
        if (entry.key.value or "").lower() == name:
            return entry
    return None


def slice_of(text: bytes, node: Optional[Node]) -> bytes:
    """Return the source of a node."""
    return text[node.start : node.end] if node is not None else b""


def span_of(entry: Entry, message: Optional[str] = None) -> Span:
    """Return where an entry stands on its line, from its name to the end of its value."""
    end = max(entry.value.end, entry.key.end)
    return Span(entry.key.start, end, message)


def roots_of(data: Optional[bytes], uri: str) -> Iterator[Mapping]:
    """Yield the mappings at the top of another YAML file; nothing for what cannot be read."""
    if not data or len(data) > 256 * 1024:
        return
    try:
        document = read(data.removeprefix(b"\xef\xbb\xbf"), uri)
    except NotReadError:
        return
    yield from (root for root in document.roots if isinstance(root, Mapping))
