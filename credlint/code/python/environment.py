"""What an expression reads: a variable of the environment, or a setting of an application."""

from __future__ import annotations

import ast
import re
from typing import Literal, Optional

from credlint.code.credential_names import KEY_ID, SECRET_KEY, TOKEN
from credlint.code.python.module import Module
from credlint.code.python.names import Scope, dotted
from credlint.model.lean_tuples import NamedTuple

# The variables that botocore itself reads; AWS_SECURITY_TOKEN is botocore's older name of the
# token (botocore 1.44.5, credentials.py, EnvProvider.TOKENS).
STANDARD = frozenset((KEY_ID, SECRET_KEY, TOKEN, "AWS_SECURITY_TOKEN"))
_MOST_LOOKS = 100
# os.environ.get, os.getenv; decouple.config; environs and django-environ: env("X"), env.str("X").
_READERS = frozenset(("os.getenv", "os.environ.get", "os.environ.pop", "os.environb.get"))
_SETTING_READERS = frozenset(("decouple.config", "env", "env.str", "environs.env", "config"))
# What settings are called where they are read; constants of Flask's app.config stand in brackets.
_SETTINGS = re.compile(r"(?:.*\.)?(?:settings|config|conf|Config|Settings|constants)\Z")


class Reading(NamedTuple):
    """A value from outside the source.

    ``name``: of the variable or setting. ``kind``: where it comes from. ``is_required``: without
    it the program stops. ``node``: the expression that reads it.
    """

    name: str
    kind: Literal["environment", "settings"]
    is_required: bool
    node: ast.expr

    @property
    def is_standard(self) -> bool:
        """Tell whether it is one of the names that the SDKs read by themselves."""
        return self.name in STANDARD

    @property
    def described(self) -> str:
        """Return how it is told of."""
        if self.kind == "environment":
            return f'os.environ["{self.name}"]'
        return f"{self.name} of the settings"


def is_environment(module: Module, node: ast.expr, scope: Scope) -> bool:
    """Tell whether the expression is ``os.environ``, by whatever name."""
    return module.callees.source(node, scope) == "os.environ"


def is_none_or_empty(node: ast.expr) -> bool:
    """Tell whether a value is ``None`` or an empty text."""
    return isinstance(node, ast.Constant) and not node.value


def is_reader(module: Module, node: ast.Call) -> bool:
    """Tell whether a call does nothing but read a variable or a setting."""
    name = module.callees.source(node.func, ()) or dotted(node.func) or ""
    is_get = name.endswith(".get") and _is_settings(name[: -len(".get")])
    return name == "getattr" or is_get or name in _READERS - {"os.environ.pop"} | _SETTING_READERS


def reading_of(module: Module, node: Optional[ast.expr], scope: Scope) -> Optional[Reading]:
    """Return what the expression reads, through names; None for anything else."""
    seen: set[int] = set()
    pending = [(node, scope)]
    while pending and len(seen) < _MOST_LOOKS:
        each, within = pending.pop(0)
        if each is None or id(each) in seen:
            continue
        seen.add(id(each))
        found = _direct(module, each, within)
        if found is not None:
            return found
        if isinstance(each, ast.BoolOp) and isinstance(each.op, ast.Or):
            pending.append((each.values[0], within))
        elif isinstance(each, ast.IfExp):
            pending += [(each.body, within), (each.orelse, within)]
        else:
            sources = module.evaluate.resolve(each, within)
            pending += [(source.value, source.scope) for source in sources]
    return None


def _key(module: Module, node: ast.expr, scope: Scope) -> str:
    literal = module.evaluate.text(node, scope)
    return literal.value.reveal() if literal is not None else ""


def _is_settings(name: Optional[str]) -> bool:
    return name is not None and _SETTINGS.match(name) is not None


def _direct(module: Module, node: ast.expr, scope: Scope) -> Optional[Reading]:
    found: Optional[Reading] = None
    if isinstance(node, ast.Subscript):
        key = _key(module, node.slice, scope)
        if is_environment(module, node.value, scope):
            found = Reading(key, "environment", is_required=True, node=node)
        elif _is_settings(dotted(node.value)):
            found = Reading(key, "settings", is_required=True, node=node)
    elif isinstance(node, ast.Call):
        found = _called(module, node, scope)
    elif isinstance(node, ast.Attribute) and _is_settings(dotted(node.value)):
        if not module.evaluate.resolve(node, scope):  # nor a class of this module
            found = Reading(node.attr, "settings", is_required=False, node=node)
    elif isinstance(node, ast.Name):
        owner, _, name = module.names.imports.get(node.id, "").rpartition(".")
        if _is_settings(owner):
            found = Reading(name, "settings", is_required=False, node=node)
    return found if found is not None and found.name else None


def _called(module: Module, node: ast.Call, scope: Scope) -> Optional[Reading]:
    function, given = node.func, node.args
    name = module.callees.source(function, scope) or dotted(function) or ""
    if name == "getattr" and len(given) > 1 and _is_settings(dotted(given[0])):
        return Reading(_key(module, given[1], scope), "settings", len(given) == 2, node)  # noqa: PLR2004
    if not given:
        return None
    if name in _READERS:
        return Reading(_key(module, given[0], scope), "environment", is_required=False, node=node)
    is_get = isinstance(function, ast.Attribute) and function.attr == "get"
    if name in _SETTING_READERS or (is_get and _is_settings(name.rpartition(".")[0])):
        return Reading(_key(module, given[0], scope), "settings", not is_get, node)
    return None
