"""SRC208 in scripts: loops that repeat a command of the AWS CLI with the same pause."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import takewhile
from typing import Optional

from credlint.code.shell.requests import tool_of
from credlint.code.shell.script import Command, Place, Script
from credlint.code.sighting import Context, Sighting, Span

_LOOPS = ("while_statement", "for_statement", "c_style_for_statement")
# What only looks at a state, or fetches what may not be there yet, is waited for, not retried.
_LOOKS = re.compile(r"(?:describe|get|list|head|wait|ls|lookup|query|scan|search|test|batch-get)\b")
_NUMBER = re.compile(r"[0-9]+(?:\.[0-9]+)?[smh]?\Z")
_COMPARES = ("[", "[[", "test", "grep", "jq", "case")
_LEAVING = ("break", "return", "exit", "sleep")
# What is in these has a status of its own, or a loop of its own.
_APART = ("command_substitution", "process_substitution", *_LOOPS)
_LEAST_WORDS = 2
# Options of the AWS CLI itself, which may stand before the operation and take a value.
_WITH_VALUE = ("--region", "--profile", "--output", "--endpoint-url", "--query", "--ca-bundle")


def check(script: Script, context: Context) -> Iterator[Sighting]:
    """Yield the commands that are repeated, each with the pause."""
    told: set[int] = set()
    for pause in script.commands:
        if pause.name != "sleep" or not _is_constant(script, pause):
            continue
        loop = pause.place.within(*_LOOPS)
        if loop is None or loop.start in told:
            continue
        told.add(loop.start)
        repeated = _repeated(script, loop)
        if repeated is None:
            continue
        verb = " ".join(word.text for word in repeated.words[:3])
        endless = loop.kind == "while_statement"
        yield Sighting(
            start=repeated.start,
            end=repeated.end,
            message=(
                f"`{verb}` is repeated on every error with the same pause; denials and faulty "
                "requests never heal so, and many machines in step keep a throttled service busy."
            ),
            level="warning"
            if endless and not context.is_documentation and not context.is_test
            else "note",
            subject=verb,
            related=(Span(pause.start, pause.end, "the pause"),),
        )


def _is_constant(script: Script, pause: Command) -> bool:
    return len(pause.words) == 2 and bool(_NUMBER.match(script.expanded(pause.words[1])))  # noqa: PLR2004


def _repeated(script: Script, loop: Place) -> Optional[Command]:
    """Return the one command of AWS whose exit status decides whether the loop goes on."""
    inside = list(script.within(loop.start, loop.end))
    calls = [command for command in inside if tool_of(command, ("aws",)) is not None]
    if len(calls) != 1 or any(command.name in _COMPARES for command in inside):
        return None
    call = calls[0]
    words = _operation(call)
    if len(words) < _LEAST_WORDS or _LOOKS.match(words[1]) or words[1].startswith("$"):
        return None
    if words[0] == "s3" and words[1] in ("cp", "sync") and _fetches(words):
        return None
    return call if _decides(script, call, loop) else None


def _operation(call: Command) -> list[str]:
    """Return service, operation and what follows, without options before the operation."""
    number = tool_of(call, ("aws",)) or 0
    words: list[str] = []
    is_value = False
    for word in call.words[number + 1 :]:
        if not is_value and not word.text.startswith("-"):
            words.append(word.text)
        is_value = len(words) < _LEAST_WORDS and word.text in _WITH_VALUE
    return words


def _fetches(words: list[str]) -> bool:
    """Tell whether an object is fetched, which may be a wait for it."""
    return len(words) > 2 and words[2].startswith(("s3://", "$", "${"))  # noqa: PLR2004


def _decides(script: Script, call: Command, loop: Place) -> bool:
    """Tell whether the loop goes on while the command fails.

    It is the condition, or it is left by ``&& break``, or the pause stands behind ``||``.
    """
    between = list(takewhile(lambda place: place is not loop, call.place.outwards()))
    kinds = {place.kind for place in between}
    if kinds.intersection(_APART):
        return False
    if "do_group" not in kinds:
        return loop.kind == "while_statement"
    around = next((place for place in between if place.kind in ("list", "if_statement")), None)
    return around is not None and any(
        command.name in _LEAVING for command in script.within(around.start, around.end)
    )
