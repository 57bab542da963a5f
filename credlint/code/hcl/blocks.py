"""Blocks and arguments of HCL with the places they stand at; values are read when asked for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Callable, Optional

from credlint.code.marked.nodes import Mapping, Node, Scalar
from credlint.model.lean_tuples import NamedTuple


class Argument:
    """``name = value``; ``start``, ``end``: bytes of the whole of it."""

    __slots__ = ("_made", "_read", "_tree", "end", "name", "start")

    def __init__(
        self,
        name: str,
        start: int,
        end: int,
        tree: Any,  # noqa: ANN401  the parser's, which only `read` knows
        read: Callable[[Any], Node],
    ) -> None:
        self.name = name
        self.start = start
        self.end = end
        self._tree = tree
        self._read = read
        self._made: Optional[Node] = None

    @property
    def value(self) -> Node:
        """Return the value; see values.py for what becomes of references, templates and calls."""
        if self._made is None:
            self._made = self._read(self._tree)
        return self._made


class Body(NamedTuple):
    """What stands between braces, or in a whole file.

    ``arguments``: by name. ``start``, ``end``: bytes between the braces, which are outside.
    """

    arguments: dict[str, Argument]
    blocks: tuple[Block, ...]
    start: int
    end: int

    def get(self, name: str) -> Optional[Node]:
        """Return the value of an argument, or None."""
        argument = self.arguments.get(name)
        return argument.value if argument is not None else None

    def text(self, name: str) -> Optional[str]:
        """Return the text of an argument, None where there is none or it is not known."""
        value = self.get(name)
        return value.value if isinstance(value, Scalar) else None

    def of(self, kind: str) -> Iterator[Block]:
        """Yield the inner blocks of that kind; of ``dynamic`` ones what they are made from."""
        for block in self.blocks:
            if block.kind == kind:
                yield block
            elif block.kind == "dynamic" and block.labels == (kind,):
                yield from (inner for inner in block.body.blocks if inner.kind == "content")

    def first(self, kind: str) -> Optional[Block]:
        """Return the first inner block of that kind, or None."""
        return next(self.of(kind), None)


class Block(NamedTuple):
    """``kind "label" "label" { … }``; ``start``, ``end``: bytes of all of it.

    ``head_end``: where the labels end.
    """

    kind: str
    labels: tuple[str, ...]
    body: Body
    start: int
    head_end: int
    end: int

    def label(self, number: int) -> str:
        """Return a label, empty where there is none."""
        return self.labels[number] if number < len(self.labels) else ""

    @property
    def address(self) -> str:
        """Return how Terraform names it: ``aws_instance.web``."""
        names = self.labels if self.kind == "resource" else (self.kind, *self.labels)
        return ".".join(names)


def entry_text(node: Optional[Node], name: str) -> Optional[str]:
    """Return the text of an entry of an object, None where it is not known."""
    value = node.get(name) if isinstance(node, Mapping) else None
    return value.value if isinstance(value, Scalar) else None
