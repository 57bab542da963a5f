"""Loops that do the same thing again when it has failed."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from typing import Optional, Union

from credlint.code.python.exceptions import Kind, is_of_aws, kind_of
from credlint.code.python.module import Module
from credlint.code.python.names import Scope, dotted
from credlint.code.python.tree import walk_body
from credlint.model.lean_tuples import NamedTuple

Loop = Union[ast.While, ast.For, ast.AsyncFor]
_LOOPS = (ast.While, ast.For, ast.AsyncFor)
_BOUNDARIES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda, *_LOOPS)
_COUNTERS = frozenset(("range", "xrange", "count"))
_ENDS = frozenset(("sys.exit", "exit", "quit", "os._exit", "pytest.fail", "pytest.skip"))
_ENDING_METHODS = frozenset(("fail", "skipTest", "fail_json", "fail_json_aws"))


class Retry(NamedTuple):
    """A loop with a handler that lets it go on after every exception of a kind."""

    loop: Loop
    attempt: ast.Try
    handler: ast.ExceptHandler
    kind: Kind
    scope: Scope


def iter_retries(module: Module) -> Iterator[Retry]:
    """Yield the loops of a module that try again; what the handler asks is for the caller."""
    for attempt in module.around.tries:
        loop = _loop_around(module, attempt)
        if loop is None or not _counts(loop, attempt):
            continue
        scope = module.around.scope_of(attempt)
        handler, kind = _broad_handler(module, attempt, scope)
        if handler is None:
            continue
        behind = _behind(loop, attempt)
        goes_on = not leaves(handler.body) and not _sets_test(loop, handler.body)
        if not _continues(handler.body):
            goes_on = goes_on and not leaves(behind)
        if goes_on and _ends_with_success(loop, [*attempt.body, *attempt.orelse, *behind]):
            yield Retry(loop, attempt, handler, kind, scope)


def _loop_around(module: Module, attempt: ast.Try) -> Optional[Loop]:
    inner: ast.AST = attempt
    for node in module.around.ancestors(attempt):
        if isinstance(node, _LOOPS):
            return node if inner in node.body else None
        if isinstance(node, _BOUNDARIES) or isinstance(inner, ast.ExceptHandler):
            return None
        inner = node
    return None


def _counts(loop: Loop, attempt: ast.Try) -> bool:
    """Tell whether the rounds of a loop are alike: it counts, and the attempt uses no number."""
    if isinstance(loop, ast.While):
        return True
    made = loop.iter
    if not isinstance(made, ast.Call) or (dotted(made.func) or "").rpartition(".")[2] not in (
        _COUNTERS
    ):
        return False
    if len(made.args) == 1 and getattr(made.args[0], "value", None) == 1:
        return False  # range(1): there is no second round
    targets = {node.id for node in ast.walk(loop.target) if isinstance(node, ast.Name)}
    return not any(
        isinstance(node, ast.Name) and node.id in targets for node in walk_body(attempt.body)
    )


def _broad_handler(
    module: Module, attempt: ast.Try, scope: Scope
) -> tuple[Optional[ast.ExceptHandler], Kind]:
    """Return the handler that every ClientError comes to, unless others took some before."""
    for handler in attempt.handlers:
        kind = kind_of(module, handler.type, scope)
        if kind != "other":
            return handler, kind
        if is_of_aws(handler.type):
            return None, "other"
    return None, "other"


def _behind(loop: Loop, attempt: ast.Try) -> list[ast.stmt]:
    """Return the statements of the loop behind the one that the attempt is or stands in."""
    for number, statement in enumerate(loop.body):
        if statement is attempt or any(node is attempt for node in walk_body([statement])):
            return loop.body[number + 1 :]
    return []


def leaves(body: Sequence[ast.stmt]) -> bool:
    """Tell whether the statements leave the loop, whatever happens."""
    return any(_leaves(statement) for statement in body)


def _leaves(statement: ast.stmt) -> bool:
    if isinstance(statement, (ast.Return, ast.Raise, ast.Break)):
        return True
    if isinstance(statement, ast.If):
        return leaves(statement.body) and leaves(statement.orelse)
    if isinstance(statement, (ast.With, ast.AsyncWith)):
        return leaves(statement.body)
    if isinstance(statement, ast.Try):
        return leaves(statement.finalbody) or (
            leaves(statement.body) and all(leaves(each.body) for each in statement.handlers)
        )
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
        name = dotted(statement.value.func) or ""
        return name in _ENDS or name.rpartition(".")[2] in _ENDING_METHODS
    return False


def _continues(body: Sequence[ast.stmt]) -> bool:
    return any(isinstance(statement, ast.Continue) for statement in body)


def _assigned(body: Sequence[ast.stmt]) -> set[str]:
    return {
        node.id
        for node in walk_body(list(body))
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    }


def _tested(loop: Loop) -> set[str]:
    if not isinstance(loop, ast.While):
        return set()
    return {node.id for node in ast.walk(loop.test) if isinstance(node, ast.Name)}


def _sets_test(loop: Loop, body: Sequence[ast.stmt]) -> bool:
    """Tell whether the statements give a new value to what the loop goes on for."""
    counted = {
        node.target.id
        for node in walk_body(list(body))
        if isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name)
    }
    return bool((_assigned(body) - counted) & _tested(loop))


def _ends_with_success(loop: Loop, body: Sequence[ast.stmt]) -> bool:
    """Tell whether the loop is left when the attempt went well."""
    return bool(_assigned(body) & _tested(loop)) or _may_leave(body)


def _may_leave(body: Sequence[ast.stmt]) -> bool:
    pending: list[ast.AST] = list(body)
    while pending:
        node = pending.pop()
        if isinstance(node, (ast.Return, ast.Break)):
            return True
        if isinstance(node, _LOOPS):
            # A return in it leaves both, a break only itself.
            inside = walk_body([*node.body, *node.orelse])
            if any(isinstance(each, ast.Return) for each in inside):
                return True
        elif not isinstance(node, (*_BOUNDARIES, ast.ExceptHandler)):
            pending.extend(ast.iter_child_nodes(node))
    return False
