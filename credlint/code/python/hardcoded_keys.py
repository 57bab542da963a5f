"""SRC101: literal keys passed to boto3, botocore, aioboto3 and aiobotocore."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from typing import Optional

from credlint.code.python.callees import Call
from credlint.code.python.module import Module
from credlint.code.python.signatures import (
    CREDENTIAL_NAMES,
    CREDENTIALS,
    KEY_NAMES,
    METHODS,
    POSITIONS,
)
from credlint.code.python.values import Literal
from credlint.code.sighting import Context, Sighting
from credlint.model.finding import Level
from credlint.model.key_id import is_example, parse_key_id

_ENDPOINT_POSITION = 5
_AWS_HOST = re.compile(r"https?://[^/]*\.(?:amazonaws\.com(?:\.cn)?|api\.aws)(?:[:/]|\Z)")
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
    del context
    for call in module.callees.named(METHODS):
        if not call.is_aws:
            continue
        given = given_keys(module, call)
        literals = {
            name: literal
            for name, value in given.items()
            if name != "endpoint_url"
            for literal in [module.evaluate.text(value, call.scope)]
            if literal is not None and literal.value
        }
        if literals:
            yield _sighting(module, call, literals, given.get("endpoint_url"))


def given_keys(module: Module, call: Call) -> dict[str, ast.expr]:
    """Return the keys and the endpoint that a call is given, by parameter name."""
    names = CREDENTIAL_NAMES if call.method in CREDENTIALS else KEY_NAMES
    first = CREDENTIALS.get(call.method, POSITIONS.get(call.method, -1))
    wanted = {*names, "endpoint_url"}
    given: dict[str, ast.expr] = {}
    for position, argument in enumerate(call.arguments):
        if isinstance(argument, ast.Starred):
            break  # where the others stand is not known
        if 0 <= first <= position < first + len(names):
            given[names[position - first]] = argument
        if first == POSITIONS["client"] and position == _ENDPOINT_POSITION:
            given["endpoint_url"] = argument
    for keyword in call.keywords:
        if keyword.arg is None:
            entries = module.evaluate.mapping(keyword.value, call.scope)
            given.update({name: value for name, value in entries.items() if name in wanted})
        elif keyword.arg in wanted:
            given[keyword.arg] = keyword.value
    return given


def _sighting(
    module: Module, call: Call, literals: dict[str, Literal], endpoint: Optional[ast.expr]
) -> Sighting:
    level, reason = _level(module, call, literals, endpoint)
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
    )


def _telling(literals: Mapping[str, Literal]) -> Literal:
    """Return the value that the call is about: the secret key, else the token, else the key id."""
    first = min(literals, key=lambda name: ("secret" not in name, "token" not in name))
    return literals[first]


def _level(
    module: Module, call: Call, literals: dict[str, Literal], endpoint: Optional[ast.expr]
) -> tuple[Level, str]:
    real = [name for name, literal in literals.items() if is_real(name, literal.value.reveal())]
    if not real:
        return "note", "The values have not the form that AWS issues, so they are made up."
    elsewhere = endpoint is not None and not (
        isinstance(endpoint, ast.Constant) and endpoint.value is None
    )
    address = module.evaluate.text(endpoint, call.scope) if elsewhere else None
    if elsewhere and not (address is not None and _AWS_HOST.match(address.value.reveal())):
        return "warning", "The call goes to another endpoint than AWS'."
    if all("secret" not in name for name in real):
        return "warning", "The secret key itself is not spelled out here."
    return "error", ""
