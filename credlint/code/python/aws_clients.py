"""Which names hold a client of AWS, and which calls go to AWS through one."""

from __future__ import annotations

import ast
from collections.abc import Callable

from credlint.code.python.callees import LIBRARIES
from credlint.code.python.module import Module
from credlint.code.python.names import Scope
from credlint.code.python.signatures import CLIENTS

_SESSIONS = frozenset(("Session", "AioSession", "get_session"))
# What a client does without a request.
LOCAL = frozenset(
    ("get_paginator", "get_waiter", "can_paginate", "generate_presigned_url", "close")
)
_MOST_LOOKS = 100


def _is_of(module: Module, node: ast.expr, scope: Scope, names: frozenset[str]) -> bool:
    origin = module.callees.source(node, scope) or ""
    root, _, last = origin.rpartition(".")
    return last in names and root.partition(".")[0] in LIBRARIES


def is_session(module: Module, node: ast.expr, scope: Scope) -> bool:
    """Tell whether an expression is a session of boto3, botocore or a twin."""
    return _leads_to(module, node, scope, _makes_session)


def is_client(module: Module, node: ast.expr, scope: Scope) -> bool:
    """Tell whether an expression is a client or resource, or a thing of a resource."""
    return _leads_to(module, node, scope, makes_client)


def _makes_session(module: Module, node: ast.Call, scope: Scope) -> bool:
    return _is_of(module, node.func, scope, _SESSIONS)


def makes_client(module: Module, node: ast.Call, scope: Scope) -> bool:
    """Tell whether a call is ``boto3.client(…)`` or one of a session."""
    if _is_of(module, node.func, scope, CLIENTS):
        return True
    if not isinstance(node.func, ast.Attribute) or node.func.attr not in CLIENTS:
        return False
    return is_session(module, node.func.value, scope)


def _leads_to(module: Module, node: ast.expr, scope: Scope, is_made: Callable[..., bool]) -> bool:
    """Tell whether names and attributes lead from an expression to a call that is asked for."""
    seen: set[int] = set()
    pending = [(node, scope)]
    while pending and len(seen) < _MOST_LOOKS:
        each, within = pending.pop()
        if id(each) in seen:
            continue
        seen.add(id(each))
        if isinstance(each, ast.Await):
            pending.append((each.value, within))
        elif isinstance(each, ast.Call):
            if is_made(module, each, within):
                return True
            made = each.func
            # Things of resources have names with a capital: dynamodb.Table("t").
            if isinstance(made, ast.Attribute) and (
                made.attr[:1].isupper() or made.attr in ("get_paginator", "get_waiter")
            ):
                pending.append((made.value, within))
        else:
            found = module.evaluate.resolve(each, within)
            pending.extend((value, inner) for value, inner, _ in found)
            if not found and isinstance(each, ast.Attribute):
                pending.append((each.value, within))
    return False


def is_request(module: Module, node: ast.AST, scope: Scope) -> bool:
    """Tell whether a node is a call that a client sends to AWS."""
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr not in LOCAL
        and node.func.attr not in CLIENTS
        and is_client(module, node.func.value, scope)
    )
