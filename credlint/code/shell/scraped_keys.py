"""SRC205: scripts that copy the keys of a role out of its metadata service."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Optional

from credlint.code.credential_names import KEY_ID, SECRET_KEY, TOKEN, kind_of_spelling
from credlint.code.shell.requests import iter_requests
from credlint.code.shell.script import Assignment, Command, Script
from credlint.code.sighting import Context, Sighting, Span

_FILES = (".aws/credentials", ".aws/config")
_CONFIGURE = ("aws", "configure", "set")
_OTHER_SOURCES = (b"assume-role", b"get-session-token", b"export-credentials")


def check(script: Script, context: Context) -> Iterator[Sighting]:
    """Yield where the keys are put, once for each script."""
    source = next((r for r in iter_requests(script) if r.address.gives_credentials), None)
    if source is None or any(word in script.text for word in _OTHER_SOURCES):
        return
    kept = _into_environment(script) or _into_file(script)
    if kept is None:
        return
    place, where = kept
    yield Sighting(
        start=place.start,
        end=place.end,
        message=(
            f"Keys of a role are copied out of its metadata service into {where}; they expire "
            "within hours, and what is copied then hides the live role."
        ),
        level="note" if context.is_documentation or context.is_test else None,
        subject=where,
        related=(Span(source.tool.start, source.command.end, "the request for the keys"),),
    )


def _into_environment(script: Script) -> Optional[tuple[Span, str]]:
    exported = {
        word.text
        for command in script.commands
        if command.name == "export"
        for word in command.arguments
    }
    for assignment in script.assignments:
        if assignment.name not in (KEY_ID, SECRET_KEY, TOKEN) or not _is_copied(assignment):
            continue
        if assignment.declared == "export" or assignment.name in exported:
            return Span(assignment.start, assignment.end), "the environment"
    return None


def _is_copied(assignment: Assignment) -> bool:
    value = assignment.value
    return value is not None and not value.is_literal and value.names != (assignment.name,)


def _into_file(script: Script) -> Optional[tuple[Span, str]]:
    for command in script.commands:
        if _configures(command) or _writes_a_file(script, command):
            return Span(command.start, command.end), "the configuration of the AWS CLI"
    return None


def _configures(command: Command) -> bool:
    texts = tuple(word.text for word in command.words[:4])
    name = texts[-1].rpartition(".")[2]
    if texts[:3] != _CONFIGURE or kind_of_spelling(name) not in (KEY_ID, SECRET_KEY):
        return False
    return any(not word.is_literal for word in command.words[4:])


def _writes_a_file(script: Script, command: Command) -> bool:
    targets = [script.expanded(r.target) for r in command.redirects if r.target is not None]
    if command.name == "tee":
        targets += [script.expanded(word) for word in command.arguments]
    if not any(target.endswith(_FILES) for target in targets):
        return False
    return b"aws_secret_access_key" in script.text
