"""Calls that send a request over HTTP: which library, which address, which headers."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Optional

from credlint.code.python.module import Module
from credlint.code.python.names import Scope
from credlint.model.lean_tuples import NamedTuple

_VERBS = frozenset(
    ("get", "head", "options", "put", "post", "patch", "delete", "request", "stream")
)
_OF_URLLIB = frozenset(("urlopen", "urlretrieve", "Request"))
# What makes an object with such methods, by its last name.
_SESSIONS = frozenset(
    ("Session", "session", "Client", "AsyncClient", "ClientSession", "PoolManager", "build_opener")
)
_LIBRARIES = frozenset(("requests", "httpx", "aiohttp", "urllib3", "urllib", "urllib2", "six"))
# Where else the address stands than in the first place.
_ADDRESS_AT = {"request": 1, "stream": 1, "fetch_url": 1}
# The third parameter of urllib.request.Request.
_HEADERS_AT = {"Request": 2}


class HttpCall(NamedTuple):
    """A call that sends a request, or makes one ready.

    ``library``: the dotted origin of the function, ``requests.get``. ``on_object``: a method of a
    session, which may have headers of its own. ``headers``: the expression, None for none.
    ``more``: other arguments are put in by ``**``.
    """

    node: ast.Call
    scope: Scope
    library: str
    address: ast.expr
    verb: str
    headers: Optional[ast.expr]
    on_object: bool
    more: bool


def iter_http_calls(module: Module) -> Iterator[HttpCall]:
    """Yield the calls of the module that send requests, by libraries known here."""
    for node, scope in module.names.calls:
        name, on_object = _function(module, node, scope)
        if name is None:
            continue
        method = name.rpartition(".")[2]
        keywords = {each.arg: each.value for each in node.keywords if each.arg is not None}
        place = _ADDRESS_AT.get(method, 0)
        address = keywords.get("url") or keywords.get("fullurl")
        if address is None and len(node.args) > place:
            address = node.args[place]
        if address is None or isinstance(address, ast.Starred):
            continue
        at = _HEADERS_AT.get(method, len(node.args))
        headers = keywords.get("headers", node.args[at] if at < len(node.args) else None)
        more = any(each.arg is None for each in node.keywords)
        verb = _verb(module, node, method, keywords, scope)
        yield HttpCall(node, scope, name, address, verb, headers, on_object, more)


def _function(module: Module, node: ast.Call, scope: Scope) -> tuple[Optional[str], bool]:
    """Return the dotted origin of a function that sends requests, and whether it is a method."""
    method = _last(node.func)
    if method not in _VERBS and method not in _OF_URLLIB and method not in ("open", "fetch_url"):
        return None, False
    origin = module.callees.origin(node.func) or ""
    if origin.partition(".")[0] in _LIBRARIES and not isinstance(node.func, ast.Call):
        return origin, False
    if method == "urlopen":  # of six or of a module that puts it under one roof
        return origin, False
    if origin.rpartition(".")[2] in ("open_url", "fetch_url") and "module_utils" in origin:
        return origin, False
    if isinstance(node.func, ast.Attribute):
        owner = node.func.value
        for source in (owner, *module.evaluate.sources(owner, scope)):
            made = module.callees.origin(source.func) if isinstance(source, ast.Call) else None
            if made and made.partition(".")[0] in _LIBRARIES and _is_session(made):
                return f"{made}.{method}", True
    return None, False


def _last(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def _is_session(origin: str) -> bool:
    return origin.rpartition(".")[2] in _SESSIONS


def _verb(
    module: Module, node: ast.Call, method: str, keywords: dict[str, ast.expr], scope: Scope
) -> str:
    """Return the method of the request in capitals, GET where nothing else is said."""
    given = keywords.get("method")
    if given is None and method in ("request", "stream") and node.args:
        given = node.args[0]
    said = module.evaluate.text(given, scope)
    if said is not None:
        return said.value.reveal().upper()
    return method.upper() if method in _VERBS - {"request", "stream"} else "GET"
