"""The edit that makes a request ask for a token first and send it (EC2 User Guide, IMDSv2)."""

from __future__ import annotations

import re
from typing import Optional

from credlint.code.lines import line_start
from credlint.code.metadata_addresses import LIFETIME_HEADER, TOKEN_HEADER, TOKEN_PATH
from credlint.code.shell.requests import Request, value_text
from credlint.code.shell.script import Assignment, Place, Script
from credlint.model.fix import Edit, FileEdits, Fix
from credlint.model.lean_tuples import NamedTuple

_NAMES = ("TOKEN", "IMDS_TOKEN", "IMDSV2_TOKEN")
# Of the options of the request those that the one for the token needs as well, with numbers alone.
_KEPT = ("--connect-timeout", "-m", "--max-time", "--retry", "-T", "--timeout", "-t", "--tries")
_KEPT_FLAGS = ("-f", "--fail")
_NUMBER = re.compile(r"[0-9]{1,4}\Z")
_LINE_END = re.compile(rb"(?<!\\)\n")
_SUMMARY = "Ask for a token first and send it with the request."
_MOST_TOKENS = 20
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
    text = script.text[place.start : place.end].lstrip()
    if place.kind != "command_substitution" or not text.startswith(b"`"):
        return False
    return place.within("string") is not None


class _Manner(NamedTuple):
    """What holds for a whole script: tokens that it fetches, the name of another, its lines."""

    tokens: tuple[Assignment, ...]
    name: Optional[str]
    has_lines: bool
    ending: str


def token_fixes(script: Script, requests: list[Request]) -> list[Fix]:
    """Return a fix for each of the requests, for display alone where it cannot be written.

    All of one function, or of the script outside of functions, share the request for the token,
    which stands before the first of them, so their edits are equal.
    """
    manner = _Manner(
        _tokens(script),
        _free_name(script),
        _LINE_END.search(script.text.strip()) is not None,
        "\r\n" if b"\r\n" in script.text else "\n",
    )
    scopes = [scope_of(script, request) for request in requests]
    firsts: dict[int, tuple[Place, Request]] = {}
    for request, found in zip(requests, scopes):
        if found is not None:
            firsts.setdefault(found[0].start, (found[1], request))
    fixes = []
    for request, found in zip(requests, scopes):
        edits = (
            _edits(script, manner, request, found[0], *firsts[found[0].start]) if found else None
        )
        if edits is None:
            fixes.append(Fix("display", _SUMMARY))
        else:
            fixes.append(Fix("unsafe", _SUMMARY, (FileEdits("", edits),)))
    return fixes


def _edits(
    script: Script,
    manner: _Manner,
    request: Request,
    scope: Place,
    statement: Place,
    first: Request,
) -> Optional[tuple[Edit, ...]]:
    known = _token_before(manner, scope, request)
    name = known or manner.name
    if name is None:
        return None
    option = "-H" if request.is_curl else "--header"
    header = Edit(request.tool.end, request.tool.end, f' {option} "{TOKEN_HEADER}: ${name}"')
    if known:
        return (header,)
    return (_insertion(script, manner, statement, f"{name}=$({_command(script, first)})"), header)


def _tokens(script: Script) -> tuple[Assignment, ...]:
    """Return the variables that are given what a request for a token answers."""
    found = []
    for assignment in script.assignments:
        value = script.text[assignment.start : assignment.end]
        runs = b"$(" in value or b"`" in value
        is_text = assignment.value is not None and assignment.value.quote == "'"
        if TOKEN_PATH.encode() in value and runs and not is_text:
            found.append(assignment)
    return tuple(found[:_MOST_TOKENS])


def _token_before(manner: _Manner, scope: Place, request: Request) -> Optional[str]:
    """Return the variable that holds a token when the request is made."""
    for assignment in manner.tokens:
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


def _insertion(script: Script, manner: _Manner, statement: Place, command: str) -> Edit:
    text, start = script.text, statement.start
    line = line_start(text, start)
    indent = text[line:start]
    before = text[max(0, line - 3) : line].rstrip(b"\r\n")
    if manner.has_lines and not indent.strip() and not before.endswith(b"\\"):
        return Edit(start, start, command + manner.ending + indent.decode())
    return Edit(start, start, command + "; ")


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
