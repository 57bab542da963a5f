"""Which exceptions of AWS' libraries a handler or a retry is for."""

from __future__ import annotations

import ast
from typing import Literal, Optional

from credlint.code.python.module import Module
from credlint.code.python.names import Scope

# Of "client" is botocore's ClientError, as which every error of a service comes; of "all" any
# exception; of "other" what is narrower, or nothing of AWS.
Kind = Literal["client", "all", "other"]
_ROOTS = ("botocore", "boto3", "aiobotocore", "aioboto3")


def kind_of(module: Module, node: Optional[ast.expr], scope: Scope) -> Kind:
    """Return what an expression behind ``except`` stands for; of a tuple the widest."""
    if node is None:
        return "all"
    if isinstance(node, (ast.Tuple, ast.List)):
        kinds = {kind_of(module, each, scope) for each in node.elts}
        return "all" if "all" in kinds else "client" if "client" in kinds else "other"
    if isinstance(node, ast.Name) and node.id in ("Exception", "BaseException"):
        return "all"
    found = module.evaluate.resolve(node, scope)
    if found and isinstance(found[0].value, (ast.Tuple, ast.Attribute, ast.Name)):
        value = found[0].value
        return kind_of(module, value, found[0].scope) if value is not node else "other"
    origin = module.callees.origin(node) or ""
    root, _, last = origin.rpartition(".")
    is_ours = root.partition(".")[0] in _ROOTS or root.endswith(".exceptions")
    return "client" if last == "ClientError" and is_ours else "other"


def is_of_aws(node: Optional[ast.expr]) -> bool:
    """Tell whether a handler names errors of a service: ``client.exceptions.NoSuchKey``."""
    if isinstance(node, ast.Tuple):
        return any(map(is_of_aws, node.elts))
    return (
        isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Attribute)
        and node.value.attr == "exceptions"
        and node.attr != "ClientError"
    )
