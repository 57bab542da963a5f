"""Decorators that call a function again when it has failed, by the libraries that have them.

Read from tenacity 9.1 (``tenacity/__init__.py``, ``retry.py``), backoff 2.2 (``_decorator.py``),
retry 0.9 (``api.py``), retrying 1.4 and stamina 25.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Optional

from credlint.code.python.exceptions import Kind, kind_of
from credlint.code.python.module import Module
from credlint.code.python.names import Scope, dotted
from credlint.code.python.tree import Function
from credlint.model.lean_tuples import NamedTuple

# The parameter that names the exceptions, and its place, for those that have one.
_BY_EXCEPTION = {
    "backoff.on_exception": ("exception", 1),
    "retry.retry": ("exceptions", 0),
    "retry.api.retry": ("exceptions", 0),
    "stamina.retry": ("on", -1),
}
_TENACITY = ("tenacity.retry", "tenacity.Retrying", "tenacity.AsyncRetrying")


class Decorated(NamedTuple):
    """A function that is called again after every exception of a kind."""

    decorator: ast.expr
    function: Function
    kind: Kind


def iter_decorated(module: Module) -> Iterator[Decorated]:
    """Yield the functions with a decorator that asks for no more than the class of the error."""
    for function in module.around.functions:
        for decorator in function.decorator_list:
            scope = module.around.scope_of(function)
            kind = _kind(module, decorator, scope)
            if kind != "other":
                yield Decorated(decorator, function, kind)


def _kind(module: Module, decorator: ast.expr, scope: Scope) -> Kind:
    made = decorator if isinstance(decorator, ast.Call) else None
    origin = module.callees.source(made.func if made else decorator, scope) or ""
    arguments = made.args if made else []
    keywords = {each.arg: each.value for each in made.keywords} if made else {}
    if None in keywords:
        return "other"
    if origin in _BY_EXCEPTION:
        name, place = _BY_EXCEPTION[origin]
        given = keywords.get(name, arguments[place] if 0 <= place < len(arguments) else None)
        if "giveup" in keywords or callable_name(given) is not None:
            return "other"
        return kind_of(module, given, scope)
    if origin in _TENACITY:
        return _of_tenacity(module, keywords.get("retry"), scope)
    if origin == "retrying.retry":
        return _of_retrying(module, keywords)
    return "other"


def callable_name(node: Optional[ast.expr]) -> Optional[str]:
    """Return the name of a function where one is given for an exception; None for classes."""
    if isinstance(node, ast.Lambda):
        return "lambda"
    name = dotted(node) if node is not None else None
    last = (name or "").rpartition(".")[2]
    return last if last and last == last.lower() else None


def _of_tenacity(module: Module, given: Optional[ast.expr], scope: Scope) -> Kind:
    if given is None:
        return "all"
    if isinstance(given, ast.BinOp) and isinstance(given.op, ast.BitOr):
        kinds = {_of_tenacity(module, each, scope) for each in (given.left, given.right)}
        return "all" if "all" in kinds else "client" if "client" in kinds else "other"
    if not isinstance(given, ast.Call):
        return "other"
    origin = module.callees.source(given.func, scope) or ""
    if origin.rpartition(".")[2] == "retry_any":
        kinds = {_of_tenacity(module, each, scope) for each in given.args}
        return "client" if "client" in kinds else "other"
    if origin.rpartition(".")[2] != "retry_if_exception_type":
        return "other"
    named = {each.arg: each.value for each in given.keywords}
    return kind_of(module, given.args[0] if given.args else named.get("exception_types"), scope)


def _of_retrying(module: Module, keywords: dict[Optional[str], ast.expr]) -> Kind:
    """Return what ``retry_on_exception`` says, when it only asks for the class."""
    if "retry_on_result" in keywords:
        return "other"
    given = keywords.get("retry_on_exception")
    if given is None:
        return "all"
    body: Optional[ast.expr] = None
    if isinstance(given, ast.Lambda):
        body = given.body
    else:
        called = module.around.called(given)
        last = called.body[-1] if called is not None else None
        if called is not None and isinstance(last, ast.Return) and len(called.body) <= 2:  # noqa: PLR2004  a text first
            body = last.value
    if isinstance(body, ast.Call) and dotted(body.func) == "isinstance" and len(body.args) == 2:  # noqa: PLR2004
        return kind_of(module, body.args[1], ())
    return "other"
