"""IAC127 in CircleCI: keys in ``environment`` and scripts, and orbs that read stored ones.

``aws-cli/setup`` without ``role_arn`` writes AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY of a
context or project into ``~/.aws/credentials`` (CircleCI-Public/aws-cli-orb v5.4.1,
``src/scripts/configure.sh``; ``role-arn`` in version 3). Orbs for ECR, ECS, S3 … take the same
parameters, or since their newer versions a list ``auth`` of steps.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Optional

from credlint.code.ci.assigned import Assigned
from credlint.code.ci.pipeline_keys import System, around, look, told
from credlint.code.ci.written import written
from credlint.code.credential_names import SECRET_KEY, kind_of_spelling
from credlint.code.issued_keys import is_issued
from credlint.code.marked.document import MarkedDocument
from credlint.code.marked.nodes import Mapping, Node, Scalar, Step, at, entries_of, walk
from credlint.code.other_stores import OtherStores, is_other_owner
from credlint.code.sighting import Context, Sighting, Span

_SYSTEM = System(
    "CircleCI",
    ("environment",),
    ("run", "command"),
    "Let a role trust CircleCI's issuer, and give `role_arn` to `aws-cli/setup`.",
)
_ROLE = ("role_arn", "role-arn")


def check(document: MarkedDocument, context: Context) -> Iterator[Sighting]:
    """Yield keys of a configuration, and steps of orbs that read stored ones."""
    yield from look(document, context, _SYSTEM)
    stores = OtherStores(document.text)
    for root in document.roots:
        yield from _orbs(stores, root, context)


def _orbs(stores: OtherStores, root: Node, context: Context) -> Iterator[Sighting]:
    names = {
        entry.key.value or "": written(entry.value).partition("@")[0]
        for entry in entries_of(at(root, "orbs"))
        if written(entry.value).startswith("circleci/aws-")
    }
    if not names or _has_own_runner(root):
        return
    for path, node in walk(root):
        if isinstance(node, Scalar) and path[-2:-1] == ("steps",):
            orb, _, command = written(node).partition("/")
            if names.get(orb) == "circleci/aws-cli" and command == "setup":
                yield from _told(stores, root, path, _setup(node, None), context)
        for entry in entries_of(node):
            orb, _, command = (entry.key.value or "").partition("/")
            if orb not in names or not isinstance(entry.value, Mapping):
                continue
            assigned = _given(entry.value)
            if names[orb] == "circleci/aws-cli" and command == "setup":
                assigned = assigned or _setup(entry.key, entry.value)
            if assigned and not _has_role(entry.value):
                yield from _told(stores, root, path, assigned, context)


def _told(
    stores: OtherStores,
    root: Node,
    path: tuple[Step, ...],
    assigned: list[Assigned],
    context: Context,
) -> Iterator[Sighting]:
    more = "The orb reads them from a context or from the project's settings."
    sighting = told(
        _SYSTEM, assigned, context, elsewhere=stores.within(around(root, path)), more=more
    )
    if sighting is not None and assigned:
        yield sighting


def _setup(node: Scalar, parameters: Optional[Mapping]) -> list[Assigned]:
    if parameters is not None and _has_role(parameters):
        return []
    span = Span(node.start, node.end)
    return [Assigned(SECRET_KEY, f"{written(node)} without role_arn", "", "reference", span)]


def _given(parameters: Mapping) -> list[Assigned]:
    """Return the keys among the parameters: names of variables, or the keys themselves."""
    found: list[Assigned] = []
    for entry in parameters.entries:
        spelled = entry.key.value or ""
        name, value = kind_of_spelling(spelled), written(entry.value).strip()
        if not name or not value:
            continue
        span = Span(entry.key.start, entry.value.end)
        if is_issued(name, value):
            there = Span(entry.value.start, entry.value.end, f"the literal for {spelled}")
            found.append(Assigned(name, spelled, value, "literal", span, there))
        elif not is_other_owner(value.strip("${}")):
            reference = value if value.startswith("$") else f"${value}"
            found.append(Assigned(name, spelled, reference, "reference", span))
    return found


def _has_role(parameters: Mapping) -> bool:
    return any(entry.key.value in _ROLE for entry in parameters.entries)


def _has_own_runner(root: Node) -> bool:
    """Tell whether jobs run on machines of one's own, which may have a role."""
    return any(
        path and path[-1] == "resource_class" and "/" in written(node) for path, node in walk(root)
    )
