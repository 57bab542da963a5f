"""What a call is given, by the names of the parameters."""

from __future__ import annotations

import ast

from credlint.code.python.callees import Call
from credlint.code.python.module import Module
from credlint.code.python.signatures import PARAMETERS


def parameters_of(call: Call) -> tuple[str, ...]:
    """Return the names of the parameters by position, as far as they are known."""
    if call.method == "Session" and call.callee.startswith(("botocore.", "aiobotocore.")):
        return ()
    return PARAMETERS.get(call.method, ())


def given(module: Module, call: Call) -> dict[str, ast.expr]:
    """Return the arguments by parameter: by position, by name, and out of ``**`` dictionaries."""
    found: dict[str, ast.expr] = {}
    for name, argument in zip(parameters_of(call), call.arguments):
        if isinstance(argument, ast.Starred):
            break  # where the others stand is not known
        found[name] = argument
    for keyword in call.keywords:
        if keyword.arg is None:
            found.update(module.evaluate.mapping(keyword.value, call.scope))
        else:
            found[keyword.arg] = keyword.value
    return found
