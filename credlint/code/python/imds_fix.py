"""The edit of SRC111: a function that fetches a token, and the header with it at the call."""

from __future__ import annotations

import ast
import re
from typing import Optional

from credlint.code.lines import newline_of
from credlint.code.python.http_calls import HttpCall
from credlint.code.python.module import Module
from credlint.code.python.names import dotted
from credlint.model.fix import Edit, FileEdits, Fix

_NAME = "imds_token"
_HEADER = f'{{"X-aws-ec2-metadata-token": {_NAME}()}}'
_ENTRY = f'"X-aws-ec2-metadata-token": {_NAME}()'
_REQUESTS = '''\
def imds_token():
    """Return a session token of the instance metadata service (IMDSv2)."""
    response = LIBRARY.put(
        "http://169.254.169.254/latest/api/token",
        headers={"X-aws-ec2-metadata-token-ttl-seconds": "300"},
        timeout=2,
    )
    response.raise_for_status()
    return response.text
'''
_URLLIB = '''\
def imds_token():
    """Return a session token of the instance metadata service (IMDSv2)."""
    request = LIBRARY.Request(
        "http://169.254.169.254/latest/api/token",
        headers={"X-aws-ec2-metadata-token-ttl-seconds": "300"},
        method="PUT",
    )
    with LIBRARY.urlopen(request, timeout=2) as response:
        return response.read().decode()
'''
_BLANK_LINES = re.compile(rb"(?:\r?\n){0,2}")
# By the origin of what the function of the call belongs to; requests.put of 2.34, httpx.put of
# 0.28 and urllib.request.Request of Python 3.9 to 3.14 take these arguments.
_HELPERS = {"requests": _REQUESTS, "httpx": _REQUESTS, "urllib.request": _URLLIB}


def fix_of(module: Module, call: HttpCall) -> Optional[Fix]:
    """Return the edit for a call whose library is imported at the top, None for any other."""
    owner = call.library.rpartition(".")[0]
    local = dotted(call.node.func.value) if isinstance(call.node.func, ast.Attribute) else None
    helper = _HELPERS.get(owner)
    if helper is None or local is None or call.on_object or _is_taken(module):
        return None
    at = _behind_imports(module, local.partition(".")[0])
    header = _header(module, call, local)
    if at is None or header is None:
        return None
    newline = newline_of(module.text)
    blank = len(_BLANK_LINES.match(module.text, at).group().splitlines())  # type: ignore[union-attr]
    made = "\n\n" + helper.replace("LIBRARY", local) + "\n" * (2 - blank)
    edits = (Edit(at, at, made.replace("\n", newline)), *header)
    summary = f"Fetch a token with PUT in a function {_NAME}() and send it with the request."
    return Fix("unsafe", summary, (FileEdits("", edits),))


def _is_taken(module: Module) -> bool:
    return _NAME.encode() in module.text


def _behind_imports(module: Module, root: str) -> Optional[int]:
    """Return the start of the line behind the imports at the top, if ``root`` is one of them."""
    last: Optional[ast.stmt] = None
    is_imported = False
    for number, statement in enumerate(module.tree.body):
        if isinstance(statement, (ast.Import, ast.ImportFrom)):
            last = statement
            names = [alias.asname or alias.name.partition(".")[0] for alias in statement.names]
            is_imported = is_imported or root in names
        elif number or not isinstance(statement, ast.Expr):
            break
    if last is None or not is_imported:
        return None
    end = module.end(last)
    behind = module.text.find(b"\n", end)
    rest = module.text[end:behind].strip()
    return behind + 1 if behind >= 0 and (not rest or rest.startswith(b"#")) else None


def _header(module: Module, call: HttpCall, local: str) -> Optional[tuple[Edit, ...]]:
    """Return the edits that put the header into the call."""
    if call.library.startswith("urllib.") and not call.library.endswith(".Request"):
        return _request(module, call, local)
    if isinstance(call.headers, ast.Dict):
        start = module.start(call.headers) + 1
        return (Edit(start, start, _ENTRY + (", " if call.headers.keys else "")),)
    node = call.node
    # Behind the last argument: what follows it is a comma, blanks or the bracket.
    last = max(module.end(each) for each in (*node.args, *(k.value for k in node.keywords)))
    if call.headers is not None or module.text[last : last + 1] not in (b")", b","):
        return None
    return (Edit(last, last, f", headers={_HEADER}"),)


def _request(module: Module, call: HttpCall, local: str) -> Optional[tuple[Edit, ...]]:
    """Return the edits that make the address of ``urlopen`` a request with headers."""
    node = call.node
    has_data = len(node.args) > 1 or any(keyword.arg == "data" for keyword in node.keywords)
    if not call.library.endswith(".urlopen") or has_data:
        return None
    start, end, _ = module.span(call.address)
    return (Edit(start, start, f"{local}.Request("), Edit(end, end, f", headers={_HEADER})"))
