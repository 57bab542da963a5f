"""What names stand for in one module: imports, and assignments by scope."""
# ruff: noqa: D102, N802  the collector calls methods by the names of the nodes

from __future__ import annotations

import ast
from typing import Any, Optional

from credlint.model.lean_dataclasses import dataclass, field
from credlint.model.lean_tuples import NamedTuple

_MODULE = ()
# TryStar came with Python 3.11, Match with 3.10.
_BLOCKS = ("If", "For", "AsyncFor", "While", "Try", "TryStar", "Match")
_MAY_NOT_RUN = tuple(getattr(ast, name) for name in _BLOCKS if hasattr(ast, name))
_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_ENTERED = frozenset((*_SCOPES, *_MAY_NOT_RUN))
_VISIT = "visit_"
# Levels of expressions and blocks; names and constants are not counted.
DEEPEST_TREE = 120
# These hold operators, contexts, positions and texts.
_NO_NODES = frozenset(
    (
        *("ctx", "op", "ops", "id", "attr", "arg", "module", "level", "type_comment"),
        *("type_ignores", "conversion", "simple", "is_async", "kind"),
    )
)
_LEAVES = frozenset((ast.Name, ast.Constant, ast.Pass, ast.alias, str, int, bool, type(None)))
# A scope is the path of function and class names around a statement.
Scope = tuple[str, ...]


# What ``from MODULE import *`` brings, of the modules that rules are about. Read from boto3 1.44.5
# and botocore 1.44.5, which have no ``__all__``, and from ``os`` of Python 3.11; a test compares.
STARS = {
    "boto3": ("Session", "client", "resource", "session", "setup_default_session"),
    "boto3.session": ("Session",),
    "aioboto3": ("Session",),
    "aiobotocore.session": ("AioSession", "get_session"),
    "botocore.config": ("Config",),
    "botocore.credentials": ("Credentials",),
    "botocore.session": ("Session", "get_session"),
    "os": ("environ", "getenv", "putenv"),
}


class Assignment(NamedTuple):
    """One value given to a name.

    ``scope``: where the value is evaluated. ``conditional``: inside an if, loop, try or the like.
    ``is_default``: of a parameter.
    """

    value: Optional[ast.expr]
    scope: Scope
    conditional: bool
    is_default: bool = False


@dataclass
class Names:
    """All that the first pass learns.

    ``imports``: local name to dotted origin, those of ``STARS`` among them. ``assigned``: (scope,
    name) to assignments in order; a parameter is an assignment of its default or without value.
    ``items``: values set by subscript; ``maybe``: identities of those that are set in a block that
    may not run. ``returned``: by the scope of a function what it gives
    back. ``calls``: every call with the scope it stands in, in order.
    ``stores``: assignments to ``x[…]`` with the scope they stand in, in order.
    """

    imports: dict[str, str] = field(default_factory=dict)
    assigned: dict[tuple[Scope, str], list[Assignment]] = field(default_factory=dict)
    items: dict[tuple[Scope, str], dict[str, ast.expr]] = field(default_factory=dict)
    maybe: set[int] = field(default_factory=set)
    classes: set[Scope] = field(default_factory=set)
    returned: dict[Scope, list[ast.expr]] = field(default_factory=dict)
    calls: list[tuple[ast.Call, Scope]] = field(default_factory=list)
    stores: list[tuple[ast.Assign, Scope]] = field(default_factory=list)

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


