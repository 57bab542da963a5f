"""Where a client of AWS is told to go."""

from __future__ import annotations

import ast
from typing import Optional

from credlint.code.addresses import Address
from credlint.code.python.callees import Call
from credlint.code.python.module import Module
from credlint.code.python.shapes import shape_of


def is_none(node: Optional[ast.expr]) -> bool:
    """Tell whether nothing is given, or ``None``."""
    return node is None or (isinstance(node, ast.Constant) and node.value is None)


def address_of(module: Module, call: Call, endpoint: Optional[ast.expr]) -> Address:
    """Return the endpoint as far as it is known; parts that are not are ``UNKNOWN``."""
    return Address(shape_of(module.evaluate, endpoint, call.scope))


def is_elsewhere(module: Module, call: Call, endpoint: Optional[ast.expr]) -> bool:
    """Tell whether a call is told to go to an endpoint that is not known to be one of AWS."""
    return not is_none(endpoint) and not address_of(module, call, endpoint).is_aws
