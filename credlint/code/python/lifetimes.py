"""How long what a call makes is kept: for one run of a function, or as long as the process."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Optional

from credlint.code.python.deployment import deployment_of, is_function
from credlint.code.python.module import Module
from credlint.code.python.names import dotted
from credlint.code.python.tree import Function, walk_body
from credlint.code.sighting import Context

_CACHES = frozenset(("cache", "lru_cache", "cached_property", "cached", "memoize"))
_MOST_CALLERS = 20


def kept_by(module: Module, context: Context, node: ast.Call, steps: int = 2) -> Optional[str]:
    """Return what keeps the result beyond one use, in words; None for nothing that is seen.

    ``steps``: so many functions that give it back are followed to their callers.
    """
    function = module.around.function_of(node)
    if function is None:
        return _of_module(module, context, node)
    statements = [module.around.statement(node), *_uses(module, function, node)]
    found = next(filter(None, (_assigned_to(function, each) for each in statements)), None)
    if found is not None:
        return None if _is_generator(function) else found
    if _loops_after(function, node):
        return "the loop below"
    if not any(isinstance(each, ast.Return) for each in statements):
        return None
    if _is_cached(function):
        return "a cache"
    callers = [
        call
        for call, _ in (module.names.calls if steps else ())
        if module.around.called(call.func) is function
    ]
    kept = (kept_by(module, context, caller, steps - 1) for caller in callers[:_MOST_CALLERS])
    return next(filter(None, kept), None)


def _is_generator(function: Function) -> bool:
    """Tell whether a function yields: what a context manager sets, it sets back."""
    return any(isinstance(each, (ast.Yield, ast.YieldFrom)) for each in walk_body(function.body))


def _assigned_to(function: Function, statement: Optional[ast.AST]) -> Optional[str]:
    targets: list[ast.expr] = []
    if isinstance(statement, ast.Assign):
        targets = statement.targets
    elif isinstance(statement, ast.AnnAssign):
        targets = [statement.target]
    if any(_is_of_object(target) for target in targets):
        return "its object"
    return "the process" if _declared_global(function, targets) else None


def _of_module(module: Module, context: Context, node: ast.Call) -> Optional[str]:
    if any(isinstance(each, ast.ClassDef) for each in module.around.ancestors(node)):
        return "its class"
    if is_function(module):
        return "the execution environment"
    if deployment_of(module, context) in ("package", "image"):
        return "the process"
    return "the script"


def _uses(module: Module, function: Function, node: ast.Call) -> Iterator[ast.stmt]:
    """Yield the statements of a function that keep the variable which the result is in."""
    first = module.around.statement(node)
    if not isinstance(first, ast.Assign) or first.value is not node:
        return
    names = {target.id for target in first.targets if isinstance(target, ast.Name)}
    for each in walk_body(function.body):
        value = getattr(each, "value", None)
        if not isinstance(each, (ast.Assign, ast.AnnAssign, ast.Return)) or value is None:
            continue
        if isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute):
            # session.client(…) has the keys of the session.
            value = value.func.value
        if isinstance(value, ast.Name) and value.id in names:
            yield each


def _is_of_object(target: ast.expr) -> bool:
    return isinstance(target, ast.Attribute) and (dotted(target) or "").startswith(
        ("self.", "cls.")
    )


def _declared_global(function: Function, targets: list[ast.expr]) -> bool:
    names = {target.id for target in targets if isinstance(target, ast.Name)}
    return any(
        isinstance(each, ast.Global) and not names.isdisjoint(each.names)
        for each in walk_body(function.body)
    )


def _is_cached(function: Function) -> bool:
    for decorator in function.decorator_list:
        made = decorator.func if isinstance(decorator, ast.Call) else decorator
        if (dotted(made) or "").rpartition(".")[2] in _CACHES:
            return True
    return False


def _loops_after(function: Function, node: ast.Call) -> bool:
    """Tell whether a loop without end follows in the same function."""
    return any(
        isinstance(each, ast.While)
        and isinstance(each.test, ast.Constant)
        and bool(each.test.value)
        and each.lineno > node.lineno
        and any(
            isinstance(inner, ast.Attribute) and inner.attr == "sleep" for inner in ast.walk(each)
        )
        for each in walk_body(function.body)
    )
