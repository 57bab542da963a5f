"""Task definitions of ECS, whatever they are written in.

Amazon ECS API, ``RegisterTaskDefinition``: names begin with a small letter; in CloudFormation
(``AWS::ECS::TaskDefinition``) they begin with a capital. Both are asked for by the small one.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Callable, Optional

from credlint.code.cloudformation.template import present, templates_of
from credlint.code.marked.document import MarkedDocument
from credlint.code.marked.nodes import (
    Mapping,
    Node,
    Scalar,
    Sequence,
    entries_of,
    items_of,
    text_at,
)
from credlint.model.lean_tuples import NamedTuple

Given = Callable[[Optional[Node]], Optional[Scalar]]


class Variable(NamedTuple):
    """One variable of a container.

    ``item``: all of it, within ``holder``. ``value``: the scalar that decides it, None for what is
    decided elsewhere. ``is_secret``: it comes from Secrets Manager or Parameter Store.
    """

    name: str
    key: Scalar
    item: Mapping
    holder: Sequence
    value: Optional[Scalar]
    is_secret: bool


class Task(NamedTuple):
    """``told``: its place in words. ``role``: whether it has a task role, None if not known.

    ``is_fargate``: it can run nowhere else. ``syntax``: how edits are written, ``""`` for none.
    """

    name: str
    told: Scalar
    containers: tuple[Mapping, ...]
    role: Optional[bool]
    is_fargate: bool
    given: Given
    text: bytes = b""
    syntax: str = ""


def as_written(node: Optional[Node]) -> Optional[Scalar]:
    """Return a scalar whose value is known, None for templates and all else."""
    is_known = isinstance(node, Scalar) and node.value is not None and "${" not in node.value
    return node if is_known and isinstance(node, Scalar) else None


def field(node: Optional[Node], name: str) -> Optional[Node]:
    """Return the value of a name in either spelling."""
    if not isinstance(node, Mapping):
        return None
    found = node.get(name)
    return found if found is not None else node.get(name[0].upper() + name[1:])


def tasks_of(document: MarkedDocument, uri: str = "") -> Iterator[Task]:
    """Yield the task definitions of a document of ECS or CloudFormation."""
    for root in document.roots:
        for node in items_of(root) or (root,):
            inner = field(node, "taskDefinition")
            if field(node, "containerDefinitions") is not None:
                yield _task(document, node)
            elif field(inner, "containerDefinitions") is not None:
                yield _task(document, inner)
        if isinstance(root, Sequence) and any(field(item, "image") for item in root.items):
            yield _loose(document, root)
    for template in templates_of(document, uri):
        for resource in template.resources("AWS::ECS::TaskDefinition"):
            made = _task(document, resource.properties, template.given)
            syntax = "" if resource.is_generated else document.syntax
            yield made._replace(name=resource.name, told=resource.key, syntax=syntax)


def _loose(document: MarkedDocument, root: Sequence) -> Task:
    """Return a list of containers alone, as templates of Terraform have it."""
    told = Scalar(None, root.start, root.start + 1)
    return Task(
        *("", told, _mappings(root), None, False, as_written, document.text, document.syntax)
    )


def _task(document: MarkedDocument, node: Optional[Node], given: Given = as_written) -> Task:
    containers = field(node, "containerDefinitions")
    entry = next(
        (e for e in entries_of(node) if (e.key.value or "").lower() == "containerdefinitions"), None
    )
    told = entry.key if entry is not None else Scalar(None, 0, 0)
    family = given(field(node, "family"))
    # Whatever it refers to, it is there; what CloudFormation takes away is not.
    role = present(field(node, "taskRoleArn")) is not None
    kinds = [text_at(item) for item in items_of(field(node, "requiresCompatibilities"))]
    return Task(
        (family.value or "") if family is not None else "",
        told,
        _mappings(containers),
        role,
        kinds == ["FARGATE"],
        given,
        document.text,
        document.syntax,
    )


def _mappings(node: Optional[Node]) -> tuple[Mapping, ...]:
    return tuple(item for item in items_of(node) if isinstance(item, Mapping))


def variables_of(task: Task, container: Mapping) -> Iterator[Variable]:
    """Yield the variables that a container is given by name."""
    for name, value in (("environment", "value"), ("secrets", "valueFrom")):
        holder = field(container, name)
        if not isinstance(holder, Sequence):
            continue
        for item in holder.items:
            key = task.given(field(item, "name"))
            if isinstance(item, Mapping) and key is not None and key.value:
                is_secret = name == "secrets"
                given = None if is_secret else task.given(field(item, value))
                yield Variable(key.value, key, item, holder, given, is_secret)


def name_of(task: Task, container: Mapping) -> str:
    """Return the container's name, as it is to be told."""
    given = task.given(field(container, "name"))
    return given.value or "" if given is not None else ""
