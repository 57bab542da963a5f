"""SRC208 in scripts: loops that repeat a command of the AWS CLI with the same pause."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Optional

from credlint.code.shell.requests import tool_of
from credlint.code.shell.script import Command, Place, Script
from credlint.code.sighting import Context, Sighting, Span

_LOOPS = ("while_statement", "for_statement", "c_style_for_statement")
# What only looks at a state, or fetches what may not be there yet, is waited for, not retried.
_LOOKS = re.compile(r"(?:describe|get|list|head|wait|ls|lookup|query|scan|search|test|batch-get)\b")
_NUMBER = re.compile(r"[0-9]+(?:\.[0-9]+)?[smh]?\Z")
_COMPARES = ("[", "[[", "test", "grep", "jq", "case")
_LEAST_WORDS = 3


def check(script: Script, context: Context) -> Iterator[Sighting]:
    """Yield the commands that are repeated, each with the pause."""
    told: set[int] = set()
    for pause in script.commands:
        if pause.name != "sleep" or not _is_constant(script, pause):
            continue
        loop = pause.place.within(*_LOOPS)
        if loop is None or loop.start in told:
            continue
        repeated = _repeated(script, loop)
        if repeated is None:
            continue
        told.add(loop.start)
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
    number = tool_of(call, ("aws",)) or 0
    words = [w.text for w in call.words[number + 1 :] if not w.text.startswith("-")]
    if len(words) < _LEAST_WORDS - 1 or _LOOKS.match(words[1]) or words[1].startswith("$"):
        return None
    if words[0] == "s3" and words[1] in ("cp", "sync") and _fetches(words):
        return None
    if call.place.within("command_substitution", "process_substitution", *_LOOPS) != loop and (
        call.place.within(*_LOOPS) is not loop or call.place.within("command_substitution")
    ):
        return None
    return call if _decides(script, call, loop, inside) else None


def _fetches(words: list[str]) -> bool:
    """Tell whether an object is fetched, which may be a wait for it."""
    return len(words) > 2 and words[2].startswith(("s3://", "$", "${"))  # noqa: PLR2004


def _decides(script: Script, call: Command, loop: Place, inside: list[Command]) -> bool:
    body = next((c for c in inside), None)
    if body is None:
        return False
    # In the condition, or left by `&& break`, or with the pause behind `||`.
    group = script.text.find(b"do", call.end)
    in_condition = call.place.within("do_group") is None or (
        call.place.within("do_group") is not None
        and call.place.within("do_group").start < loop.start  # type: ignore[union-attr]
    )
    if in_condition and group >= 0:
        return loop.kind == "while_statement"
    around = call.place.within("list", "if_statement")
    if around is None or around.start < loop.start:
        return False
    return any(
        command.name in ("break", "return", "exit", "sleep")
        for command in script.within(around.start, around.end)
    )
