"""What a unit's ExecStart= itself sets: by ``env NAME=value program`` or by ``sh -c``. Pure.

Source: systemd.service(5), COMMAND LINES; env(1).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Optional

from credlint.host.machine.assignments import RawAssignment
from credlint.host.machine.shell_script import read_script
from credlint.host.machine.unit_settings import UnitSettings
from credlint.model.lean_dataclasses import dataclass

_ASSIGNMENT = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)=(.*)\Z", re.DOTALL)
_VARIABLE = re.compile(r"\$(?:\{([A-Za-z_][A-Za-z0-9_]*)\}|\$)")
_SHELLS = frozenset(("sh", "bash", "dash", "zsh", "ksh", "ash"))
_WITH_VALUE = frozenset(("-u", "--unset", "-C", "--chdir"))

_Words = tuple[tuple[str, int, int], ...]


@dataclass(frozen=True)
class UnitCommand:
    """The program that runs in the end, what was set for it and what was taken away."""

    program: str = ""
    assignments: tuple[RawAssignment, ...] = ()
    removed: tuple[str, ...] = ()


def read_command(settings: UnitSettings, environment: Mapping[str, str]) -> UnitCommand:
    """Read the first ExecStart=; ``environment``: what systemd gives to it."""
    words = settings.command()
    if not words:
        return UnitCommand()
    name = words[0][0].rpartition("/")[2]
    if name == "env":
        return _env(settings, words, environment)
    if name in _SHELLS:
        return UnitCommand(words[0][0], _shell(settings, words, environment))
    return UnitCommand(words[0][0])


def _assignment(
    settings: UnitSettings, variable: str, value: str, start: int, end: int, *, literal: bool
) -> RawAssignment:
    place = settings.commands[0].joined.place(start, end)
    return RawAssignment(
        kind="systemd-unit",
        path=settings.command_path,
        line=place.line,
        column=place.column,
        end_column=place.end,
        variable=variable,
        value=value,
        literal=literal,
    )


def _env(settings: UnitSettings, words: _Words, environment: Mapping[str, str]) -> UnitCommand:
    found: list[RawAssignment] = []
    removed: list[str] = []
    number = 1
    while number < len(words):
        text, start, end = words[number]
        assignment = _ASSIGNMENT.match(text)
        if assignment:
            written = settings.commands[0].joined.text[start:end]
            offset = start + written.find("=") + 1
            value = _expand(assignment.group(2), environment)
            last = end - 1 if written[:1] in ("'", '"') and written[-1:] == written[:1] else end
            found.append(
                _assignment(
                    settings,
                    assignment.group(1),
                    assignment.group(2) if value is None else value,
                    offset,
                    max(offset, last),
                    literal=value is not None,
                )
            )
        elif text in ("-", "-i", "--ignore-environment"):
            removed += environment
        elif text in _WITH_VALUE:
            number += 1
            if text in ("-u", "--unset") and number < len(words):
                removed.append(words[number][0])
        elif text.startswith("--unset="):
            removed.append(text.partition("=")[2])
        elif not text.startswith("-"):
            break
        number += 1
    program = words[number][0] if number < len(words) else ""
    names = {one.variable for one in found}
    return UnitCommand(program, tuple(found), tuple(one for one in removed if one not in names))


def _expand(text: str, environment: Mapping[str, str]) -> Optional[str]:
    """Replace ``${NAME}`` and ``$$`` as systemd does inside of a word; None where unknown."""
    if text.startswith("$") and _VARIABLE.match(text) is None:
        return None

    def replace(found: re.Match[str]) -> str:
        return environment.get(found.group(1), "") if found.group(1) else "$"

    return _VARIABLE.sub(replace, text)


def _shell(
    settings: UnitSettings, words: _Words, environment: Mapping[str, str]
) -> tuple[RawAssignment, ...]:
    """Return what the script of ``sh -c`` sets for the programs that it starts."""
    options = [number for number, (text, _, _) in enumerate(words) if _is_c(text)]
    if not options or options[0] + 1 >= len(words):
        return ()
    text, start, end = words[options[0] + 1]
    expanded = _expand(text, environment)
    if expanded is None:
        return ()
    written = settings.commands[0].joined.text
    found = []
    for action in read_script(expanded, environment).actions:
        if action.action not in ("set", "command") or not action.exported:
            continue
        # The script was unquoted and unescaped: look for the assignment in what was written.
        position = written.find(f"{action.variable}=", start, end)
        offset = position + len(action.variable) + 1 if position >= 0 else start
        length = len(action.value) if written.startswith(action.value, offset) else end - offset
        sure = action.literal and not action.conditional
        found.append(
            _assignment(
                settings, action.variable, action.value, offset, offset + length, literal=sure
            )
        )
    return tuple(found)


def _is_c(text: str) -> bool:
    return re.match(r"-[a-zA-Z]*c[a-zA-Z]*\Z", text) is not None
