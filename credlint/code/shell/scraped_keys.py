"""SRC205: scripts that copy the keys of a role out of its metadata service."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Optional

from credlint.code.credential_names import KEY_ID, SECRET_KEY, TOKEN, kind_of_spelling
from credlint.code.shell.copies import Copies
from credlint.code.shell.requests import Request, iter_requests
from credlint.code.shell.script import Command, Script
from credlint.code.sighting import Context, Sighting, Span

_FILES = (".aws/credentials", ".aws/config")
_CONTAINERS = ("docker", "podman", "nerdctl")
_OPTIONS = ("-e", "--env")
_CONFIGURE = ("aws", "configure", "set")
_OTHER_SOURCES = (b"assume-role", b"get-session-token", b"export-credentials")


def check(script: Script, context: Context) -> Iterator[Sighting]:
    """Yield where the keys are put, once for each script."""
    source = next((r for r in iter_requests(script) if _gives_keys(r)), None)
    if source is None or any(word in script.text for word in _OTHER_SOURCES):
        return
    copies = Copies(script, (r.command for r in iter_requests(script) if _gives_keys(r)))
    kept = _into_environment(script, copies) or _into_file(script, copies)
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


def _gives_keys(request: Request) -> bool:
    """Tell whether the answer holds keys: the name of a role alone is behind a bare slash."""
    address = request.address
    return address.gives_credentials and not address.path.endswith("/security-credentials/")


def _into_environment(script: Script, copies: Copies) -> Optional[tuple[Span, str]]:
    exported = {
        word.text
        for command in script.commands
        if command.name == "export"
        for word in command.arguments
    }
    for assignment in script.assignments:
        if assignment.name not in (KEY_ID, SECRET_KEY, TOKEN):
            continue
        if assignment.declared != "export" and assignment.name not in exported:
            continue
        if assignment.value is not None and copies.hold(script, assignment.value):
            return Span(assignment.start, assignment.end), "the environment"
    for command in script.commands:
        if _passes_on(script, command, copies):
            return Span(command.start, command.end), "the environment"
    return None


def _passes_on(script: Script, command: Command, copies: Copies) -> bool:
    """Tell whether keys go to the environment of a container, or of the steps behind in a job."""
    if command.name in _CONTAINERS:
        pairs = zip(command.words, command.words[1:])
        given = [word for option, word in pairs if option.text in _OPTIONS]
    elif command.name in ("echo", "printf"):
        targets = [r.target.text for r in command.redirects if r.target is not None]
        if not any("GITHUB_ENV" in target for target in targets):
            return False
        given = list(command.arguments)
    else:
        return False
    return any(
        word.text.startswith((KEY_ID + "=", SECRET_KEY + "=")) and copies.hold(script, word)
        for word in given
    )


def _into_file(script: Script, copies: Copies) -> Optional[tuple[Span, str]]:
    for command in script.commands:
        if _configures(script, command, copies) or _writes_a_file(script, command, copies):
            return Span(command.start, command.end), "the configuration of the AWS CLI"
    return None


def _configures(script: Script, command: Command, copies: Copies) -> bool:
    texts = tuple(word.text for word in command.words[:4])
    name = texts[-1].rpartition(".")[2]
    if texts[:3] != _CONFIGURE or kind_of_spelling(name) not in (KEY_ID, SECRET_KEY):
        return False
    return any(copies.hold(script, word) for word in command.words[4:])


def _writes_a_file(script: Script, command: Command, copies: Copies) -> bool:
    targets = [script.expanded(r.target) for r in command.redirects if r.target is not None]
    if command.name == "tee":
        targets += [script.expanded(word) for word in command.arguments]
    if not any(target.endswith(_FILES) for target in targets):
        return False
    return b"aws_secret_access_key" in script.text and copies.anywhere
