"""Which function of a library a call is of, through aliases, variables and partial()."""

from __future__ import annotations

import ast
from typing import NamedTuple, Optional

from credlint.code.python.names import Names, Scope, dotted
from credlint.code.python.values import Evaluator

LIBRARIES = ("boto3", "botocore", "aioboto3", "aiobotocore")
_MOST_STEPS = 20


class Call(NamedTuple):
    """A call whose function is known.

    ``callee``: the dotted origin (``boto3.client``), or ``session.NAME`` for a method of an object
    that is not known. ``arguments``: the positional ones, those of ``partial`` taken as its own.
    """

    node: ast.Call
    callee: str
    arguments: list[ast.expr]
    scope: Scope

    @property
    def method(self) -> str:
        """Return the last name of what is called."""
        return self.callee.rpartition(".")[2]


class Callees:
    """Resolves what the calls of one module are of."""

    def __init__(self, names: Names, evaluate: Evaluator) -> None:
        self._names = names
        self._evaluate = evaluate
        self._of_libraries: Optional[list[Call]] = None

    def of_libraries(self) -> list[Call]:
        """Return the calls of boto3 and its relatives, and of methods of unknown objects."""
        if self._of_libraries is None:
            self._of_libraries = []
            for node, scope in self._names.calls:
                callee, arguments = self.of(node.func, scope), node.args
                if callee in ("functools.partial", "partial") and arguments:
                    callee = self.of(arguments[0], scope)
                    arguments = arguments[1:]
                if callee is not None:
                    self._of_libraries.append(Call(node, callee, arguments, scope))
        return self._of_libraries

    def origin(self, node: ast.expr) -> Optional[str]:
        """Return the dotted origin of an expression by the module's imports, of any library."""
        name = dotted(node)
        if name is None:
            return None
        root = name.partition(".")[0]
        origin = self._names.imports.get(root)
        return name if origin is None else origin + name[len(root) :]

    def of(self, node: ast.expr, scope: Scope, steps: int = 0) -> Optional[str]:
        """Return what is called as a dotted name, None when it is not of these libraries.

        A method with one of the well-known names on an unknown object counts as theirs: the
        file names one of the libraries, and the keywords are theirs alone.
        """
        if steps > _MOST_STEPS:
            return None
        if isinstance(node, ast.Name):
            return self._of_name(node, scope, steps)
        if isinstance(node, ast.Attribute):
            name = dotted(node)
            root = name.split(".")[0] if name else None
            origin = self._names.imports.get(root) if root else None
            if name and root and origin:
                full = origin + name[len(root) :]
                return full if origin.split(".")[0] in (*LIBRARIES, "functools") else None
            return f"session.{node.attr}"
        return None

    def _of_name(self, node: ast.Name, scope: Scope, steps: int) -> Optional[str]:
        origin = self._names.imports.get(node.id)
        if origin is not None:
            return origin if origin.split(".")[0] in (*LIBRARIES, "functools") else None
        for value in self._evaluate.sources(node, scope):
            found = self.of(value, scope, steps + 1)
            if found is not None:
                return found
        return None
