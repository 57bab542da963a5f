"""Trees of mappings, sequences and scalars with the places they stand at."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple, Optional, Union

Step = Union[str, int]
_MOST_VISITED = 200_000


class Scalar(NamedTuple):
    """A text, number or nothing.

    ``value``: as text, unescaped; None where a template stands in it, so that it is not known.
    ``start``, ``end``: bytes of the source, quotes included. ``style``: ``plain``, ``single``,
    ``double``, ``literal`` or ``folded``. ``tag``: a YAML tag as written (``!Sub``), empty for
    none. ``written``: the source of a value with templates, else equal to ``value``.
    """

    value: Optional[str]
    start: int
    end: int
    style: str = "plain"
    tag: str = ""
    written: str = ""


class Entry(NamedTuple):
    """One entry of a mapping."""

    key: Scalar
    value: Node


class Mapping(NamedTuple):
    """Entries in the order of the source; ``block``: in YAML's block style."""

    entries: tuple[Entry, ...]
    start: int
    end: int
    tag: str = ""
    block: bool = False

    def entry(self, name: str) -> Optional[Entry]:
        """Return the last entry of that name, as readers of YAML and JSON take it, or None."""
        for entry in reversed(self.entries):
            if entry.key.value == name:
                return entry
        for entry in self.entries:
            if entry.key.value == "<<":  # YAML 1.1 merge keys
                for merged in items_of(entry.value) or (entry.value,):
                    found = merged.entry(name) if isinstance(merged, Mapping) else None
                    if found is not None:
                        return found
        return None

    def get(self, name: str) -> Optional[Node]:
        """Return the value of that name, or None."""
        entry = self.entry(name)
        return entry.value if entry is not None else None


class Sequence(NamedTuple):
    """Items in order; ``block``: in YAML's block style."""

    items: tuple[Node, ...]
    start: int
    end: int
    tag: str = ""
    block: bool = False


Node = Union[Scalar, Mapping, Sequence]


def at(node: Optional[Node], *path: Step) -> Optional[Node]:
    """Return the node at the end of a path of names and numbers, None when there is none."""
    for step in path:
        if isinstance(node, Mapping) and isinstance(step, str):
            node = node.get(step)
        elif isinstance(node, Sequence) and isinstance(step, int):
            node = node.items[step] if -len(node.items) <= step < len(node.items) else None
        else:
            return None
    return node


def text_at(node: Optional[Node], *path: Step) -> Optional[str]:
    """Return the text at the end of a path, None where there is none or it is not known."""
    found = at(node, *path)
    return found.value if isinstance(found, Scalar) else None


def entries_of(node: Optional[Node]) -> tuple[Entry, ...]:
    """Return the entries of a mapping, none of anything else."""
    return node.entries if isinstance(node, Mapping) else ()


def items_of(node: Optional[Node]) -> tuple[Node, ...]:
    """Return the items of a sequence, none of anything else."""
    return node.items if isinstance(node, Sequence) else ()


def walk(root: Node) -> Iterator[tuple[tuple[Step, ...], Node]]:
    """Yield every node with its path, outer ones first; each of those that are shared once.

    Aliases of YAML share nodes, so a tree of a few lines may stand for millions.
    """
    pending: list[tuple[tuple[Step, ...], Node]] = [((), root)]
    seen: set[int] = set()
    while pending and len(seen) < _MOST_VISITED:
        path, node = pending.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        yield path, node
        inner: list[tuple[tuple[Step, ...], Node]] = []
        if isinstance(node, Mapping):
            inner = [((*path, entry.key.value or ""), entry.value) for entry in node.entries]
        elif isinstance(node, Sequence):
            inner = [((*path, number), item) for number, item in enumerate(node.items)]
        pending.extend(reversed(inner))
