"""Which expressions hold keys: parts of credentials, answers of STS and IAM, variables."""

from __future__ import annotations

import ast
import re
from typing import Literal, Optional

from credlint.code.credential_names import KEY_ID
from credlint.code.python.environment import STANDARD, reading_of
from credlint.code.python.module import Module
from credlint.code.python.names import Scope, dotted
from credlint.model.lean_tuples import NamedTuple

# Requests whose answer has a secret access key, with a parameter that tells them from functions of
# others with such names (botocore 1.44.5, data/sts and data/iam).
ANSWERS = {
    "assume_role": "RoleArn",
    "assume_role_with_web_identity": "RoleArn",
    "assume_role_with_saml": "RoleArn",
    "get_federation_token": "Name",
    "get_credentials_for_identity": "IdentityId",
    "create_access_key": "UserName",
}
_WITHOUT_PARAMETER = frozenset(("get_session_token", "create_access_key"))
_SECRET_KEYS = frozenset(("SecretAccessKey", "SessionToken", "aws_secret_access_key"))
_OF_ANSWER = frozenset(("Credentials", "AccessKey"))
_NAME = re.compile(
    r"_*(?:aws_?(?:secret_?(?:access_?)?key|session_?token)|secret_?access_?key)\Z", re.IGNORECASE
)
_SECRET_VARIABLES = STANDARD - {KEY_ID}
_MOST_LOOKS = 60


class Held(NamedTuple):
    """``kind``: a secret key or token, the id of a key alone. ``what``: its name in the source."""

    kind: Literal["secret", "id"]
    what: str


def held(  # noqa: PLR0911  one way to hold a key after the other
    module: Module, node: ast.expr, scope: Scope
) -> Optional[Held]:
    """Return what an expression holds of a key, None for nothing that is known."""
    if isinstance(node, ast.Attribute):
        found = _of_attribute(module, node, scope)
        if found is not None:
            return found
    key = _key_of(module, node, scope)
    if key in _SECRET_KEYS:
        return Held("secret", f'["{key}"]')
    name = dotted(node)
    last = (name or "").rpartition(".")[2]
    if last and _NAME.match(last) is not None:
        return None if _is_hidden(module, node, scope) else Held("secret", last)
    if isinstance(node, (ast.Subscript, ast.Call)):
        reading = reading_of(module, node, scope)
        if reading is not None and reading.name in _SECRET_VARIABLES:
            return Held("secret", reading.described)
    if key is None or key in _OF_ANSWER:
        made = answer_of(module, node, scope)
        if made is not None:
            return Held("secret", f"the answer of {made}()")
        if _is_made_by(module, node, scope, ("get_frozen_credentials",)):
            return Held("secret", "get_frozen_credentials()")
    return None


def _of_attribute(module: Module, node: ast.Attribute, scope: Scope) -> Optional[Held]:
    if node.attr not in ("secret_key", "token", "access_key"):
        return None
    makers = ("get_frozen_credentials", "get_credentials")
    is_known = _is_made_by(module, node.value, scope, makers)
    is_named = "cred" in (dotted(node.value) or "").lower() and node.attr == "secret_key"
    if not is_known and not is_named:
        return None
    return Held("id" if node.attr == "access_key" else "secret", f".{node.attr}")


def _key_of(module: Module, node: ast.expr, scope: Scope) -> Optional[str]:
    """Return the key of ``x["key"]`` and ``x.get("key")``, an empty text for one not known."""
    if isinstance(node, ast.Subscript):
        key: ast.expr = node.slice
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args:
        if node.func.attr != "get":
            return None
        key = node.args[0]
    else:
        return None
    text = module.evaluate.text(key, scope)
    return text.value.reveal() if text is not None else ""


def _is_hidden(module: Module, node: ast.expr, scope: Scope) -> bool:
    """Tell whether a name stands for what is no key: a text in the source, a masked one."""
    for value, _, _ in module.evaluate.resolve(node, scope):
        if isinstance(value, ast.Constant):
            return True
        if isinstance(value, ast.Call) and re.search("mask|hide|redact", dotted(value.func) or ""):
            return True
    return False


def answer_of(module: Module, node: ast.expr, scope: Scope) -> Optional[str]:
    """Return the request whose answer, or its part with the keys, an expression is."""
    found = answering(module, node, scope)
    return found[0].func.attr if found and isinstance(found[0].func, ast.Attribute) else None


def answering(module: Module, node: ast.expr, scope: Scope) -> Optional[tuple[ast.Call, Scope]]:
    """Return the call whose answer, or its part with the keys, an expression is.

    Variables and functions of the module are followed.
    """
    seen: set[int] = set()
    pending = [(node, scope)]
    while pending and len(seen) < _MOST_LOOKS:
        each, within = pending.pop()
        if id(each) in seen:
            continue
        seen.add(id(each))
        if isinstance(each, ast.Await):
            pending.append((each.value, within))
        elif isinstance(each, ast.Call) and _key_of(module, each, within) is None:
            if _is_asking(each):
                return each, within
            called = module.around.called(each.func)
            if called is not None:
                inside = module.around.scope_inside(called)
                returned = module.names.returned.get(inside, ())
                pending.extend((value, inside) for value in returned)
        elif isinstance(each, (ast.Subscript, ast.Call)):
            if _key_of(module, each, within) in _OF_ANSWER:
                inner = each.value if isinstance(each, ast.Subscript) else each.func.value  # type: ignore[attr-defined]  # x.get(…)
                pending.append((inner, within))
        else:
            found = module.evaluate.resolve(each, within)
            pending.extend((value, inner) for value, inner, _ in found)
    return None


def _is_asking(node: ast.Call) -> bool:
    """Tell whether a call is one of a client for keys."""
    method = node.func.attr if isinstance(node.func, ast.Attribute) else ""
    names = [keyword.arg for keyword in node.keywords]
    is_plain = method in _WITHOUT_PARAMETER and not node.args
    return is_plain or ANSWERS.get(method, "") in names or (method in ANSWERS and None in names)


def _is_made_by(module: Module, node: ast.expr, scope: Scope, methods: tuple[str, ...]) -> bool:
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
            if isinstance(each.func, ast.Attribute) and each.func.attr in methods and not each.args:
                return True
        else:
            found = module.evaluate.resolve(each, within)
            pending.extend((value, inner) for value, inner, _ in found)
    return False
