"""SRC101: literal keys passed to boto3, botocore, aioboto3 and aiobotocore."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from credlint.code.issued_keys import is_issued, looks_random
from credlint.code.python.arguments import calls_of
from credlint.code.python.callees import Call
from credlint.code.python.endpoints import is_elsewhere, is_none
from credlint.code.python.module import Module
from credlint.code.python.signatures import (
    CLIENTS,
    CREDENTIAL_NAMES,
    CREDENTIALS,
    KEY_NAMES,
    KINDS,
    SESSIONS,
)
from credlint.code.python.values import Literal
from credlint.code.sighting import Context, Sighting
from credlint.model.finding import Level
from credlint.model.key_id import parse_key_id
from credlint.model.lean_dataclasses import replace

if TYPE_CHECKING:
    from credlint.code.python.key_fix import FixKind


def check(module: Module, context: Context) -> Iterator[Sighting]:
    """Yield the calls that are given literal keys."""
    found = []
    for call, arguments in calls_of(module, CLIENTS | SESSIONS | CREDENTIALS):
        names = CREDENTIAL_NAMES if call.method in CREDENTIALS else KEY_NAMES
        literals = {
            name: literal
            for name in names
            for literal in [module.evaluate.text(arguments.get(name), call.scope)]
            if literal is not None and literal.value
        }
        if literals:
            goes_elsewhere = is_elsewhere(module, call, arguments.get("endpoint_url"))
            level, reason = _level(literals, goes_elsewhere=goes_elsewhere)
            # Without its keys a client of another store would send it those of AWS.
            is_fixable = level != "note" and not goes_elsewhere and call.method not in CREDENTIALS
            found.append((call, arguments if is_fixable else None, literals, level, reason))
    if not found:
        return
    from credlint.code.python.key_fix import fixes_for_keys  # noqa: PLC0415  where there is a finding

    fixable = [
        (call, _kind(module, call, arguments))
        for call, arguments, *_ in found
        if arguments is not None
    ]
    fixes = fixes_for_keys(module, context, fixable) if fixable else {}
    for call, _, literals, level, reason in found:
        sighting = _sighting(module, call, literals, reason)
        yield replace(sighting, level=level, fix=fixes.get(id(call.node)))


def _sighting(module: Module, call: Call, literals: dict[str, Literal], reason: str) -> Sighting:
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
        subject=f"{call.callee}({names})",
        literals=tuple(
            module.span(literal.node, f"the literal for {name}")
            for name, literal in literals.items()
        ),
        value=_telling(literals).value,
        properties=(("account", facts.account),) if facts is not None and facts.account else (),
    )


def _kind(module: Module, call: Call, arguments: dict[str, ast.expr]) -> FixKind:
    """Return how safe it is to drop the keys: only literals go for certain."""
    values = [arguments[name] for name in KEY_NAMES if name in arguments]
    is_literal = all(
        is_none(value) or (text is not None and not text.is_fallback)
        for value in values
        for text in [module.evaluate.text(value, call.scope)]
    )
    return "safe" if is_literal else "unsafe"


def _telling(literals: Mapping[str, Literal]) -> Literal:
    """Return the value that the call is about: the secret key, else the token, else the key id."""
    first = min(literals, key=lambda name: ("secret" not in name, "token" not in name))
    return literals[first]


def _level(literals: dict[str, Literal], *, goes_elsewhere: bool) -> tuple[Level, str]:
    real = [
        name for name, literal in literals.items() if is_issued(KINDS[name], literal.value.reveal())
    ]
    if goes_elsewhere and not real:
        # Other stores have other forms: 64 hexadecimal digits at Cloudflare, 43 letters and more
        # at DigitalOcean. What people make up is shorter, or has words alone.
        secrets = [literal.value.reveal() for name, literal in literals.items() if "secret" in name]
        if not any(map(looks_random, secrets)):
            return "note", "The call goes to another endpoint than AWS'."
        real = ["aws_secret_access_key"]
    if not real:
        return "note", "The values have not the form that AWS issues, so they are made up."
    if goes_elsewhere:
        return "warning", "The call goes to another endpoint than AWS'."
    if all("secret" not in name for name in real):
        return "warning", "The secret key itself is not spelled out here."
    return "error", ""
