"""SRC202: the command that should fetch a token is stored as text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Optional

from credlint.code.metadata_addresses import TOKEN_HEADER, TOKEN_PATH
from credlint.code.shell.requests import TOOLS, iter_requests
from credlint.code.shell.script import Assignment, Script
from credlint.code.sighting import Context, Sighting
from credlint.model.fix import Edit, FileEdits, Fix

_COMMAND = re.compile(r"\s*(?:" + "|".join(TOOLS) + r")\s")
_RUNS = ("eval", "sh", "bash", "zsh", "dash", "exec", "source", "xargs", "ssh", "sudo", "env")
_SUMMARY = "Run the command and keep what it prints: quotes become `$( … )`."


def check(script: Script, context: Context) -> Iterator[Sighting]:
    """Yield the assignments whose text is never run."""
    used = _names_in_token_headers(script)
    for assignment in script.assignments:
        value = assignment.value
        if value is None or value.quote not in ("'", '"') or not _COMMAND.match(value.text):
            continue
        if TOKEN_PATH not in script.expanded(value) and assignment.name not in used:
            continue
        if assignment.name not in used and not _is_sent(script, assignment.name):
            continue
        if _is_run(script, assignment.name):
            continue
        yield Sighting(
            start=assignment.start,
            end=assignment.end,
            message=(
                f"{assignment.name} holds the text of a command, not the token that it would "
                "fetch; requests send that text and are answered with 401."
            ),
            level="note" if context.is_documentation else None,
            subject=assignment.name,
            fix=_fix(script, assignment),
        )


def _names_in_token_headers(script: Script) -> frozenset[str]:
    """Return the variables that are sent as a token."""
    found: set[str] = set()
    for request in iter_requests(script):
        for header in request.headers:
            if header.name.lower() == TOKEN_HEADER.lower():
                found.update(header.word.names)
    return frozenset(found)


def _is_sent(script: Script, name: str) -> bool:
    """Tell whether a header of any command has the variable, however its name is spelled."""
    return any(
        name in word.names and "oken" in word.text
        for command in script.commands
        if command.name in TOOLS
        for word in command.arguments
    )


def _is_run(script: Script, name: str) -> bool:
    for command in script.commands:
        if command.words and name in command.words[0].names:
            return True
        if command.name in _RUNS and any(name in word.names for word in command.arguments):
            return True
    return False


def _fix(script: Script, assignment: Assignment) -> Optional[Fix]:
    value = assignment.value
    if value is None:
        return None
    inside = script.text[value.start + 1 : value.end - 1]
    edits = [
        Edit(value.start, value.start + 1, "$("),
        Edit(value.end - 1, value.end, ")"),
    ]
    if value.quote == '"':
        for found in re.finditer(rb'\\([$`"\\\n])', inside):
            if found[1] in (b"$", b"`", b"\\"):
                return Fix("display", _SUMMARY)
            if found[1] == b'"':
                at = value.start + 1 + found.start()
                edits.append(Edit(at, at + 1, ""))
    if inside.count(b"'") % 2 or b"#" in inside:
        return Fix("display", _SUMMARY)
    return Fix("unsafe", _SUMMARY, (FileEdits("", tuple(edits)),))
