"""IAC126: AWS keys in GitLab's pipelines, where ``id_tokens`` and a role need none.

Keywords: docs.gitlab.com, "CI/CD YAML syntax reference"; the way with a role: "Configure OpenID
Connect in AWS", whose example exports what ``aws sts assume-role-with-web-identity`` prints.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Optional

from credlint.code.ci.assigned import (
    Assigned,
    has_literal_secret,
    in_mapping,
    in_text,
    is_kept,
    sighting_of,
)
from credlint.code.ci.written import slice_of
from credlint.code.marked.document import MarkedDocument
from credlint.code.marked.nodes import Mapping, Node, Scalar, items_of, walk
from credlint.code.other_stores import OtherStores
from credlint.code.sighting import Context, Sighting
from credlint.model.finding import Level

_SCRIPTS = ("script", "before_script", "after_script")
_ASSUMES = b"assume-role"


def check(document: MarkedDocument, context: Context) -> Iterator[Sighting]:
    """Yield the variables and scripts that carry keys."""
    stores = OtherStores(document.text)
    for root in document.roots:
        if not isinstance(root, Mapping):
            continue
        shared = root.get("variables")
        for entry in root.entries:
            if isinstance(entry.value, Mapping) or entry.key.value in _SCRIPTS:
                name = entry.key.value or ""
                yield from _of_job(document.text, name, entry.value, shared, stores, context)


def _of_job(
    text: bytes,
    name: str,
    node: Node,
    shared: Optional[Node],
    stores: OtherStores,
    context: Context,
) -> Iterator[Sighting]:
    is_of_all = name in ("variables", "default", *_SCRIPTS)
    elsewhere = stores.between(0, len(text)) if is_of_all else stores.within(node, shared)
    for where, assigned in _places(text, name, node):
        if is_kept(assigned):
            sighting = _told(where, assigned, context, elsewhere=elsewhere)
            if sighting is not None:
                yield sighting


def _places(text: bytes, name: str, node: Node) -> Iterator[tuple[str, list[Assigned]]]:
    """Yield what each mapping of variables and each line of a script assigns."""
    assumes = _ASSUMES in slice_of(text, node)  # what it exports is what a role was given
    for path, inner in walk(node):
        key = path[-1] if path else name
        if key == "variables":
            of = name if path else "the pipeline"
            yield f"variables of {of}", in_mapping(inner)
        elif key in _SCRIPTS and not assumes:
            for scalar in _scalars(inner):
                yield f"{key} of {name}", in_text(text, scalar.start, scalar.end)


def _scalars(node: Node) -> Iterator[Scalar]:
    if isinstance(node, Scalar):
        yield node
    for item in items_of(node):
        yield from (each for each in (item, *items_of(item)) if isinstance(each, Scalar))


def _told(
    where: str, assigned: list[Assigned], context: Context, *, elsewhere: bool
) -> Optional[Sighting]:
    literal = any(each.kind == "literal" for each in assigned)
    if elsewhere and not literal:
        return None
    level: Level = "error" if has_literal_secret(assigned) and not elsewhere else "warning"
    if context.is_documentation or context.is_test:
        level = "note"
    names = ", ".join(dict.fromkeys(each.spelled for each in assigned))
    what = "spelled out" if literal else f"from the CI variable {assigned[0].source}"
    return sighting_of(
        assigned,
        f"The {where} carry AWS keys ({names}), {what}; a role through id_tokens needs none.",
        level,
        f"{where}: {names}",
    )
