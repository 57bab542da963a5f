"""Services of a Compose file: their variables and mounts with places."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Optional

from credlint.code.marked.nodes import (
    Mapping,
    Node,
    Scalar,
    at,
    entries_of,
    items_of,
    text_at,
)
from credlint.model.lean_tuples import NamedTuple

_REFERENCE = re.compile(r"\$(?:[A-Za-z_]|\{([A-Za-z_][A-Za-z0-9_]*)([^}]*)\})")
_SHORT = re.compile(r"([^:]+|[A-Za-z]:[\\/][^:]*):(/[^:]*)(?::([^:]*))?\Z")


class Variable(NamedTuple):
    """``value``: None where the shell gives it, as does ``default`` where the shell does not.

    ``start``, ``end``: name and value; ``literal``: where the value stands.
    """

    name: str
    value: Optional[str]
    default: str
    start: int
    end: int
    literal: tuple[int, int]


class Mount(NamedTuple):
    """A volume; ``source`` and ``target`` as written, empty where there is none."""

    source: str
    target: str
    is_read_only: bool
    node: Node
    mode: Optional[str] = None


class Service(NamedTuple):
    """A service and its name."""

    name: str
    node: Node
    start: int

    def variables(self) -> Iterator[Variable]:
        """Yield what ``environment`` sets, of merged mappings as well."""
        given = at(self.node, "environment")
        for entry in entries_of(given):
            value = entry.value
            if isinstance(value, Scalar):
                # A name without a value is handed through.
                has_value = value.end > value.start and value.value not in ("", "~", "null")
                is_quoted = value.style in ("single", "double")
                text = value.value if has_value or is_quoted else None
                literal = (value.start, value.end)
                yield _variable(entry.key.value or "", text, value, entry.key.start, literal)
        for item in items_of(given):
            if isinstance(item, Scalar) and item.written:
                name, sign, text = item.written.partition("=")
                yield _variable(name, text if sign else None, item, item.start, (0, 0))

    def mounts(self) -> Iterator[Mount]:
        """Yield its volumes."""
        for item in items_of(at(self.node, "volumes")):
            if isinstance(item, Scalar):
                found = _SHORT.match(item.value or "")
                if found:
                    modes = (found[3] or "").split(",")
                    yield Mount(found[1], found[2], "ro" in modes, item, found[3])
            elif isinstance(item, Mapping):
                read_only = (text_at(item, "read_only") or "").lower() in ("true", "yes", "on")
                source, target = text_at(item, "source"), text_at(item, "target")
                yield Mount(source or "", target or "", read_only, item)


def services_of(root: Node) -> Iterator[Service]:
    """Yield the services of a Compose file."""
    for entry in entries_of(at(root, "services")):
        if isinstance(entry.value, Mapping):
            yield Service(entry.key.value or "", entry.value, entry.key.start)


def _variable(
    name: str, text: Optional[str], node: Scalar, start: int, literal: tuple[int, int]
) -> Variable:
    default = ""
    if text is None or node.value is None:
        return Variable(name, None, default, start, node.end, literal)
    if literal == (0, 0):
        literal = (node.start, node.end)
    found = _REFERENCE.search(text.replace("$$", ""))
    if found:
        modifier = found[2] or ""
        default = modifier.lstrip(":").lstrip("-") if "-" in modifier[:2] else ""
        return Variable(name, None, default, start, node.end, literal)
    return Variable(name, text, default, start, node.end, literal)
