"""SRC111: requests to the instance metadata service that carry no session token (IMDSv1).

Amazon EC2 User Guide, "Access instance metadata": with ``HttpTokens=required`` every request
without the header ``X-aws-ec2-metadata-token`` is answered with 401.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import Optional

from credlint.code.metadata_addresses import HOST, TOKEN_HEADER, VERSION
from credlint.code.python.http_calls import HttpCall, iter_http_calls
from credlint.code.python.module import Module
from credlint.code.python.names import Scope
from credlint.code.python.tree import parameters
from credlint.code.python.urls import start_of
from credlint.code.sighting import Context, Sighting
from credlint.model.finding import Level
from credlint.model.lazy_expressions import lazy_compile
from credlint.model.lean_dataclasses import replace

_TOKEN = TOKEN_HEADER.lower().encode()
_HOST_WORD = lazy_compile(rb"169\.254\.169\.254|fd00:ec2::254|instance-data", re.IGNORECASE)
_HOST = lazy_compile(rf"(?:https?:)?//{HOST}(?::80)?(?=[/?#]|\Z)", re.IGNORECASE)
_BARE_HOST = lazy_compile(r"169\.254\.169\.254|\[?fd00:ec2::254\]?|instance-data\Z")
# Other clouds have other paths at this address: /metadata (Azure, DigitalOcean),
# /computeMetadata (Google), /openstack, /opc (Oracle), /hetzner, /v1 (Vultr).
_PATH = lazy_compile(rf"/{VERSION}(?:/(?!api/token)|\Z)")
_OPEN_PATH = lazy_compile(r"/?\Z")
_SAYS_PATH = lazy_compile(
    rb"latest/?(?:meta-data|user-data|dynamic|api/token)|meta-data/|instance-identity"
)
_OTHER_CLOUDS = frozenset(("metadata", "metadata-flavor", "authorization"))
# boto 2.49 (boto/utils.py) has no tokens.
_OF_BOTO2 = ("get_instance_metadata", "get_instance_userdata", "get_instance_identity")
_CONNECTIONS = ("HTTPConnection", "HTTPConnectionPool")
_LONGEST_SUBJECT = 200


def check(module: Module, context: Context) -> Iterator[Sighting]:
    """Yield the requests that carry no token."""
    knows_tokens = _TOKEN in module.text.lower()
    for node, name in _told_by_name(module, knows_tokens=knows_tokens):
        yield _sighting(module, context, node, name, "", knows_tokens=False)
    if _HOST_WORD.search(module.text) is None:
        return
    for call in iter_http_calls(module):
        if call.verb not in ("GET", "HEAD") or _may_carry_token(module, call, knows_tokens):
            continue
        path = _path_of(module, call.address, call.scope)
        if path is not None:
            from credlint.code.python.imds_fix import fix_of  # noqa: PLC0415  where there is a finding

            change = None if knows_tokens else fix_of(module, call)
            seen = _sighting(
                module, context, call.node, call.library, path, knows_tokens=knows_tokens
            )
            yield replace(seen, fix=change)
            continue
        for node, name, passed in _given_by_callers(module, call):
            yield _sighting(module, context, node, name, passed, knows_tokens=knows_tokens)


def _told_by_name(module: Module, *, knows_tokens: bool) -> Iterator[tuple[ast.Call, str]]:
    """Yield the calls whose function or host says enough."""
    for call in module.callees.named(_OF_BOTO2):
        if call.callee in (f"boto.utils.{call.method}", f"utils.{call.method}"):
            yield call.node, call.callee
    if knows_tokens or _SAYS_PATH.search(module.text) is None:
        return
    for call in module.callees.named(_CONNECTIONS):
        host = module.evaluate.text(call.argument("host", 0), call.scope)
        if host is not None and _BARE_HOST.match(host.value.reveal()) is not None:
            yield call.node, call.callee


def _may_carry_token(module: Module, call: HttpCall, knows_tokens: bool) -> bool:
    """Tell whether the request has the header, or may have it for all that can be seen here."""
    if call.more:
        return True
    if call.headers is None:
        of_object = call.on_object or call.library.endswith(".Request")
        return knows_tokens and of_object
    names = {name.lower() for name in module.evaluate.mapping(call.headers, call.scope)}
    return knows_tokens or not names or not _OTHER_CLOUDS.isdisjoint(names)


def _path_of(module: Module, address: ast.expr, scope: Scope) -> Optional[str]:
    """Return the path that is asked for, as far as it is known; None for other addresses."""
    text, whole = start_of(module.evaluate, address, scope)
    host = _HOST.match(text)
    if host is None:
        return None
    path = text[host.end() :].partition("?")[0]
    if _PATH.match(path) is not None:
        return path
    is_open = not whole and _OPEN_PATH.match(path) is not None
    return path if is_open and _SAYS_PATH.search(module.text) is not None else None


def _given_by_callers(module: Module, call: HttpCall) -> Iterator[tuple[ast.Call, str, str]]:
    """Yield the calls that hand the address to the function around this one, by a parameter."""
    if not isinstance(call.address, ast.Name):
        return
    function = module.around.function_of(call.node)
    if function is None or module.around.function(function.name) is not function:
        return
    names = parameters(function)
    if call.address.id not in names:
        return
    first = 1 if names[0] in ("self", "cls") else 0
    place = names.index(call.address.id) - first
    for node, scope in module.names.calls:
        if module.around.called(node.func) is not function:
            continue
        given = next((each.value for each in node.keywords if each.arg == call.address.id), None)
        if given is None and 0 <= place < len(node.args):
            given = node.args[place]
        path = _path_of(module, given, scope) if given is not None else None
        if path is not None:
            yield node, function.name, path


def _sighting(
    module: Module, context: Context, node: ast.Call, name: str, path: str, *, knows_tokens: bool
) -> Sighting:
    level: Level = "error"
    reason = ""
    if knows_tokens:
        level = "warning"
        reason = "The module knows tokens, so this is a fallback: it keeps IMDSv1 in use."
    if context.is_test:
        level = "note"
    message = (
        f"{name}() asks the instance metadata service without a session token (IMDSv1), which "
        "answers 401 once tokens are required."
    )
    start, end, _ = module.span(node)
    subject = f"{name}({path})"[:_LONGEST_SUBJECT]
    return Sighting(start, end, f"{message} {reason}".rstrip(), level=level, subject=subject)
