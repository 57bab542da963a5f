"""What stands around a node: its parents, its scope, and the functions of the module by name."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from typing import Any, Optional, Union

from credlint.code.python.names import Fields, Scope

Function = Union[ast.FunctionDef, ast.AsyncFunctionDef]
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
# What a statement in it does is done later, elsewhere, or not at all.
_OTHER_BODIES = (*FUNCTIONS, ast.Lambda, ast.ClassDef)
_NAMED = (*FUNCTIONS, ast.ClassDef)


class Tree:
    """Made by one walk over the tree, when a rule asks for it first.

    ``functions``, ``tries``: all of them, in order.
    """

    def __init__(self, root: ast.Module) -> None:
        self._parents = parents = dict[int, ast.AST]()
        self._by_name: dict[str, list[Function]] = {}
        self.functions: list[Function] = []
        self.tries: list[ast.Try] = []
        pending: list[ast.AST] = [root]
        fields = Fields()
        while pending:
            node = pending.pop()
            if isinstance(node, FUNCTIONS):
                self._by_name.setdefault(node.name, []).append(node)
                self.functions.append(node)
            elif isinstance(node, ast.Try):
                self.tries.append(node)
            for name in fields[node.__class__]:
                value: Any = getattr(node, name, None)
                if value.__class__ is list:
                    for item in value:
                        if isinstance(item, ast.AST):
                            parents[id(item)] = node
                            pending.append(item)
                elif isinstance(value, ast.AST):
                    parents[id(value)] = node
                    pending.append(value)
        self.functions.sort(key=lambda each: each.lineno)
        self.tries.sort(key=lambda each: each.lineno)

    def ancestors(self, node: ast.AST) -> Iterator[ast.AST]:
        """Yield what the node stands in, innermost first, the module last."""
        parent = self._parents.get(id(node))
        while parent is not None:
            yield parent
            parent = self._parents.get(id(parent))

    def statement(self, node: ast.AST) -> Optional[ast.stmt]:
        """Return the innermost statement that the node is or stands in."""
        if isinstance(node, ast.stmt):
            return node
        return next((each for each in self.ancestors(node) if isinstance(each, ast.stmt)), None)

    def function_of(self, node: ast.AST) -> Optional[Function]:
        """Return the innermost function around the node."""
        return next((each for each in self.ancestors(node) if isinstance(each, FUNCTIONS)), None)

    def scope_of(self, node: ast.AST) -> Scope:
        """Return the scope that names in the node are looked up in."""
        names = [each.name for each in self.ancestors(node) if isinstance(each, _NAMED)]
        return tuple(reversed(names))

    def scope_inside(self, function: Function) -> Scope:
        """Return the scope of a function's body."""
        return (*self.scope_of(function), function.name)

    def function(self, name: str) -> Optional[Function]:
        """Return the function of that name, None if there is none or more than one."""
        found = self._by_name.get(name, [])
        return found[0] if len(found) == 1 else None

    def called(self, node: ast.expr) -> Optional[Function]:
        """Return the function of the module that ``f`` or ``self.f`` names."""
        if isinstance(node, ast.Name):
            return self.function(node.id)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            return self.function(node.attr) if node.value.id in ("self", "cls") else None
        return None


def walk_body(nodes: Sequence[ast.AST]) -> Iterator[ast.AST]:
    """Yield all nodes of some nodes but those of functions and classes defined in them."""
    pending: list[ast.AST] = list(reversed(nodes))
    while pending:
        node = pending.pop()
        yield node
        if not isinstance(node, _OTHER_BODIES):
            pending.extend(reversed(list(ast.iter_child_nodes(node))))


def parameters(function: Function) -> list[str]:
    """Return the names of the parameters that may be given by position."""
    arguments = function.args
    return [each.arg for each in (*getattr(arguments, "posonlyargs", ()), *arguments.args)]
