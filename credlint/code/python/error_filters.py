"""Whether a handler looks at what went wrong before it goes on."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from credlint.code.python.module import Module
from credlint.code.python.names import dotted
from credlint.code.python.tree import walk_body

# What only tells of an error. By the last name of the function.
_TELLING = frozenset(
    (
        *("debug", "info", "warning", "warn", "error", "critical", "exception", "log", "print"),
        *("str", "repr", "type", "format", "append", "echo", "secho", "write", "format_exc"),
        *("print_exc", "join", "vvv", "vv", "msg", "trace", "fatal", "put", "add", "set", "get"),
        *("format_exception", "isoformat", "dumps", "getattr", "capture_exception", "pprint"),
    )
)


def is_filtered(module: Module, handler: ast.ExceptHandler) -> bool:
    """Tell whether the handler asks for the code of the error, itself or by one function.

    A function of another module that is given the error may ask, too.
    """
    tainted = {handler.name} if handler.name else set()
    for node in walk_body(handler.body):
        if not isinstance(node, (ast.Assign, ast.AnnAssign, ast.NamedExpr, ast.AugAssign)):
            continue
        if node.value is not None and _mentions(node.value, tainted):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            inside = [each for target in targets for each in ast.walk(target)]
            tainted |= {each.id for each in inside if isinstance(each, ast.Name)}
    for node in walk_body(handler.body):
        if any(_mentions(test, tainted) for test in _tests(node)):
            return True
        if isinstance(node, ast.Call) and _asks(module, node, tainted):
            return True
    return False


def _tests(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, (ast.If, ast.While, ast.IfExp, ast.Assert)):
        yield node.test
    elif type(node).__name__ == "Match":
        yield node.subject  # type: ignore[attr-defined]  # since Python 3.10
    elif isinstance(node, (ast.Compare, ast.BoolOp)):
        yield node


def _mentions(node: ast.AST, tainted: set[str]) -> bool:
    for each in ast.walk(node):
        if isinstance(each, ast.Name) and each.id in tainted:
            return True
        if isinstance(each, ast.Attribute) and each.attr == "exc_info":
            return True
    return False


def _asks(module: Module, node: ast.Call, tainted: set[str]) -> bool:
    given = [*node.args, *(keyword.value for keyword in node.keywords)]
    if not any(_mentions(each, tainted) for each in given):
        return False
    name = (dotted(node.func) or "").rpartition(".")[2]
    if isinstance(node.func, ast.Attribute):
        name = node.func.attr
    if name in _TELLING:
        return False
    called = module.around.called(node.func)
    if called is None:
        return True
    return any(isinstance(each, (ast.Raise, ast.If, ast.Compare)) for each in ast.walk(called))
