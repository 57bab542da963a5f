"""Which function a call is of, through imports, variables and partial()."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from typing import Optional

from credlint.code.python.names import Names, Scope, dotted
from credlint.code.python.values import Evaluator
from credlint.model.lean_tuples import NamedTuple

LIBRARIES = frozenset(("boto3", "botocore", "aioboto3", "aiobotocore"))
_PARTIAL = ("functools.partial", "functools.partialmethod")
_UNKNOWN = "session"
_MOST_STEPS = 20


class Callee(NamedTuple):
    """What is called: a dotted origin, and the arguments that ``partial`` has set already.

    ``session.NAME`` stands for a method of an object that is not known.
    """

    name: str
    arguments: tuple[ast.expr, ...] = ()
    keywords: tuple[ast.keyword, ...] = ()
    is_method: bool = False


class Call(NamedTuple):
    """A call whose function is known.

    ``callee``: the dotted origin (``boto3.client``), or ``session.NAME`` for a method of an object
    that is not known. ``arguments``, ``keywords``: those of ``partial`` taken as its own.
    ``is_method``: of some object, known by the name of the method alone.
    """

    node: ast.Call
    callee: str
    arguments: list[ast.expr]
    keywords: list[ast.keyword]
    scope: Scope
    is_method: bool = False

    @property
    def method(self) -> str:
        """Return the last name of what is called."""
        return self.callee.rpartition(".")[2]

    @property
    def is_aws(self) -> bool:
        """Tell whether it is of boto3 or a relative, or a method of an unknown object.

        Where the file names one of the libraries, a method with one of their well-known names and
        their keywords is taken for theirs.
        """
        return self.is_method or self.callee.partition(".")[0] in LIBRARIES

    def argument(self, name: str, position: int = -1) -> Optional[ast.expr]:
        """Return what is given for a parameter by name or place; see also ``Module.given``."""
        for keyword in self.keywords:
            if keyword.arg == name:
                return keyword.value
        if 0 <= position < len(self.arguments) and not any(
            isinstance(each, ast.Starred) for each in self.arguments[: position + 1]
        ):
            return self.arguments[position]
        return None


class Callees:
    """Resolves what the calls of one module are of."""

    def __init__(self, names: Names, evaluate: Evaluator) -> None:
        self._names = names
        self._evaluate = evaluate
        self._by_name: Optional[dict[str, list[tuple[int, Call]]]] = None

    def named(self, methods: Iterable[str]) -> list[Call]:
        """Return the calls of functions and methods that are called so at last, in order.

        An import's name is what it has at its origin: ``from boto3 import client as c`` makes
        ``c()`` one of ``client``; so does ``make = boto3.client``.
        """
        if self._by_name is None:
            self._by_name = {}
            for place, call in enumerate(self._calls()):
                self._by_name.setdefault(call.method, []).append((place, call))
        by_name = self._by_name
        found = [each for method in set(methods) for each in by_name.get(method, ())]
        return [call for _, call in sorted(found, key=lambda each: each[0])]

    def _calls(self) -> Iterator[Call]:
        for node, scope in self._names.calls:
            callee = self._of(node.func, scope)
            if callee is None:
                continue
            if callee.name in _PARTIAL:
                callee = self._partial(node, scope, 0)
                if callee is not None:
                    yield Call(
                        node,
                        callee.name,
                        list(callee.arguments),
                        list(callee.keywords),
                        scope,
                        callee.is_method,
                    )
                continue
            yield Call(
                node,
                callee.name,
                [*callee.arguments, *node.args] if callee.arguments else node.args,
                [*callee.keywords, *node.keywords] if callee.keywords else node.keywords,
                scope,
                callee.is_method,
            )

    def origin(self, node: ast.expr) -> Optional[str]:
        """Return the dotted origin of an expression by the module's imports, of any library."""
        name = dotted(node)
        if name is None:
            return None
        root = name.partition(".")[0]
        origin = self._names.imports.get(root)
        return name if origin is None else origin + name[len(root) :]

    def source(self, node: ast.expr, scope: Scope) -> Optional[str]:
        """Return the dotted origin as ``origin`` does, variables followed as well.

        ``env = os.environ`` makes ``env`` that; what is not imported has no origin.
        """
        for _ in range(_MOST_STEPS):
            name = dotted(node)
            if name is None:
                return None
            root, _, rest = name.partition(".")
            origin = self._names.imports.get(root)
            if origin is not None:
                return f"{origin}.{rest}" if rest else origin
            while isinstance(node, ast.Attribute):
                node = node.value
            values = self._evaluate.sources(node, scope)
            inner = dotted(values[0]) if len(values) == 1 else None
            if inner is None:
                return None
            node = values[0]
            if rest:
                for part in rest.split("."):
                    node = ast.Attribute(node, part, ast.Load())
        return None

    def _of(self, node: ast.expr, scope: Scope, steps: int = 0) -> Optional[Callee]:
        if isinstance(node, ast.Name):
            return self._of_name(node, scope, steps)
        if not isinstance(node, ast.Attribute):
            return None
        root: ast.expr = node
        while isinstance(root, ast.Attribute):
            root = root.value
        if isinstance(root, ast.Name) and root.id in self._names.imports:
            return Callee(self.origin(node) or "")
        return Callee(f"{_UNKNOWN}.{node.attr}", is_method=True)

    def _of_name(self, node: ast.Name, scope: Scope, steps: int) -> Optional[Callee]:
        origin = self._names.imports.get(node.id)
        if origin is not None:
            return Callee(origin)
        if steps > _MOST_STEPS:
            return None
        for value in self._evaluate.sources(node, scope):
            found = (
                self._partial(value, scope, steps + 1)
                if isinstance(value, ast.Call)
                else self._of(value, scope, steps + 1)
            )
            if found is not None:
                return found
        return None

    def _partial(self, node: ast.Call, scope: Scope, steps: int) -> Optional[Callee]:
        """Return what ``partial(function, …)`` will call."""
        if not node.args or self.origin(node.func) not in _PARTIAL or steps > _MOST_STEPS:
            return None
        inner = self._of(node.args[0], scope, steps + 1)
        if inner is None:
            return None
        return Callee(
            inner.name,
            (*inner.arguments, *node.args[1:]),
            (*inner.keywords, *node.keywords),
            inner.is_method,
        )
