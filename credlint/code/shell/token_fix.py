"""The edit that makes a request ask for a token first and send it (EC2 User Guide, IMDSv2)."""

from __future__ import annotations

import re
from typing import Optional

from credlint.code.metadata_addresses import LIFETIME_HEADER, TOKEN_HEADER, TOKEN_PATH
from credlint.code.shell.requests import Request, value_text
from credlint.code.shell.script import Place, Script
from credlint.model.fix import Edit, FileEdits, Fix

_NAMES = ("TOKEN", "IMDS_TOKEN", "IMDSV2_TOKEN")
# Of the options of the request those that the one for the token needs as well, with numbers alone.
_KEPT = ("--connect-timeout", "-m", "--max-time", "--retry", "-T", "--timeout", "-t", "--tries")
_KEPT_FLAGS = ("-f", "--fail")
_NUMBER = re.compile(r"[0-9]{1,4}\Z")
_LINE_END = re.compile(rb"(?<!\\)\n")
_SUMMARY = "Ask for a token first and send it with the request."
_MAY_BE_SKIPPED = ("subshell", "command_substitution", "if_statement")


def scope_of(script: Script, request: Request) -> Optional[tuple[Place, Place]]:
    """Return the function or script that a request is in, and the statement there.

    None where no command can be put before it: its text is inside of another one's quotes.
    """
    below = request.command.place
    for place in request.command.place.outwards():
        around = place.around.kind if place.around is not None else ""
        if place.kind == "program":
            return place, below
        if place.kind == "compound_statement" and around == "function_definition":
            return place, below
        if place.kind in ("heredoc_body", "function_definition") or _is_quoted(script, place):
            return None
        below = place
    return None


def _is_quoted(script: Script, place: Place) -> bool:
    """Tell whether quotes in a place would have to be escaped: backticks between quotes."""
    if place.kind != "command_substitution" or script.text[place.start : place.start + 1] != b"`":
        return False
    return place.within("string") is not None


def token_fixes(script: Script, requests: list[Request]) -> list[Fix]:
    """Return a fix for each of the requests, for display alone where it cannot be written.

    All of one function, or of the script outside of functions, share the request for the token,
    which stands before the first of them, so their edits are equal.
    """
    scopes = [scope_of(script, request) for request in requests]
    firsts: dict[int, tuple[Place, Request]] = {}
    for request, found in zip(requests, scopes):
        if found is not None:
            firsts.setdefault(found[0].start, (found[1], request))
    fixes = []
    for request, found in zip(requests, scopes):
        edits = _edits(script, request, found[0], *firsts[found[0].start]) if found else None
        if edits is None:
            fixes.append(Fix("display", _SUMMARY))
        else:
            fixes.append(Fix("unsafe", _SUMMARY, (FileEdits("", edits),)))
    return fixes


def _edits(
    script: Script, request: Request, scope: Place, statement: Place, first: Request
) -> Optional[tuple[Edit, ...]]:
    known = _token_before(script, scope, request)
    name = known or _free_name(script)
    if name is None:
        return None
    option = "-H" if request.is_curl else "--header"
    header = Edit(request.tool.end, request.tool.end, f' {option} "{TOKEN_HEADER}: ${name}"')
    if known:
        return (header,)
    return (_insertion(script, statement, name, first), header)


def _token_before(script: Script, scope: Place, request: Request) -> Optional[str]:
    """Return the variable that holds a token when the request is made."""
    for assignment in script.assignments:
        value = script.text[assignment.start : assignment.end]
        if TOKEN_PATH.encode() not in value or (b"(" not in value and b"`" not in value):
            continue
        if assignment.value is not None and assignment.value.quote == "'":
            continue
        if assignment.end > request.command.start:
            break
        is_here = any(place is scope for place in assignment.place.outwards())
        if is_here and assignment.place.within(*_MAY_BE_SKIPPED) is None:
            return assignment.name
    return None


def _free_name(script: Script) -> Optional[str]:
    for name in _NAMES:
        if not re.search(rb"\b" + name.encode() + rb"\b", script.text):
            return name
    return None


def _insertion(script: Script, statement: Place, name: str, first: Request) -> Edit:
    text = script.text
    line = text.rfind(b"\n", 0, statement.start) + 1
    indent = text[line : statement.start]
    command = f"{name}=$({_command(script, first)})"
    has_own_line = not indent.strip() and not text[:line].rstrip(b"\r\n").endswith(b"\\")
    if has_own_line and _LINE_END.search(text.strip()):
        ending = "\r\n" if b"\r\n" in text else "\n"
        return Edit(statement.start, statement.start, command + ending + indent.decode())
    return Edit(statement.start, statement.start, command + "; ")


def _command(script: Script, request: Request) -> str:
    kept: dict[str, None] = {}
    for option, word, value in request.options:
        if option in _KEPT_FLAGS and request.is_curl:
            kept[" -f"] = None
        elif option in _KEPT and value is not None:
            said = value_text(script, option, value)
            if _NUMBER.match(said):
                attached = option.startswith("--") and (value is word)
                kept[f" {option}{'=' if attached else ' '}{said}"] = None
    flags = "".join(kept)
    url = request.address.base + TOKEN_PATH
    if request.is_curl:
        return f'curl -sS{flags} -X PUT "{url}" -H "{LIFETIME_HEADER}: 21600"'
    return f'wget -qO-{flags} --method=PUT --header "{LIFETIME_HEADER}: 21600" "{url}"'
