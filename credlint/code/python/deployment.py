"""Where a module of Python runs, as far as it and the files beside it tell."""

from __future__ import annotations

import ast
import re
from typing import Literal

from credlint.code.python.module import Module
from credlint.code.sighting import Context

# "function": called by Lambda; "package": part of one that is installed or imported; "image": its
# folder goes into a container image; "script": started by hand; "unknown": none of these is seen.
Deployment = Literal["function", "package", "image", "script", "unknown"]
# Libraries that make sense in a Lambda function only, or make one of an application.
_FRAMEWORKS = frozenset(("aws_lambda_powertools", "chalice", "mangum", "serverless_wsgi"))
_EVENT = re.compile(r"_*(?:event|evt)\Z")
_CONTEXT = re.compile(r"_*(?:context|ctx|ctxt|lambda_context)\Z")
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_IMAGE = re.compile(r"(?:.*\.)?(?:docker|container)file(?:\..*)?\Z", re.IGNORECASE)


def is_function(module: Module) -> bool:
    """Tell whether the module is the code of a Lambda function: it has a handler.

    Lambda calls a function of the module with the event and the context (AWS Lambda Developer
    Guide, "Define Lambda function handler in Python").
    """
    for statement in module.tree.body:
        if isinstance(statement, _FUNCTIONS):
            given = statement.args
            names = [each.arg for each in (*given.posonlyargs, *given.args)]
            if len(names) == 2 and _EVENT.match(names[0]) and _CONTEXT.match(names[1]):  # noqa: PLR2004
                return True
    roots = {origin.partition(".")[0] for origin in module.names.imports.values()}
    return not _FRAMEWORKS.isdisjoint(roots)


def deployment_of(module: Module, context: Context) -> Deployment:
    """Return where the module runs."""
    if is_function(module):
        return "function"
    folder, _, name = context.uri.rpartition("/")
    beside = context.around.names(folder)
    if name == "__init__.py" or "__init__.py" in beside:
        return "package"
    if any(map(_IMAGE.match, beside)):
        return "image"
    if name.endswith(".ipynb") or _is_started(module):
        return "script"
    return "unknown"


def _is_started(module: Module) -> bool:
    """Tell whether the module says what it does when it is started: ``__name__ == "__main__"``."""
    if module.text.startswith(b"#!"):
        return True
    return any(
        isinstance(statement, ast.If)
        and isinstance(statement.test, ast.Compare)
        and isinstance(statement.test.left, ast.Name)
        and statement.test.left.id == "__name__"
        for statement in module.tree.body
    )