def dotted(node: ast.expr) -> Optional[str]:
    """Return ``a.b.c`` for a chain of names, None for anything else."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name):
        return None
    parts.append(node.id)
    return ".".join(reversed(parts))


class TooDeepError(Exception):
    """The tree is deeper than any that people write."""


class Fields(dict[type, tuple[str, ...]]):
    """Of a kind of node the fields in which others may stand, worked out when it is first met."""

    def __missing__(self, kind: type[ast.AST]) -> tuple[str, ...]:
        fields = self[kind] = tuple(name for name in kind._fields if name not in _NO_NODES)
        return fields


class NameCollector:
    """First pass: fills a :class:`Names` by one walk over the tree.

    Most of its time is the walk itself, so what cannot hold a name or a call is not entered, and
    the depth is watched on the way.
    """

    def __init__(self) -> None:
        self.names = Names()
        self.scope: Scope = _MODULE
        self._blocks = 0
        self._fields = Fields()
        self._methods = {
            getattr(ast, name[len(_VISIT) :]): getattr(self, name)
            for name in dir(self)
            if name.startswith(_VISIT)
        }

    @property
    def conditional(self) -> bool:
        """Tell whether the walk is inside a block that may not run."""
        return self._blocks > 0

    def visit(self, node: ast.AST, depth: int = 0) -> None:
        """Enter functions, classes and blocks that may not run, and leave them again.

        Raises TooDeepError. RecursionError cannot come from a tree as shallow as the limit.
        """
        if isinstance(node, _SCOPES):
            outer, blocks = self.scope, self._blocks
            self.scope, self._blocks = (*outer, node.name), 0
            self._descend(node, depth)
            self.scope, self._blocks = outer, blocks
        elif isinstance(node, _MAY_NOT_RUN):
            self._blocks += 1
            self._descend(node, depth)
            self._blocks -= 1
        else:
            self._descend(node, depth)

    def _descend(self, node: ast.AST, depth: int) -> None:
        """Call the method for the node's kind, if there is one, then go on to what is inside."""
        if depth >= DEEPEST_TREE:
            raise TooDeepError
        kind = node.__class__
        method = self._methods.get(kind)
        if method is not None:
            method(node)
        depth += 1
        for name in self._fields[kind]:
            value: Any = getattr(node, name, None)
            if value.__class__ is list:
                for item in value:
                    inner = item.__class__
                    if inner in _ENTERED:
                        self.visit(item, depth)
                    elif inner not in _LEAVES:
                        self._descend(item, depth)
            elif value.__class__ not in _LEAVES:
                # Functions, classes and blocks stand in lists alone.
                self._descend(value, depth)

    def visit_Call(self, node: ast.Call) -> None:
        self.names.calls.append((node, self.scope))

    def visit_Import(self, node: ast.Import) -> None:
        for alias in node.names:
            origin = alias.name
            self.names.imports[alias.asname or origin.partition(".")[0]] = (
                origin if alias.asname else origin.partition(".")[0]
            )

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        if node.module is None or node.level:
            return
        for alias in node.names:
            if alias.name == "*":
                for name in STARS.get(node.module, ()):
                    self.names.imports.setdefault(name, f"{node.module}.{name}")
            else:
                self.names.imports[alias.asname or alias.name] = f"{node.module}.{alias.name}"

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        del node
        self.names.classes.add(self.scope)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        self._parameters(node.args, self.scope[:-1])

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> None:
        self._parameters(node.args, self.scope[:-1])

    def visit_Lambda(self, node: ast.Lambda) -> None:
        self._parameters(node.args, self.scope)

    def _parameters(self, given: ast.arguments, outside: Scope) -> None:
        positional = [*given.posonlyargs, *given.args]
        defaults: list[Optional[ast.expr]] = [None] * (len(positional) - len(given.defaults))
        defaults += given.defaults
        pairs = [*zip(positional, defaults), *zip(given.kwonlyargs, given.kw_defaults)]
        pairs += [(each, None) for each in (given.vararg, given.kwarg) if each is not None]
        for parameter, default in pairs:
            assignment = Assignment(default, outside, conditional=False, is_default=True)
            self.names.assigned.setdefault((self.scope, parameter.arg), []).append(assignment)

    def visit_Return(self, node: ast.Return) -> None:
        if node.value is not None:
            self.names.returned.setdefault(self.scope, []).append(node.value)

    def visit_Assign(self, node: ast.Assign) -> None:
        for target in node.targets:
            self._target(target, node.value)
            if isinstance(target, ast.Subscript):
                self.names.stores.append((node, self.scope))

    def visit_For(self, node: ast.For) -> None:
        self._target(node.target, None)

    def visit_AsyncFor(self, node: ast.AsyncFor) -> None:
        self._target(node.target, None)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        if node.value is not None:
            self._target(node.target, node.value)

    def visit_NamedExpr(self, node: ast.NamedExpr) -> None:
        self._target(node.target, node.value)

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        self._target(node.target, None)

    def visit_withitem(self, node: ast.withitem) -> None:
        if node.optional_vars is not None:
            self._target(node.optional_vars, node.context_expr)

    def _target(self, target: ast.expr, value: Optional[ast.expr]) -> None:
        if isinstance(target, ast.Name):
            self._assign(target.id, value)
        elif isinstance(target, (ast.Tuple, ast.List)):
            given = value.elts if isinstance(value, (ast.Tuple, ast.List)) else []
            same = len(given) == len(target.elts)
            for place, element in enumerate(target.elts):
                self._target(element, given[place] if same else None)
        elif isinstance(target, ast.Attribute):
            owner = dotted(target.value)
            if owner in ("self", "cls") and len(self.scope) > 1:
                self._record(self.scope[:-1], target.attr, value, conditional=True)
        elif isinstance(target, ast.Subscript) and isinstance(target.value, ast.Name) and value:
            key = target.slice
            if isinstance(key, ast.Constant) and isinstance(key.value, str):
                scope, _ = self.names.lookup(self.scope, target.value.id)
                items = self.names.items.setdefault((scope, target.value.id), {})
                items[key.value] = value
                if self.conditional:
                    self.names.maybe.add(id(value))

    def _assign(self, name: str, value: Optional[ast.expr]) -> None:
        self._record(self.scope, name, value, conditional=self.conditional)

    def _record(
        self, scope: Scope, name: str, value: Optional[ast.expr], *, conditional: bool
    ) -> None:
        assignment = Assignment(value, self.scope, conditional)
        self.names.assigned.setdefault((scope, name), []).append(assignment)
