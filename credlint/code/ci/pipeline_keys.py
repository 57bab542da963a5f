"""IAC127: AWS keys in pipelines of Azure, Bitbucket, CircleCI, Drone and Travis.

Where each of them keeps variables and scripts is one row of a table; what only one of them has
(orbs, secrets by name, deployments) is in a module of its own that adds to it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Optional

from credlint.code.ci.assigned import (
    Assigned,
    has_literal_secret,
    in_mapping,
    in_pairs,
    in_text,
    is_kept,
    sighting_of,
)
from credlint.code.ci.written import slice_of
from credlint.code.marked.document import MarkedDocument
from credlint.code.marked.nodes import Mapping, Node, Scalar, Sequence, Step, at, walk
from credlint.code.other_stores import OtherStores
from credlint.code.sighting import Context, Sighting
from credlint.model.finding import Level
from credlint.model.lean_tuples import NamedTuple


class System(NamedTuple):
    """``variables``, ``scripts``: names of the keys that hold them. ``instead``: its remedy."""

    name: str
    variables: tuple[str, ...]
    scripts: tuple[str, ...]
    instead: str


def look(document: MarkedDocument, context: Context, system: System) -> Iterator[Sighting]:
    """Yield the mappings and scripts of a pipeline that carry keys."""
    text = document.text
    stores = OtherStores(text)
    for root in document.roots:
        for path, node in walk(root):
            key = str(path[-1]) if path else ""
            assigned: list[Assigned] = []
            if key in system.variables:
                assigned = in_pairs(node) if isinstance(node, Sequence) else in_mapping(node)
            elif (
                isinstance(node, Scalar)
                and _is_script(path, system.scripts)
                and b"assume-role" not in slice_of(text, node)
            ):
                assigned = in_text(text, node.start, node.end)
            if not is_kept(assigned):
                continue
            sighting = told(system, assigned, context, elsewhere=stores.within(around(root, path)))
            if sighting is not None:
                yield sighting


def _is_script(path: tuple[Step, ...], names: tuple[str, ...]) -> bool:
    last = [step for step in path[-2:] if isinstance(step, str)]
    return bool(last) and last[-1] in names


def around(root: Node, path: tuple[Step, ...]) -> Node:
    """Return the job or step around a place: what is third from the outside."""
    node: Optional[Node] = None
    for length in range(min(len(path) - 1, 3), 0, -1):
        node = at(root, *path[:length])
        if isinstance(node, Mapping):
            break
    return node if isinstance(node, Mapping) else root


def told(
    system: System, assigned: list[Assigned], context: Context, *, elsewhere: bool, more: str = ""
) -> Optional[Sighting]:
    """Return what is to be told of keys that stand together, None for those of another store."""
    literal = any(each.kind == "literal" for each in assigned)
    if elsewhere and not literal:
        return None
    level: Level = "error" if has_literal_secret(assigned) and not elsewhere else "warning"
    is_encrypted = all(each.kind != "reference" for each in assigned) and not literal
    if is_encrypted or context.is_documentation or context.is_test:
        level = "note"
    names = ", ".join(dict.fromkeys(each.spelled for each in assigned))
    if literal:
        what = "spelled out"
    elif is_encrypted:
        what = "encrypted"
    else:
        source = next((each.source for each in assigned if each.source), "")
        what = f"from {source}" if source else "stored"
    return sighting_of(
        assigned,
        f"This {system.name} pipeline uses long-term AWS keys ({names}, {what}); a role would need "
        f"none. {more}".rstrip(),
        level,
        f"{system.name}: {names}",
        f"{system.instead}\nDelete the stored keys, and deactivate them: "
        "`aws iam update-access-key --access-key-id KEY_ID --status Inactive`.",
    )
