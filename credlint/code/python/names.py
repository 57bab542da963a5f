"""What names stand for in one module: imports, and assignments by scope."""
# ruff: noqa: N802, D102  libcst calls visitors by the names of its nodes

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Optional

import libcst as cst

_MODULE = ()
_MAY_NOT_RUN = (cst.If, cst.For, cst.While, cst.Try, cst.TryStar, cst.Match)
# A scope is the path of function and class names around a statement.
Scope = tuple[str, ...]


@dataclass(frozen=True)
class Assignment:
    """One value given to a name; ``conditional`` inside an if, loop, try or the like."""

    value: Optional[cst.BaseExpression]
    conditional: bool


@dataclass
class Names:
    """All that the first pass learns.

    ``imports``: local name to dotted origin. ``assigned``: (scope, name) to assignments in
    order; a parameter is an assignment without value. ``items``: values set by subscript.
    """

    imports: dict[str, str] = field(default_factory=dict)
    assigned: dict[tuple[Scope, str], list[Assignment]] = field(default_factory=dict)
    items: dict[tuple[Scope, str], dict[str, cst.BaseExpression]] = field(default_factory=dict)
    classes: set[Scope] = field(default_factory=set)

    def lookup(self, scope: Scope, name: str) -> tuple[Scope, list[Assignment]]:
        """Return the innermost scope that assigns the name, and its assignments there.

        Class bodies are not searched from inside their functions, as in Python itself.
        """
        current: Scope = scope
        while True:
            found = self.assigned.get((current, name))
            if found is not None and (current == scope or current not in self.classes):
                return current, found
            if not current:
                return _MODULE, []
            current = current[:-1]


def dotted(node: cst.BaseExpression) -> Optional[str]:
    """Return ``a.b.c`` for a chain of names, None for anything else."""
    parts: list[str] = []
    while isinstance(node, cst.Attribute):
        parts.append(node.attr.value)
        node = node.value
    if not isinstance(node, cst.Name):
        return None
    parts.append(node.value)
    return ".".join(reversed(parts))


class ScopeVisitor(cst.CSTVisitor):
    """Keeps ``scope`` and ``nesting`` (of conditional blocks) while it walks."""

    def __init__(self) -> None:
        super().__init__()
        self.scope: Scope = _MODULE
        self._nesting: list[int] = [0]

    @property
    def conditional(self) -> bool:
        """Tell whether the walk is inside a block that may not run."""
        return self._nesting[-1] > 0

    def _enter(self, name: str) -> None:
        self.scope = (*self.scope, name)
        self._nesting.append(0)

    def _leave(self) -> None:
        self.scope = self.scope[:-1]
        self._nesting.pop()

    def on_visit(self, node: cst.CSTNode) -> bool:
        """Enter functions, classes and blocks that may not run."""
        if isinstance(node, (cst.FunctionDef, cst.ClassDef)):
            self._enter(node.name.value)
        elif isinstance(node, _MAY_NOT_RUN):
            self._nesting[-1] += 1
        return super().on_visit(node)

    def on_leave(self, original_node: cst.CSTNode) -> None:
        """Leave what :meth:`on_visit` entered."""
        super().on_leave(original_node)
        if isinstance(original_node, (cst.FunctionDef, cst.ClassDef)):
            self._leave()
        elif isinstance(original_node, _MAY_NOT_RUN):
            self._nesting[-1] -= 1


class NameCollector(ScopeVisitor):
    """First pass: fills a :class:`Names`."""

    def __init__(self) -> None:
        super().__init__()
        self.names = Names()

    def visit_Import(self, node: cst.Import) -> None:
        for alias in node.names:
            origin = dotted(alias.name)
            if origin is None:
                continue
            local = alias.evaluated_alias
            self.names.imports[local or origin.partition(".")[0]] = (
                origin if local else origin.partition(".")[0]
            )

    def visit_ImportFrom(self, node: cst.ImportFrom) -> None:
        module = dotted(node.module) if node.module is not None else None
        if module is None or node.relative or isinstance(node.names, cst.ImportStar):
            return
        for alias in node.names:
            self.names.imports[alias.evaluated_alias or alias.evaluated_name] = (
                f"{module}.{alias.evaluated_name}"
            )

    def visit_ClassDef(self, node: cst.ClassDef) -> None:
        del node
        self.names.classes.add(self.scope)

    def visit_Param(self, node: cst.Param) -> None:
        self._assign(node.name.value, None)

    def visit_Assign(self, node: cst.Assign) -> None:
        for target in node.targets:
            self._target(target.target, node.value)

    def visit_AnnAssign(self, node: cst.AnnAssign) -> None:
        if node.value is not None:
            self._target(node.target, node.value)

    def visit_NamedExpr(self, node: cst.NamedExpr) -> None:
        self._target(node.target, node.value)

    def visit_AugAssign(self, node: cst.AugAssign) -> None:
        self._target(node.target, None)

    def visit_With(self, node: cst.With) -> None:
        for item in node.items:
            if item.asname is not None:
                self._target(item.asname.name, item.item)

    def _target(self, target: cst.BaseExpression, value: Optional[cst.BaseExpression]) -> None:
        if isinstance(target, cst.Name):
            self._assign(target.value, value)
        elif isinstance(target, cst.Tuple):
            self._unpack(target, value)
        elif isinstance(target, cst.Attribute):
            owner = dotted(target.value)
            if owner in ("self", "cls") and len(self.scope) > 1:
                self._record(self.scope[:-1], target.attr.value, value, conditional=True)
        elif isinstance(target, cst.Subscript) and isinstance(target.value, cst.Name) and value:
            key = _only_index(target)
            if isinstance(key, cst.SimpleString) and isinstance(key.evaluated_value, str):
                scope, _ = self.names.lookup(self.scope, target.value.value)
                self.names.items.setdefault((scope, target.value.value), {})[
                    key.evaluated_value
                ] = value

    def _unpack(self, target: cst.Tuple, value: Optional[cst.BaseExpression]) -> None:
        given = value.elements if isinstance(value, (cst.Tuple, cst.List)) else ()
        same = len(given) == len(target.elements)
        for place, element in enumerate(target.elements):
            self._target(element.value, given[place].value if same else None)

    def _assign(self, name: str, value: Optional[cst.BaseExpression]) -> None:
        self._record(self.scope, name, value, conditional=self.conditional)

    def _record(
        self, scope: Scope, name: str, value: Optional[cst.BaseExpression], *, conditional: bool
    ) -> None:
        self.names.assigned.setdefault((scope, name), []).append(Assignment(value, conditional))


def _only_index(node: cst.Subscript) -> Optional[cst.BaseExpression]:
    if len(node.slice) == 1 and isinstance(node.slice[0].slice, cst.Index):
        return node.slice[0].slice.value
    return None
