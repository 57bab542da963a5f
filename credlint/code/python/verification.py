"""SRC104: clients of AWS that do not check whom they speak to, or do not encrypt."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import Optional

from credlint.code.addresses import Address
from credlint.code.python.arguments import calls_of
from credlint.code.python.callees import Call
from credlint.code.python.endpoints import address_of, is_none
from credlint.code.python.module import Module
from credlint.code.python.signatures import CLIENTS
from credlint.code.sighting import Context, Sighting
from credlint.model.finding import Level
from credlint.model.fix import FileEdits, Fix

# What answers in place of AWS on a developer's machine, with a certificate of its own.
_STANDS_IN = re.compile(rb"localstack|minio\b", re.IGNORECASE)


def check(module: Module, context: Context) -> Iterator[Sighting]:
    """Yield the clients made with ``verify=False``, ``use_ssl=False`` or plain HTTP to AWS."""
    for call, arguments in calls_of(module, CLIENTS):
        endpoint = arguments.get("endpoint_url")
        address = address_of(module, call, endpoint)
        is_plain = address.scheme == "http"
        if is_plain and address.is_aws:
            yield _sighting(module, context, call, "endpoint_url", "error")
            continue
        # botocore takes no notice of use_ssl where the endpoint has a scheme (1.44.5,
        # client.py, `ClientEndpointBridge._assume_endpoint` and `_make_url`).
        names = ("verify",) if not is_none(endpoint) else ("verify", "use_ssl")
        off = tuple(name for name in names if _is_false(module, call, arguments.get(name)))
        if off and not is_plain:
            level = _level(endpoint, address)
            if level == "error" and any(keyword.arg is None for keyword in call.keywords):
                level = "warning"  # the rest of the dictionary may name an endpoint
            if level != "error" and b"proxies" in module.text and "config" in arguments:
                level = "note"  # a proxy that looks into what goes through it
            if level == "warning" and not address.scheme and _STANDS_IN.search(module.text):
                level = "note"
            yield _sighting(module, context, call, off[0], level, off)


def _is_false(module: Module, call: Call, value: Optional[ast.expr]) -> bool:
    constant = module.evaluate.constant(value, call.scope)
    return constant is not None and constant.value is False


def _level(endpoint: Optional[ast.expr], address: Address) -> Level:
    if is_none(endpoint) or address.is_aws:
        return "error"
    return "note" if address.is_loopback else "warning"


_CONSEQUENCES = {
    "verify": "verify=False on {0}(): signed requests and session tokens go to whoever answers, "
    "since nobody's certificate is checked.",
    "use_ssl": "use_ssl=False on {0}(): signed requests and session tokens cross the network "
    "unencrypted.",
    "endpoint_url": "{0}() speaks plain HTTP to AWS: signed requests and session tokens cross "
    "the network unencrypted.",
}


def _sighting(
    module: Module,
    context: Context,
    call: Call,
    what: str,
    level: Level,
    off: tuple[str, ...] = (),
) -> Sighting:
    is_certain = level == "error"
    if context.is_test or context.is_documentation:
        level = "note"
    start, end, _ = module.span(call.node)
    return Sighting(
        start=start,
        end=end,
        message=_CONSEQUENCES[what].format(call.callee),
        level=level,
        subject=f"{call.callee}({what})",
        fix=_fix(module, context, call, off, is_safe=is_certain) if off else None,
    )


def _fix(
    module: Module, context: Context, call: Call, off: tuple[str, ...], *, is_safe: bool
) -> Optional[Fix]:
    """Return the edit; what has no certificate of a public authority would fail after it."""
    from credlint.code.python.edits import NotRemovableError  # noqa: PLC0415  where there is a finding
    from credlint.code.python.removal import Removal, may_be_imported  # noqa: PLC0415

    removal = Removal(module)
    try:
        removal.drop(call, off)
    except NotRemovableError:
        return None
    removal.drop_unused()
    edits = removal.edits()
    if not edits:
        return None
    is_safe = is_safe and not may_be_imported(context, removal.visible)
    named = " and ".join(f"{name}=False" for name in off)
    return Fix(
        "safe" if is_safe else "unsafe",
        f"Drop {named} of {call.callee}().",
        (FileEdits("", edits),),
    )
