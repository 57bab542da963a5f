"""Trees of mappings, sequences and scalars with the places they stand at."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Optional, Union

from credlint.model.lean_tuples import NamedTuple

Step = Union[str, int]
_MERGE = "<<"


class Scalar(NamedTuple):
    """A text, number or nothing.

    ``value``: as text, unescaped; None where a template stands in it, so that it is not known.
    ``start``, ``end``: bytes of the source, quotes included. ``style``: ``plain``, ``single``,
    ``double``, ``literal`` or ``folded``. ``tag``: a YAML tag as written (``!Sub``), empty for
    none. ``written``: the source of a value with templates, else equal to ``value``. ``body``:
    where it begins behind its tag and anchor, -1 where it has none.
    """

    value: Optional[str]
    start: int
    end: int
    style: str = "plain"
    tag: str = ""
    written: str = ""
    body: int = -1

    @property
    def inside(self) -> int:
        """Return where it begins, its tag and anchor left out."""
        return self.body if self.body >= 0 else self.start


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
        """Return the last entry of that name, as readers of YAML and JSON take it, or None.

        What is merged into the mapping comes after its own.
        """
        for mapping in with_merged(self):
            for entry in reversed(mapping.entries):
                if entry.key.value == name:
                    return entry
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
    """Return the entries of a mapping and those merged into it, none of anything else.

    Of entries of one name that are merged the one that counts is there; a mapping's own are all
    there, as they stand.
    """
    if not isinstance(node, Mapping):
        return ()
    own = node.entries
    if not any(map(is_merge, own)):
        return own
    found = [entry for entry in own if not is_merge(entry)]
    taken = {entry.key.value for entry in found}
    for mapping in with_merged(node)[1:]:
        last = {entry.key.value: entry for entry in mapping.entries if not is_merge(entry)}
        found += [entry for name, entry in last.items() if name is None or name not in taken]
        taken.update(last)
    return tuple(found)


def is_merge(entry: Entry) -> bool:
    """Tell whether it is a merge key of YAML 1.1 (https://yaml.org/type/merge.html)."""
    key = entry.key
    return key.value == _MERGE and key.style == "plain" and not key.tag


def merged_by(entry: Entry) -> tuple[Mapping, ...]:
    """Return the mappings that a merge key names, the one that counts most first."""
    value = entry.value
    named = value.items if isinstance(value, Sequence) else (value,)
    return tuple(node for node in named if isinstance(node, Mapping))


def with_merged(node: Mapping) -> tuple[Mapping, ...]:
    """Return the mapping and all that is merged into it, the one that counts most first.

    How much that is has the reader bounded. Of several merge keys the last counts most.
    """
    pending = [node]
    found: dict[int, Mapping] = {}
    while pending:
        mapping = pending.pop()
        if id(mapping) in found:
            continue
        found[id(mapping)] = mapping
        for entry in mapping.entries:
            if is_merge(entry):
                pending.extend(reversed(merged_by(entry)))
    return tuple(found.values())


def items_of(node: Optional[Node]) -> tuple[Node, ...]:
    """Return the items of a sequence, none of anything else."""
    return node.items if isinstance(node, Sequence) else ()


def walk(root: Node) -> Iterator[tuple[tuple[Step, ...], Node]]:
    """Yield every node with its path, outer ones first; each of those that are shared once.

    Aliases of YAML share nodes, so a tree of a few lines may stand for millions. How many there
    are in truth has the reader bounded.
    """
    pending: list[tuple[tuple[Step, ...], Node]] = [((), root)]
    seen: set[int] = set()
    while pending:
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
