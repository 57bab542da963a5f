"""What stands in a template for certain: resources, literals, defaults of parameters.

CloudFormation User Guide, "Intrinsic function reference": functions are written ``Fn::Sub`` with a
mapping, or as the tag ``!Sub`` in YAML. "Using dynamic references": ``{{resolve:…}}`` is put in at
deployment, so it is a reference, never the value.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Optional

from credlint.code.marked.document import MarkedDocument
from credlint.code.marked.nodes import (
    Mapping,
    Node,
    Scalar,
    Sequence,
    at,
    entries_of,
    items_of,
    text_at,
)
from credlint.model.lean_tuples import NamedTuple

_ABSENT = "AWS::NoValue"
_GENERATED = "cdk.out/"


class Resource(NamedTuple):
    """``key``: its logical id; ``kind``: ``AWS::EC2::Instance``; ``is_generated``: by the CDK."""

    key: Scalar
    kind: str
    body: Mapping
    properties: Optional[Mapping]
    is_generated: bool

    @property
    def name(self) -> str:
        """Return the logical id."""
        return self.key.value or ""


class Template:
    """One template; ``given`` resolves what it says itself, nothing that deployment decides."""

    def __init__(self, root: Node, uri: str = "") -> None:
        self.root = root
        self._uri = uri
        self._defaults = {
            entry.key.value: at(entry.value, "Default")
            for entry in entries_of(at(root, "Parameters"))
        }

    @cached_property
    def kinds(self) -> dict[str, str]:
        """Return the type of each resource by its logical id."""
        return {resource.name: resource.kind for resource in self.resources()}

    def resources(self, *kinds: str) -> Iterator[Resource]:
        """Yield the resources of these types, of all without."""
        for entry in entries_of(at(self.root, "Resources")):
            kind = text_at(entry.value, "Type")
            if not isinstance(entry.value, Mapping) or not kind or (kinds and kind not in kinds):
                continue
            properties = entry.value.get("Properties")
            metadata = at(entry.value, "Metadata", "aws:cdk:path")
            yield Resource(
                entry.key,
                kind,
                entry.value,
                properties if isinstance(properties, Mapping) else None,
                metadata is not None or _GENERATED in self._uri,
            )

    def given(self, node: Optional[Node]) -> Optional[Scalar]:
        """Return the scalar that decides a value: the literal, or the default of a parameter.

        None where it is decided elsewhere. Its ``value`` is the text that CloudFormation takes.
        """
        name = reference(node)
        if name is not None and not name[1] and name[0] in self._defaults:
            return literal(self._defaults[name[0]])
        return literal(node)


def templates_of(document: MarkedDocument, uri: str = "") -> Iterator[Template]:
    """Yield the templates of a document."""
    for root in document.roots:
        if isinstance(root, Mapping) and root.get("Resources") is not None:
            yield Template(root, uri)


def function(node: Optional[Node]) -> tuple[str, Optional[Node]]:
    """Return the name of an intrinsic function and its argument, ``""`` where it is none.

    ``!Sub x`` and ``{"Fn::Sub": "x"}`` are both ``Sub``.
    """
    if node is None:
        return "", None
    if node.tag.startswith("!") and not node.tag.startswith("!!"):
        return node.tag[1:], node
    if isinstance(node, Mapping) and len(node.entries) == 1:
        key = node.entries[0].key.value or ""
        if key == "Ref" or key.startswith("Fn::"):
            return key.rpartition(":")[2], node.entries[0].value
    return "", None


def literal(node: Optional[Node]) -> Optional[Scalar]:
    """Return the scalar that is a text as it stands, ``Fn::Sub`` without variables included."""
    name, argument = function(node)
    if name == "Sub" and isinstance(argument, Sequence):
        argument = argument.items[0] if argument.items else None
    elif name not in ("", "Sub"):
        return None
    scalar = argument if name else node
    if not isinstance(scalar, Scalar) or scalar.value is None or "{{resolve:" in scalar.value:
        return None
    if not name:
        return scalar
    # ``${!x}`` is written for the text ``${x}``.
    text = scalar.value.replace("${!", "$\0")
    return scalar._replace(value=text.replace("$\0", "${")) if "${" not in text else None


def reference(node: Optional[Node]) -> Optional[tuple[str, str]]:
    """Return the resource or parameter that is named and its attribute, ``""`` for ``Ref``."""
    name, argument = function(node)
    if name == "Ref" and isinstance(argument, Scalar):
        return argument.value or "", ""
    if name == "GetAtt":
        if isinstance(argument, Scalar):
            target, _, attribute = (argument.value or "").partition(".")
            return target, attribute
        parts = [part.value or "" for part in items_of(argument) if isinstance(part, Scalar)]
        return (parts[0], ".".join(parts[1:])) if parts else None
    return None


def present(node: Optional[Node]) -> Optional[Node]:
    """Return the node, None for the pseudo parameter that takes a property away."""
    return None if reference(node) == (_ABSENT, "") else node
