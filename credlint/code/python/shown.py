"""What a call writes where people read it: to standard output, or into a log."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import Literal

from credlint.code.python.module import Module
from credlint.code.python.names import Scope, dotted
from credlint.model.lean_tuples import NamedTuple

_LEVELS = frozenset(
    ("debug", "info", "warning", "warn", "error", "critical", "exception", "fatal", "log", "trace")
)
_LOGGER = re.compile(r"(?:.*[._])?(?:log|logger|logging|LOG|LOGGER|_log|_logger)\Z")
_LOG_LIBRARIES = frozenset(("logging", "loguru", "structlog"))
_PRINTS = frozenset(
    (
        *("print", "pprint.pprint", "pprint.pp", "rich.print", "click.echo", "click.secho"),
        *("sys.stdout.write", "sys.stderr.write", "typer.echo"),
    )
)
# What gives back the text or the whole of what it is given.
_WHOLE = frozenset(
    (
        *("str", "repr", "dict", "list", "tuple", "vars", "json.dumps", "pprint.pformat"),
        *("yaml.dump", "yaml.safe_dump", "dataclasses.asdict"),
    )
)
_MOST_LOOKS = 500


class Shown(NamedTuple):
    """A call that shows what stands in some of its arguments.

    ``way``: a log, or standard output. ``name``: of the function.
    """

    node: ast.Call
    scope: Scope
    way: Literal["log", "print"]
    name: str


def iter_shown(module: Module) -> Iterator[Shown]:
    """Yield the calls that print or log."""
    for node, scope in module.names.calls:
        if not node.args and not node.keywords:
            continue
        if isinstance(node.func, ast.Attribute) and node.func.attr in _LEVELS:
            origin = module.callees.origin(node.func.value) or ""
            owner = dotted(node.func.value) or ""
            if origin.partition(".")[0] in _LOG_LIBRARIES or _LOGGER.match(owner) is not None:
                yield Shown(node, scope, "log", f"{owner or 'logging'}.{node.func.attr}")
                continue
        name = module.callees.origin(node.func) or ""
        if name in _PRINTS:
            yield Shown(node, scope, "print", name)


def pieces(module: Module, call: ast.Call) -> Iterator[ast.expr]:
    """Yield the expressions of which a call shows the whole value.

    What functions make of a value, and parts of it, are no longer it: ``len(x)``, ``x[-4:]``.
    """
    pending: list[ast.AST] = [*call.args, *(keyword.value for keyword in call.keywords)]
    looks = 0
    while pending and looks < _MOST_LOOKS:
        node = pending.pop()
        looks += 1
        if isinstance(node, (ast.JoinedStr, ast.BoolOp)):
            pending.extend(node.values)
        elif isinstance(node, (ast.FormattedValue, ast.Starred)):
            pending.append(node.value)
        elif isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Add, ast.Mod)):
            pending += [node.left, node.right]
        elif isinstance(node, (ast.Tuple, ast.List)):
            pending.extend(node.elts)
        elif isinstance(node, ast.Dict):
            pending.extend(node.values)
        elif isinstance(node, ast.IfExp):
            pending += [node.body, node.orelse]
        elif isinstance(node, ast.Call) and _gives_back(module, node):
            pending += [*node.args, *(keyword.value for keyword in node.keywords)]
        elif isinstance(node, ast.expr) and not isinstance(node, ast.Constant):
            yield node


def _gives_back(module: Module, node: ast.Call) -> bool:
    is_format = isinstance(node.func, ast.Attribute) and node.func.attr in ("format", "join")
    return is_format or (module.callees.origin(node.func) or "") in _WHOLE


def texts(call: ast.Call) -> str:
    """Return the literal texts within the arguments, together."""
    found = [
        node.value
        for argument in (*call.args, *(keyword.value for keyword in call.keywords))
        for node in ast.walk(argument)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]
    return " ".join(found)
