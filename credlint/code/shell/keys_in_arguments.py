"""SRC209: keys of AWS among the arguments of commands, where process lists and history have them.

`/proc/PID/cmdline` is readable for every user unless `hidepid` is set (proc(5)).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Optional

from credlint.code.credential_names import SECRET_KEY, TOKEN, kind_of_spelling
from credlint.code.issued_keys import is_issued
from credlint.code.other_stores import goes_elsewhere
from credlint.code.shell.script import Command, Script
from credlint.code.shell.words import Word
from credlint.code.sighting import Context, Sighting, Span
from credlint.model.finding import Level
from credlint.model.lean_tuples import NamedTuple
from credlint.model.secret import Secret

# Part of the shell: their arguments are in no process list. The others take no keys, they print,
# search or compare.
_NOT_STARTED = frozenset(
    (
        *("export", "declare", "local", "readonly", "typeset", "unset", "read", "set", "setenv"),
        *("echo", "printf", "test", "[", "[[", "eval", "alias", "return", "exit", ":", "trap"),
        *("grep", "egrep", "sed", "awk", "tr", "cut", "unsetenv", "case", "if", "let", "git"),
        *("printenv", "jq", "log", "die", "fail", "error", "warn", "info"),
    )
)
# Commands whose secret stands behind an option or at a place of its own.
_OPTIONS: dict[str, tuple[str, ...]] = {
    "sls": ("--secret", "-s"),
    "serverless": ("--secret", "-s"),
    "s3cmd": ("--secret_key", "--secret_key="),
    "ec2-api-tools": ("--aws-secret-key",),
    "ecs-cli": ("--secret-key",),
    "eb": ("--secret-key",),
    "knife": ("--aws-secret-access-key",),
}
_CONFIGURING = ("sls", "serverless")
_NAMED = re.compile(
    r"(?<![A-Za-z0-9_$])(?P<name>[A-Za-z][A-Za-z0-9_.\-]{5,80}?)[\"']?"
    r"(?P<sign>=|:[ ]?)(?=(?P<value>[^\s,}]*))"
)
_LAST_PART = re.compile(r"[.\-]")
_KEY_OF_CLI = re.compile(r"(?:\A|\.)(aws_secret_access_key|aws_session_token)\Z")
_SPELLINGS = {
    "aws.secretkey": SECRET_KEY,
    "aws.secretaccesskey": SECRET_KEY,
    "fs.s3a.secret.key": SECRET_KEY,
    "fs.s3.awssecretaccesskey": SECRET_KEY,
    "awssecretaccesskey": SECRET_KEY,
    "awssecretkey": SECRET_KEY,
    "fs.s3a.session.token": TOKEN,
}
_REFERENCE = re.compile(r"\$\{|\$\(…\)|\{\{")


class _Given(NamedTuple):
    """``value``: its text; ``word``: where it stands; ``name``: as it is written."""

    name: str
    kind: str
    value: str
    word: Word


def check(script: Script, context: Context) -> Iterator[Sighting]:
    """Yield the commands that are given a secret key or a session token."""
    for command in script.commands:
        if command.name in _NOT_STARTED or not command.words:
            continue
        given = _given(command)
        if given is None:
            continue
        level = _level(script, context, command, given)
        if level is not None:
            yield _sighting(command, given, level)


def _given(command: Command) -> Optional[_Given]:
    name = command.name
    words = command.words
    if name in ("sudo", "env", "time", "exec", "nohup"):
        later = next((w.text for w in words[1:] if "=" not in w.text and w.text[:1] != "-"), "")
        name = later.rpartition("/")[2] or name
        if name in _NOT_STARTED:
            return None
    texts = [word.text for word in words]
    if "configure" in texts[:4] and "set" in texts[:6]:
        return _of_configure(words, texts)
    # `sls deploy -s` names a stage.
    is_asked = name not in _CONFIGURING or {"config", "credentials"} <= set(texts)
    for option in _OPTIONS.get(name, ()) if is_asked else ():
        for number, text in enumerate(texts[:-1]):
            if text == option:
                value = words[number + 1]
                return _Given(option, SECRET_KEY, value.text, value)
    for number, word in enumerate(words[1:], 1):
        found = _in_word(word)
        if found is not None:
            if name == "curl" and texts[number - 1] in ("-H", "--header"):
                continue
            return found
    return None


def _of_configure(words: tuple[Word, ...], texts: list[str]) -> Optional[_Given]:
    place = texts.index("set")
    arguments = [number for number in range(place + 1, len(words)) if texts[number][:2] != "--"]
    if len(arguments) < 2:  # noqa: PLR2004  name and value
        return None
    found = _KEY_OF_CLI.search(texts[arguments[0]])
    if found is None:
        return None
    value = words[arguments[1]]
    return _Given(found[1], kind_of_spelling(found[1]), value.text, value)


def _in_word(word: Word) -> Optional[_Given]:
    """Return the key in a word such as ``AWS_SECRET_ACCESS_KEY=…`` or ``--x.secretKey=…``."""
    text = word.text
    if "=" not in text and ":" not in text:
        return None
    for found in _NAMED.finditer(text[:4000]):
        kind = _kind(found["name"], found["sign"])
        value = found["value"].strip("\"'")
        if kind and value:
            return _Given(found["name"], kind, value, word)
    return None


def _kind(name: str, sign: str) -> str:
    low = name.lower()
    for spelling, kind in _SPELLINGS.items():
        if low == spelling or low.endswith("." + spelling):
            return kind
    if sign != "=":
        return ""
    kind = kind_of_spelling(name) or kind_of_spelling(_LAST_PART.split(name)[-1])
    return kind if kind in (SECRET_KEY, TOKEN) else ""


def _level(script: Script, context: Context, command: Command, given: _Given) -> Optional[Level]:
    source = script.text[command.start : command.end]
    if _REFERENCE.search(given.value) or "${" in given.value:
        if context.is_documentation or context.is_test or goes_elsewhere(source):
            return "note"
        return "warning"
    if not is_issued(given.kind, given.value):
        return None
    if context.is_documentation:
        return "note"
    return "warning" if goes_elsewhere(source) else "error"


def _sighting(command: Command, given: _Given, level: Level) -> Sighting:
    is_literal = not _REFERENCE.search(given.value)
    what = "a literal key" if is_literal else "a key"
    history = ", and so has the history of the shell" if is_literal else ""
    tool = command.name if command.words[0].is_literal else "a command"
    return Sighting(
        start=command.start,
        end=command.words[-1].end,
        message=(
            f"`{tool}` is given {what} as an argument ({given.name}); while it runs, every user of "
            f"the machine reads it in the process list{history}."
        ),
        level=level,
        subject=f"{tool} {given.name}",
        literals=(Span(given.word.start, given.word.end, f"the value for {given.name}"),)
        if is_literal
        else (),
        value=Secret(given.value) if is_literal else None,
    )
