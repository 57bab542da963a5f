"""From what a script does to its variables to lines of a host, and to an environment. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Optional

from credlint.host.machine.assignments import RawAssignment
from credlint.host.machine.shell_script import ShellScript, read_script
from credlint.host.machine.shell_values import ShellAction
from credlint.host.machine.texts import Lines
from credlint.model.lean_dataclasses import dataclass, field


@dataclass
class ShellState:
    """The variables of a shell while it reads one file after the other.

    ``values``: None where only a shell could tell. ``sources``: the line that set each, where one
    did. ``unsure``: the lines (path:line) that may or may not take effect.
    """

    values: dict[str, Optional[str]] = field(default_factory=dict)
    exported: set[str] = field(default_factory=set)
    sources: dict[str, RawAssignment] = field(default_factory=dict)
    unsure: dict[str, str] = field(default_factory=dict)

    def known(self) -> dict[str, str]:
        """Return the values that are known."""
        return {name: value for name, value in self.values.items() if value is not None}

    def environment(self) -> dict[str, str]:
        """Return what a program started now would get, as far as it is known."""
        known = self.known()
        return {name: known[name] for name in sorted(self.exported) if name in known}

    def apply(self, script: ShellScript, lines: Mapping[int, RawAssignment], path: str) -> None:
        """Do what a script does; under a condition it is done as well, and told as unsure."""
        for number, action in enumerate(script.actions):
            if action.detached or action.action == "command":
                continue
            if action.conditional:
                line = lines.get(number)
                place = f"{path}:{line.line}" if line is not None else path
                self.unsure[action.variable] = place
            else:
                self.unsure.pop(action.variable, None)
            self._apply(action, lines.get(number))

    def _apply(self, action: ShellAction, line: Optional[RawAssignment]) -> None:
        name = action.variable
        if action.action == "set":
            self.values[name] = action.value if action.literal else None
            if line is not None:
                self.sources[name] = line
            if action.exported:
                self.exported.add(name)
        elif action.action == "export":
            if name in self.values:
                self.exported.add(name)
        elif action.action == "unexport":
            self.exported.discard(name)
        else:
            self.values.pop(name, None)
            self.sources.pop(name, None)
            self.exported.discard(name)


@dataclass(frozen=True)
class ShellText:
    """A script that was read: its actions, and those of them that are lines of their own."""

    script: ShellScript
    by_action: Mapping[int, RawAssignment]
    broken_line: Optional[int] = None

    def assignments(self, plain: bool = False) -> Iterable[RawAssignment]:
        """Return what comes to be in an environment; ``plain``: shell variables too."""
        for number, line in self.by_action.items():
            if plain or self.script.actions[number].exported:
                yield line


def read_shell_text(
    text: str,
    path: str,
    kind: str,
    user: Optional[str] = None,
    state: Optional[ShellState] = None,
    first: tuple[int, int] = (1, 1),
) -> ShellText:
    """Read a script; ``state``: what it starts with.

    ``first``: line and column in the file of its first character.
    """
    known = state.known() if state is not None else {}
    script = read_script(text, known, state.exported if state is not None else None)
    return place_script(script, text, path, kind, user, first)


def place_script(
    script: ShellScript,
    text: str,
    path: str,
    kind: str,
    user: Optional[str] = None,
    first: tuple[int, int] = (1, 1),
) -> ShellText:
    """Give each assignment of a script its place in the file."""
    lines = Lines(text)
    found: dict[int, RawAssignment] = {}
    for number, action in enumerate(script.actions):
        if action.action not in ("set", "command"):
            continue
        line, column, end = lines.place(action.start, action.end)
        shift = first[1] - 1 if line == 1 else 0
        found[number] = RawAssignment(
            kind=kind,
            path=path,
            line=line + first[0] - 1,
            column=column + shift,
            end_column=end + shift,
            variable=action.variable,
            value=action.value,
            literal=action.literal,
            user=user,
        )
    broken = None if script.broken is None else lines.line(script.broken) + first[0] - 1
    return ShellText(script, found, broken)
