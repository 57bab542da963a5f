"""What a call is given, by the names of the parameters."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator

from credlint.code.python.callees import Call
from credlint.code.python.module import Module
from credlint.code.python.signatures import CLIENTS, KEY_NAMES, PARAMETERS

# As the services' folders in botocore/data are called.
_SERVICE = re.compile(r"[a-z][a-z0-9.-]{1,40}\Z")


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


def calls_of(module: Module, methods: Iterable[str]) -> Iterator[tuple[Call, dict[str, ast.expr]]]:
    """Yield calls of the libraries of AWS, or of what looks like an object of theirs.

    A method of an unknown object counts where it is given the name of a service, or keys: other
    libraries have a ``client()``, too.
    """
    for call in module.callees.named(methods):
        if not call.is_aws:
            continue
        arguments = given(module, call)
        if call.is_method and call.method in CLIENTS and not _is_client(module, call, arguments):
            continue
        yield call, arguments


def _is_client(module: Module, call: Call, arguments: dict[str, ast.expr]) -> bool:
    if not arguments.keys().isdisjoint(KEY_NAMES):
        return True
    service = module.evaluate.text(arguments.get("service_name"), call.scope)
    return service is not None and _SERVICE.match(service.value.reveal()) is not None
