"""SRC110: keys, or requests with signatures, that are printed or logged."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import Optional

from credlint.code.python.credential_values import Held, held
from credlint.code.python.deployment import is_function
from credlint.code.python.module import Module
from credlint.code.python.shown import Shown, iter_shown, pieces, texts
from credlint.code.sighting import Context, Sighting
from credlint.model.finding import Level
from credlint.model.lazy_expressions import lazy_compile

# What a tool prints that is made to hand keys to a shell or to an SDK.
_HANDED_OVER = lazy_compile(
    r"\b(?:export|set|setx|setenv|declare)\s|\$env:|aws_(?:secret_access_key|session_token)\s*[:=]|credential_process",
    re.IGNORECASE,
)
_DEBUG = 10
# Loggers that write, at DEBUG, the canonical request with the header X-Amz-Security-Token, and the
# bodies of answers, those of STS among them (botocore 1.44.5, auth.py, parsers.py).
_WIRE = lazy_compile(r"(?:botocore(?:\.(?:auth|parsers|endpoint|httpsession))?)?\Z")


def check(module: Module, context: Context) -> Iterator[Sighting]:
    """Yield the calls that show keys, then those that make the SDK log its requests."""
    for shown in iter_shown(module):
        found = [
            each
            for piece in pieces(module, shown.node)
            for each in [held(module, piece, shown.scope)]
            if each is not None
        ]
        if found:
            secret = next((each for each in found if each.kind == "secret"), found[0])
            yield _sighting(module, context, shown, secret)
    if not context.is_test:
        yield from _wire_logs(module)


def _sighting(module: Module, context: Context, shown: Shown, found: Held) -> Sighting:
    place = "standard output" if shown.way == "print" else "the log"
    level: Level = "error" if shown.way == "log" or is_function(module) else "warning"
    reason = ""
    if found.kind == "id":
        level = "note"
        reason = " An access key id alone is no secret, but tells whose key it is."
    elif context.is_test:
        level = "note"
    elif shown.way == "print" and _is_handed_over(shown.node):
        level = "note"
        reason = " It looks made for a shell or an SDK to read."
    start, end, _ = module.span(shown.node)
    return Sighting(
        start,
        end,
        f"{shown.name}() writes AWS credentials ({found.what}) to {place}.{reason}",
        level=level,
        subject=f"{shown.name}({found.what})",
    )


def _is_handed_over(node: ast.Call) -> bool:
    said = texts(node)
    return _HANDED_OVER.search(said) is not None or ("Version" in said and "SecretAcc" in said)


def _wire_logs(module: Module) -> Iterator[Sighting]:
    for call in module.callees.named(("set_stream_logger", "setLevel")):
        name, level = None, call.argument("level", 0)
        if call.callee == "boto3.set_stream_logger":
            name, level = call.argument("name", 0), call.argument("level", 1)
            if name is None:
                continue  # the name is "boto3", which logs no requests
        elif call.method == "setLevel" and isinstance(call.node.func, ast.Attribute):
            name = _logger(module, call.node.func.value)
        text = module.evaluate.text(name, call.scope)
        if text is None or _WIRE.match(text.value.reveal()) is None:
            continue
        is_root = not text.value.reveal()
        if (is_root and call.method == "setLevel") or not _is_debug(module, level, call.method):
            continue
        conditional = any(
            isinstance(node, (ast.If, ast.IfExp)) for node in module.around.ancestors(call.node)
        )
        start, end, _ = module.span(call.node)
        written = (
            "set_stream_logger('')" if is_root else f"Logging of {text.value.reveal()} at DEBUG"
        )
        yield Sighting(
            start,
            end,
            f"{written} writes signed requests with their session token, and the answers of STS.",
            level="note" if conditional else "warning",
            subject=f"{call.method}({text.value.reveal()})",
        )


def _logger(module: Module, node: ast.expr) -> Optional[ast.expr]:
    """Return the name in ``logging.getLogger(name)``."""
    if isinstance(node, ast.Call) and module.callees.origin(node.func) == "logging.getLogger":
        return node.args[0] if node.args else None
    return None


def _is_debug(module: Module, level: Optional[ast.expr], method: str) -> bool:
    if level is None:
        return method == "set_stream_logger"
    if isinstance(level, ast.Constant):
        return level.value in (_DEBUG, 1, "DEBUG")
    return module.callees.origin(level) == "logging.DEBUG"
