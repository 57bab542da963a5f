"""A YAML or JSON file as checks see it: its roots, what it is a file of, scripts inside."""

from __future__ import annotations

from collections.abc import Iterable

from credlint.code.marked.dialects import dialects_of, top_of
from credlint.code.marked.nodes import Node
from credlint.code.marked.scripts import iter_scripts
from credlint.code.sighting import Embedded
from credlint.model.lean_tuples import NamedTuple


class MarkedDocument(NamedTuple):
    """``roots``: the documents of a YAML stream, the one value of JSON. ``syntax``: yaml, json.

    ``formats``: the dialects of all roots.
    """

    text: bytes
    roots: tuple[Node, ...]
    syntax: str
    formats: tuple[str, ...]
    unread: tuple[str, ...] = ()

    def embedded(self) -> Iterable[Embedded]:
        """Yield the scripts that stand in it."""
        return iter_scripts(self)


def make_document(
    text: bytes, roots: tuple[Node, ...], syntax: str, uri: str, unread: tuple[str, ...] = ()
) -> MarkedDocument:
    """Return the document with its dialects worked out."""
    found: dict[str, None] = {}
    for root in roots:
        found.update(dict.fromkeys(dialects_of(top_of(root), uri, text)))
    return MarkedDocument(text, roots, syntax, tuple(found), unread)
