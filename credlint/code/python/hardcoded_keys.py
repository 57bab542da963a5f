"""SRC101: literal keys passed to boto3, botocore, aioboto3 and aiobotocore."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from typing import Optional

from credlint.code.python.arguments import calls_of
from credlint.code.python.callees import Call
from credlint.code.python.endpoints import is_elsewhere
from credlint.code.python.key_fix import FixKind, drop_keys
from credlint.code.python.module import Module
from credlint.code.python.signatures import (
    CLIENTS,
    CREDENTIAL_NAMES,
    CREDENTIALS,
    KEY_NAMES,
    SESSIONS,
)
from credlint.code.python.values import Literal
from credlint.code.sighting import Context, Sighting
from credlint.model.finding import Level
from credlint.model.fix import Fix
from credlint.model.key_id import is_example, parse_key_id

_SECRET = re.compile(r"[A-Za-z0-9/+]{40}\Z")
_SHORTEST_TOKEN = 100
_LEAST_DISTINCT = 14


def is_real(name: str, text: str) -> bool:
    """Tell whether the text has the form that AWS issues; anything else cannot work there."""
    if name in ("aws_access_key_id", "access_key"):
        return parse_key_id(text) is not None and not is_example(text) and len(set(text[4:])) > 5  # noqa: PLR2004
    if name in ("aws_secret_access_key", "secret_key"):
        return (
            _SECRET.match(text) is not None
            and "EXAMPLE" not in text
            and len(set(text)) >= _LEAST_DISTINCT
        )
    return len(text) >= _SHORTEST_TOKEN and "EXAMPLE" not in text


def check(module: Module, context: Context) -> Iterator[Sighting]:
    """Yield the calls that are given literal keys."""
    for call, arguments in calls_of(module, CLIENTS | SESSIONS | CREDENTIALS):
        names = CREDENTIAL_NAMES if call.method in CREDENTIALS else KEY_NAMES
        literals = {
            name: literal
            for name in names
            for literal in [module.evaluate.text(arguments.get(name), call.scope)]
            if literal is not None and literal.value
        }
        if literals:
            yield _sighting(module, context, call, arguments, literals)


def _sighting(
    module: Module,
    context: Context,
    call: Call,
    arguments: dict[str, ast.expr],
    literals: dict[str, Literal],
) -> Sighting:
    goes_elsewhere = is_elsewhere(module, call, arguments.get("endpoint_url"))
    level, reason = _level(literals, goes_elsewhere=goes_elsewhere)
    names = ", ".join(literals)
    message = (
        f"{call.callee}() is given hard-coded keys ({names}); "
        "they come before every other source of credentials."
    )
    key_id = next((literals[n] for n in ("aws_access_key_id", "access_key") if n in literals), None)
    facts = parse_key_id(key_id.value.reveal()) if key_id is not None else None
    start, end, _ = module.span(call.node)
    return Sighting(
        start=start,
        end=end,
        message=f"{message} {reason}".rstrip(),
        level=level,
        subject=f"{call.callee}({names})",
        literals=tuple(
            module.span(literal.node, f"the literal for {name}")
            for name, literal in literals.items()
        ),
        value=_telling(literals).value,
        properties=(("account", facts.account),) if facts is not None and facts.account else (),
        fix=_fix(module, context, call, arguments) if level != "note" else None,
    )


def _fix(
    module: Module, context: Context, call: Call, arguments: dict[str, ast.expr]
) -> Optional[Fix]:
    """Return the edits that drop the keys, safe where only literals go that nobody else uses."""
    if call.method in CREDENTIALS:
        return None
    values = [arguments[name] for name in KEY_NAMES if name in arguments]
    literal = all(
        (isinstance(value, ast.Constant) and value.value is None)
        or (text is not None and not text.is_fallback)
        for value in values
        for text in [module.evaluate.text(value, call.scope)]
    )
    goes_elsewhere = is_elsewhere(module, call, arguments.get("endpoint_url"))
    kind: FixKind = "safe" if literal and not goes_elsewhere else "unsafe"
    return drop_keys(module, context, call, kind)


def _telling(literals: Mapping[str, Literal]) -> Literal:
    """Return the value that the call is about: the secret key, else the token, else the key id."""
    first = min(literals, key=lambda name: ("secret" not in name, "token" not in name))
    return literals[first]


def _level(literals: dict[str, Literal], *, goes_elsewhere: bool) -> tuple[Level, str]:
    real = [name for name, literal in literals.items() if is_real(name, literal.value.reveal())]
    if not real:
        return "note", "The values have not the form that AWS issues, so they are made up."
    if goes_elsewhere:
        return "warning", "The call goes to another endpoint than AWS'."
    if all("secret" not in name for name in real):
        return "warning", "The secret key itself is not spelled out here."
    return "error", ""
