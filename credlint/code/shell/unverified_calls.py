"""SRC211 in scripts: certificates of AWS that nobody checks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Optional

from credlint.code.addresses import Address, names_host_of_aws
from credlint.code.shell.requests import options_of, tool_of
from credlint.code.shell.script import Command, Script
from credlint.code.shell.words import Word
from credlint.code.sighting import Context, Sighting
from credlint.model.finding import Level
from credlint.model.fix import Edit, FileEdits, Fix
from credlint.model.lean_tuples import NamedTuple

_SWITCHES = {"NODE_TLS_REJECT_UNAUTHORIZED": "0", "PYTHONHTTPSVERIFY": "0"}
_CURL_SHORT = "AbcCdDeEFhHKmoPQrtTuUwxXyYz"
_FLAGS = {"aws": "--no-verify-ssl", "wget": "--no-check-certificate", "curl": "--insecure"}
# The AWS CLI takes the beginning of an option for it; the variables: SDKs and Tools Reference
# Guide, "Service-specific endpoints".
_ENDPOINT_OPTIONS = ("--endpoint-url", "--endpoint")
_ENDPOINT_VARIABLES = ("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3")
_SUMMARY = "Drop the flag."
_PROGRAMS = re.compile(r"(?:\A|/)(?:cdk|sls|serverless|sam|amplify|aws|node|npm|npx|yarn)\Z")


class _Flag(NamedTuple):
    """``start``, ``end``: what is to be dropped, the white space before it included."""

    name: str
    word: Word
    start: int
    end: int


def check(script: Script, context: Context) -> Iterator[Sighting]:
    """Yield the commands that switch the check off, and what does so for all that follow."""
    for command in script.commands:
        flag = _flag(script, command)
        if flag is None:
            continue
        endpoint = _endpoint(script, command) if flag.name == _FLAGS["aws"] else None
        level = _level(context, endpoint)
        if level is not None:
            yield _sighting(command, flag, level, _harm(flag, endpoint))
    yield from _switches(script, context)


def _flag(script: Script, command: Command) -> Optional[_Flag]:
    number = tool_of(command, ("aws", "curl", "wget"))
    if number is None:
        return None
    tool = command.words[number].text.rpartition("/")[2]
    words = command.words[number + 1 :]
    if tool != "aws" and not any(names_host_of_aws(script.expanded(word)) for word in words):
        return None
    wanted = _FLAGS[tool]
    before = command.words[number]
    for word in words:
        if word.text == wanted:
            return _Flag(wanted, word, before.end, word.end)
        before = word
    if tool == "curl":
        for name, word, _ in options_of(words, _CURL_SHORT, script):
            if name == "-k":
                return _short_flag(script, command, word)
    return None


def _short_flag(script: Script, command: Command, word: Word) -> _Flag:
    raw = script.text[word.start : word.end]
    if raw == b"-k":
        place = command.words.index(word)
        return _Flag("-k", word, command.words[place - 1].end, word.end)
    at = word.start + raw.index(b"k")
    return _Flag("-k", word, at, at + 1)


def _level(context: Context, endpoint: Optional[str]) -> Optional[Level]:
    if endpoint is not None:
        address = Address(endpoint)
        # Plain HTTP has no certificate that could be checked.
        if address.is_stand_in or address.scheme == "http":
            return None
    if context.is_documentation or context.is_test:
        return "note"
    if endpoint is not None and not names_host_of_aws(endpoint):
        return "warning"
    return "error"


def _harm(flag: _Flag, endpoint: Optional[str]) -> str:
    if flag.name != _FLAGS["aws"]:
        return "whoever is on the way to AWS reads and changes what is sent and fetched."
    place = "AWS" if endpoint is None or names_host_of_aws(endpoint) else "the endpoint"
    return (
        f"whoever is on the way to {place} reads and changes the requests, session tokens included."
    )


def _endpoint(script: Script, command: Command) -> Optional[str]:
    """Return where a command of the AWS CLI goes, None where nothing says so."""
    words = [script.expanded(word) for word in command.words]
    found: Optional[str] = None
    for number, text in enumerate(words):
        name, sign, value = text.partition("=")
        if name not in _ENDPOINT_OPTIONS:
            continue
        if sign:
            found = value
        elif number + 1 < len(words):
            found = words[number + 1]
    if found is None:
        given = (each for name in _ENDPOINT_VARIABLES for each in script.assigned.get(name, ()))
        found = next((script.expanded(each.value) for each in given if each.value), None)
    return found or None


def _sighting(command: Command, flag: _Flag, level: Level, harm: str) -> Sighting:
    edit = Edit(flag.start, flag.end, "")
    return Sighting(
        start=flag.word.start,
        end=flag.word.end,
        message=f"{flag.name} switches the check of the certificate off; {harm}",
        level=level,
        subject=f"{command.name} {flag.name}",
        fix=Fix("unsafe", _SUMMARY, (FileEdits("", (edit,)),)),
    )


def _switches(script: Script, context: Context) -> Iterator[Sighting]:
    """Yield variables that switch the check off for programs that talk to AWS here."""
    talks = any(_PROGRAMS.search(c.name) for c in script.commands) and b"aws" in script.text.lower()
    for assignment in script.assignments:
        value = assignment.value
        if value is None or _SWITCHES.get(assignment.name) != value.text or not talks:
            continue
        yield Sighting(
            start=assignment.start,
            end=assignment.end,
            message=(
                f"{assignment.name}={value.text} switches the check of certificates off for all "
                "programs that are started with it, and some of them talk to AWS here."
            ),
            level="note" if context.is_documentation or context.is_test else "warning",
            subject=assignment.name,
        )
