"""SRC108: keys of a session that ends, in a client that lives on."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import Optional

from credlint.code.python.arguments import given
from credlint.code.python.callees import Call
from credlint.code.python.credential_values import answering
from credlint.code.python.lifetimes import kept_by
from credlint.code.python.module import Module
from credlint.code.python.names import Scope
from credlint.code.python.numbers import number_of
from credlint.code.python.signatures import CLIENTS, KEY_NAMES, SESSIONS
from credlint.code.sighting import Context, Sighting

# Who speaks of the end of keys makes new ones.
_RENEWS = re.compile(rb"refresh|expirat|expired|expiry|renew", re.IGNORECASE)
_PARTS = frozenset(("AccessKeyId", "SecretAccessKey", "SessionToken", "SecretKey"))
# Seconds where DurationSeconds is not given (AWS STS API Reference, Amazon Cognito Federated
# Identities API Reference).
_DEFAULT = {"get_session_token": 43_200, "get_federation_token": 43_200}
_USUAL = 3600


def check(module: Module, context: Context) -> Iterator[Sighting]:
    """Yield the clients and sessions that are given the answer of STS and kept."""
    if context.is_test or _RENEWS.search(module.text) is not None:
        return
    for call in module.callees.named(CLIENTS | SESSIONS):
        if not call.is_aws:
            continue
        arguments = given(module, call)
        keys = [arguments[name] for name in KEY_NAMES if name in arguments]
        answer = next(
            (found for key in keys for found in [_answer(module, key, call.scope)] if found), None
        )
        if answer is None or not isinstance(answer[0].func, ast.Attribute):
            continue
        keeper = kept_by(module, context, call.node)
        if keeper is not None:
            yield _sighting(module, context, call, answer, keeper)


def _answer(module: Module, node: ast.expr, scope: Scope) -> Optional[tuple[ast.Call, Scope]]:
    """Return the call that gave a key: through ``["AccessKeyId"]``, variables and functions."""
    sources = module.evaluate.resolve(node, scope)
    for value, within in ((node, scope), *((each.value, each.scope) for each in sources)):
        inner: Optional[ast.expr] = None
        key: Optional[ast.expr] = None
        if isinstance(value, ast.Subscript):
            inner, key = value.value, value.slice
        elif isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute) and value.args:
            inner, key = value.func.value, value.args[0]
        text = module.evaluate.text(key, within) if key is not None else None
        if inner is not None and text is not None and text.value.reveal() in _PARTS:
            found = answering(module, inner, within)
            if found is not None:
                return found
    return None


def _sighting(
    module: Module, context: Context, call: Call, answer: tuple[ast.Call, Scope], keeper: str
) -> Sighting:
    node, scope = answer
    method = node.func.attr if isinstance(node.func, ast.Attribute) else ""
    asked = next((each.value for each in node.keywords if each.arg == "DurationSeconds"), None)
    seconds = number_of(module.evaluate, asked, scope) if asked is not None else None
    if asked is None:
        seconds = _DEFAULT.get(method, _USUAL)
    lasts = f"after {seconds:.0f} s" if seconds is not None else "when they end"
    start, end, _ = module.span(call.node)
    is_short = keeper == "the script" or context.is_documentation
    return Sighting(
        start,
        end,
        f"{call.callee}() is given keys of {method}() and is kept by {keeper}; it fails {lasts}, "
        "because nothing renews them.",
        level="note" if is_short else None,
        subject=f"{call.callee}: {method}",
        related=(module.span(node, "the keys come from here"),),
    )
