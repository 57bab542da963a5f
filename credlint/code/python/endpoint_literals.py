"""SRC105: endpoints whose address stands in the source."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import Optional

from credlint.code.addresses import Address
from credlint.code.other_stores import is_host_of_other
from credlint.code.python.arguments import calls_of
from credlint.code.python.callees import Call
from credlint.code.python.deployment import deployment_of
from credlint.code.python.module import Module
from credlint.code.python.signatures import CLIENTS
from credlint.code.sighting import Context, Sighting
from credlint.model.finding import Level

# Nothing, or what an example leaves to its reader; an address in brackets has colons.
_NOT_FILLED_IN = re.compile(r"\A\Z|[<>{}$ ]|\[[^:]*\]|your|example\.(?:com|org|net)\Z")
_DEPLOYED = ("function", "package", "image")
_MAYBE = (ast.If, ast.IfExp, ast.Try)


def check(module: Module, context: Context) -> Iterator[Sighting]:
    """Yield the clients that always go to an address of the source, other than AWS."""
    for call, arguments in calls_of(module, CLIENTS):
        literal = module.evaluate.text(arguments.get("endpoint_url"), call.scope)
        if literal is None or literal.is_fallback or _is_conditional(module, call):
            continue
        address = Address(literal.value.reveal())
        if not address.scheme or _NOT_FILLED_IN.search(address.host) or address.is_aws:
            continue
        if context.is_test and address.is_loopback:
            continue
        start, end, _ = module.span(call.node)
        is_plain = address.scheme == "http" and not address.is_loopback
        plain = ", in plain HTTP" if is_plain else ""
        yield Sighting(
            start=start,
            end=end,
            message=(
                f"{call.callee}() always goes to {address.scheme}://{address.host}{plain}: "
                "the address is fixed in code, so no environment can choose another."
            ),
            level=_level(module, context, address),
            subject=f"{call.callee}({address.host})",
        )


def _is_conditional(module: Module, call: Call) -> bool:
    """Tell whether the call is one of several ways; ``if __name__ == "__main__"`` is none."""
    inner: ast.AST = call.node
    for ancestor in module.around.ancestors(call.node):
        if isinstance(ancestor, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
            return _is_one_of_returns(ancestor, inner)
        if isinstance(ancestor, _MAYBE) and not _is_start(ancestor):
            return True
        inner = ancestor
    return False


def _is_one_of_returns(function: ast.AST, statement: ast.AST) -> bool:
    """Tell whether a function may have left before it comes to that statement."""
    for before in getattr(function, "body", ()) if not isinstance(function, ast.Lambda) else ():
        if before is statement:
            return False
        if isinstance(before, ast.If) and any(
            isinstance(each, ast.Return) for each in ast.walk(before)
        ):
            return True
    return False


def _is_start(node: ast.AST) -> bool:
    test: Optional[ast.expr] = getattr(node, "test", None)
    left = test.left if isinstance(test, ast.Compare) else None
    return isinstance(left, ast.Name) and left.id == "__name__"


def _level(module: Module, context: Context, address: Address) -> Level:
    if context.is_test or context.is_documentation or is_host_of_other(address.host):
        return "note"
    return "warning" if deployment_of(module, context) in _DEPLOYED else "note"
