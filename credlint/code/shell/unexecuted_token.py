"""SRC202: the command that should fetch a token is stored as text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Optional

from credlint.code.shell.requests import TOOLS
from credlint.code.shell.script import Assignment, Script
from credlint.code.sighting import Context, Sighting
from credlint.model.fix import Edit, FileEdits, Fix

_COMMAND = re.compile(r"\s*(?:" + "|".join(TOOLS) + r")\s")
_RUNS = ("eval", "sh", "bash", "zsh", "dash", "exec", "source", "xargs", "ssh", "sudo", "env")
_SUMMARY = "Run the command and keep what it prints: quotes become `$( … )`."


def check(script: Script, context: Context) -> Iterator[Sighting]:
    """Yield the assignments whose text is never run."""
    used, run = _names_sent(script), _names_run(script)
    for assignment in script.assignments:
        value = assignment.value
        if value is None or value.quote not in ("'", '"') or not _COMMAND.match(value.text):
            continue
        if assignment.name not in used or assignment.name in run:
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


def _names_sent(script: Script) -> frozenset[str]:
    """Return the variables that are sent as a token, however the header is spelled.

    The header may be kept in a variable: ``HEADER="X-aws-ec2-metadata-token: $TOKEN"``.
    """
    sent = [
        word
        for command in script.commands
        if command.name in TOOLS
        for word in command.arguments
        if "oken" in word.text
    ]
    headers = [each.value for each in script.assignments if each.value is not None]
    sent += [word for word in headers if "-metadata-token:" in word.text]
    return frozenset(name for word in sent for name in word.names)


def _names_run(script: Script) -> frozenset[str]:
    """Return the variables whose text is run as a command."""
    found: set[str] = set()
    for command in script.commands:
        found.update(command.words[0].names)
        if command.name in _RUNS:
            found.update(name for word in command.arguments for name in word.names)
    return frozenset(found)


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
