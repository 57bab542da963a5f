"""What nothing uses any more once a part of a module is gone: assignments, imported names."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from typing import Optional, Union

from credlint.code.python.edits import Import
from credlint.code.python.environment import is_reader
from credlint.code.python.module import Module
from credlint.model.lean_tuples import NamedTuple

# Importing these does nothing but give a name.
_HARMLESS = frozenset(("os", "decouple"))
# Through these any name may be used.
_REFLECTION = frozenset(("globals", "locals", "vars", "eval", "exec", "__getattr__"))
# What a value may be made of for its assignment to do nothing but give a name.
_PLAIN = (
    *(ast.Constant, ast.JoinedStr, ast.FormattedValue, ast.BinOp, ast.BoolOp, ast.IfExp),
    *(ast.Name, ast.Attribute, ast.Subscript, ast.Dict, ast.Tuple, ast.List, ast.keyword),
    *(ast.operator, ast.boolop, ast.expr_context),
)
Node = Union[ast.expr, ast.stmt, ast.keyword]


class Unused(NamedTuple):
    """What may go with the nodes that go.

    ``statements``: assignments. ``imported``: of an import the names. ``visible``: names that
    another module could use, since they are none of a function.
    """

    statements: list[ast.stmt]
    imported: list[tuple[Import, set[str]]]
    visible: set[str]


class _Uses:
    """Where the names of a module are bound and used, without those parts that go."""

    def __init__(self, module: Module) -> None:
        self.module = module
        self.assignments: dict[str, list[ast.stmt]] = {}
        self.imports: dict[str, list[Import]] = {}
        self.local: set[int] = set()
        self.words: dict[str, set[int]] = {}
        self._collect()

    def _collect(self) -> None:
        for node in ast.walk(self.module.tree):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                self.local.update(map(id, ast.walk(node)))
            for word in _words_of(node):
                self.words.setdefault(word, set()).add(id(node))
            target = _target_of(node)
            if target is not None:
                self.assignments.setdefault(target.id, []).append(node)  # type: ignore[arg-type]
            elif isinstance(node, (ast.Import, ast.ImportFrom)):
                for alias in node.names:
                    name = alias.asname or alias.name.partition(".")[0]
                    self.imports.setdefault(name, []).append(node)

    def unused_assignments(self, names: Iterable[str], gone: set[int]) -> Iterator[ast.stmt]:
        """Yield what gives one of the names its only value, for nobody."""
        for name in names:
            bound = self.assignments.get(name, [])
            if len(bound) == 1 and name not in self.imports:
                only = {id(_target_of(bound[0]))}
                if self.words[name] - gone <= only and _is_plain(self.module, bound[0]):
                    yield bound[0]

    def unused_imports(self, names: Iterable[str], gone: set[int]) -> list[tuple[Import, set[str]]]:
        """Return the imports that bring one of the names for nobody, with those names."""
        found: dict[int, tuple[Import, set[str]]] = {}
        for name in names:
            statements = self.imports.get(name, [])
            origin = self.module.names.imports.get(name, "").partition(".")[0]
            if len(statements) == 1 and origin in _HARMLESS and self.words[name] <= gone:
                found.setdefault(id(statements[0]), (statements[0], set()))[1].add(name)
        return list(found.values())


def _words_of(node: ast.AST) -> Iterator[str]:
    """Yield the names that a node binds or uses, but those that an import gives."""
    if isinstance(node, ast.Name):
        yield node.id
    elif isinstance(node, ast.Attribute):
        yield node.attr
    elif isinstance(node, ast.Constant) and isinstance(node.value, str):
        if node.value.isidentifier():
            yield node.value
    elif isinstance(node, ast.arg):
        yield node.arg
    elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        yield node.name
    elif isinstance(node, (ast.Global, ast.Nonlocal)):
        yield from node.names
    elif isinstance(node, ast.ExceptHandler) and node.name:
        yield node.name


def _target_of(node: ast.AST) -> Optional[ast.Name]:
    if isinstance(node, ast.Assign) and len(node.targets) == 1:
        target = node.targets[0]
    elif isinstance(node, ast.AnnAssign) and node.value is not None:
        target = node.target
    else:
        return None
    return target if isinstance(target, ast.Name) else None


def left_unused(module: Module, going: Iterable[Node]) -> Unused:
    """Return what only the given nodes used; nothing where names are used by reflection."""
    uses = _Uses(module)
    if not _REFLECTION.isdisjoint(uses.words):
        return Unused([], [], set())
    gone: set[int] = set()
    names: dict[str, None] = {}
    statements: list[ast.stmt] = []
    fresh: list[Node] = list(going)
    while fresh:
        for node in fresh:
            for inner in ast.walk(node):
                gone.add(id(inner))
                if not isinstance(inner, ast.Constant):
                    names.update(dict.fromkeys(_words_of(inner)))
        more = [each for each in uses.unused_assignments(names, gone) if each not in statements]
        statements += more
        fresh = [*more]
    outside = [_target_of(each) for each in statements if id(each) not in uses.local]
    visible = {target.id for target in outside if target is not None}
    return Unused(statements, uses.unused_imports(names, gone), visible)


def _is_plain(module: Module, statement: ast.stmt) -> bool:
    """Tell whether an assignment does nothing but give a name."""
    value = getattr(statement, "value", None)
    pending: list[ast.AST] = [value] if value is not None else []
    while pending:
        node = pending.pop()
        if isinstance(node, ast.Call):
            if not is_reader(module, node):
                return False
            pending += [*node.args, *node.keywords]
        elif not isinstance(node, _PLAIN):
            return False
        else:
            pending += ast.iter_child_nodes(node)
    return True
