"""What the settings of one unit's files add up to: its environment, user, folders, program.

Source: systemd.exec(5) (ENVIRONMENT, ENVIRONMENT VARIABLES IN SPAWNED PROCESSES), systemd 252 and
256, core/load-fragment.c (config_parse_environ, config_parse_unit_env_file,
config_parse_pass_environ, config_parse_unset_environ). Compared with ``systemd --test``.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from typing import Callable, Optional

from credlint.host.machine.assignments import RawAssignment
from credlint.host.machine.texts import Texts
from credlint.host.machine.unit_lines import Setting, WordError, parse_settings, split_words
from credlint.host.machine.unit_specifiers import UnknownSpecifierError, expand
from credlint.model.lean_dataclasses import dataclass, field

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_PREFIXES = "@-:+!|"
_TRUE = frozenset(("1", "yes", "y", "true", "t", "on"))
_SETTINGS_LIMIT = 20_000


@dataclass(frozen=True)
class NamedFile:
    """An EnvironmentFile= line: ``optional`` where it begins with ``-``."""

    pattern: str
    optional: bool
    place: str


@dataclass
class UnitSettings:
    """The settings so far; later files and lines are applied on top of earlier ones."""

    section: str
    specifiers: Mapping[str, str]
    environment: dict[str, RawAssignment] = field(default_factory=dict)
    manager: dict[str, RawAssignment] = field(default_factory=dict)
    files: list[NamedFile] = field(default_factory=list)
    passed: dict[str, None] = field(default_factory=dict)
    unset: list[str] = field(default_factory=list)
    commands: list[Setting] = field(default_factory=list)
    plain: dict[str, str] = field(default_factory=dict)
    seen: list[RawAssignment] = field(default_factory=list)
    faults: list[tuple[str, str]] = field(default_factory=list)
    uncertain: set[str] = field(default_factory=set)
    path: str = ""
    command_path: str = ""

    def apply_file(self, texts: Texts, path: str) -> None:
        """Apply every setting of a file that counts here."""
        text = texts.read(path)
        if text is None:
            return
        self.path = path
        settings, faults = parse_settings(text)
        for line, fault in faults:
            self._fault(line, fault)
        actions = self._actions()
        for setting in settings[:_SETTINGS_LIMIT]:
            action = actions.get(setting.name) if setting.section == self.section else None
            if action is not None:
                action(setting)
        if len(settings) > _SETTINGS_LIMIT:
            self._fault(settings[_SETTINGS_LIMIT].line, f"is beyond {_SETTINGS_LIMIT} settings")

    def _actions(self) -> dict[str, Callable[[Setting], None]]:
        actions: dict[str, Callable[[Setting], None]] = {
            "Environment": self._environment,
            "DefaultEnvironment": self._environment,
            "ManagerEnvironment": self._environment,
            "EnvironmentFile": self._file,
            "PassEnvironment": self._pass,
            "UnsetEnvironment": self._unset,
            "ExecStart": self._command,
        }
        plain = ("User", "Group", "DynamicUser", "WorkingDirectory", "RootDirectory", "PAMName")
        return {**actions, **dict.fromkeys(plain, self._plain)}

    def _fault(self, line: int, reason: str) -> None:
        self.faults.append((f"{self.path}:{line}", reason))

    def _words(self, setting: Setting, unescape: bool = True) -> list[tuple[str, int, int]]:
        """Return the words of a value with specifiers replaced; what cannot be is told."""
        found = []
        try:
            for word in split_words(setting, unescape=unescape):
                text = self._expand(setting, word.text)
                if text is not None:
                    found.append((text, word.start, word.end))
        except WordError:
            self._fault(setting.line, f"{setting.name}= has unbalanced quotes or a bad escape")
        return found

    def _expand(self, setting: Setting, text: str) -> Optional[str]:
        """Replace the specifiers of a text; None where systemd passes over it."""
        try:
            expanded = expand(text, self.specifiers)
        except UnknownSpecifierError:
            self._fault(setting.line, f"{setting.name}= holds an unknown specifier")
            return None
        if expanded is None:
            self._fault(setting.line, f"{setting.name}= holds a specifier of the moment")
            self.uncertain.add(text)
            return text
        return expanded

    def _environment(self, setting: Setting) -> None:
        target = self.manager if setting.name == "ManagerEnvironment" else self.environment
        if not setting.value:
            target.clear()
            return
        for text, start, end in self._words(setting):
            one = self._assignment(setting, text, start, end)
            if one is None:
                self._fault(setting.line, f"{setting.name}= holds a word that assigns nothing")
            else:
                target[one.variable] = one
                self.seen.append(one)

    def _assignment(
        self, setting: Setting, text: str, start: int, end: int
    ) -> Optional[RawAssignment]:
        name, equals, value = text.partition("=")
        if not equals or not is_variable(name) or not is_value(value):
            return None
        written = setting.joined.text[start:end]
        quote = written[0] if written[0] in "\"'" else ""
        offset = written.find("=") + 1
        # "NAME=value": the closing quote is no part of the value.
        last = end - 1 if quote and end - start > 1 and written.endswith(quote) else end
        place = setting.joined.place(start + offset, max(last, start + offset))
        literal = text not in self.uncertain
        return RawAssignment(
            "systemd-unit", self.path, place.line, place.column, place.end, name, value, literal
        )

    def _file(self, setting: Setting) -> None:
        if not setting.value:
            self.files.clear()
            return
        text = self._expand(setting, setting.value)
        if text is None or text in self.uncertain:
            return
        optional = text.startswith("-")
        pattern = text[1:] if optional else text
        if not pattern.startswith("/"):
            self._fault(setting.line, "EnvironmentFile= names no absolute path and is ignored")
            return
        self.files.append(
            NamedFile(posixpath.normpath(pattern), optional, f"{self.path}:{setting.line}")
        )

    def _pass(self, setting: Setting) -> None:
        if not setting.value:
            self.passed.clear()
        for text, _, _ in self._words(setting, unescape=False):
            if is_variable(text):
                self.passed[text] = None

    def _unset(self, setting: Setting) -> None:
        if not setting.value:
            self.unset.clear()
        self.unset += [text for text, _, _ in self._words(setting)]

    def _command(self, setting: Setting) -> None:
        if setting.value:
            self.commands.append(setting)
            self.command_path = self.path
        else:
            self.commands.clear()

    def _plain(self, setting: Setting) -> None:
        text = self._expand(setting, setting.value)
        if text is not None and text not in self.uncertain:
            self.plain[setting.name] = text

    @property
    def is_dynamic(self) -> bool:
        """Tell whether the user is made up when the unit starts."""
        return self.plain.get("DynamicUser", "").lower() in _TRUE

    def command(self) -> tuple[tuple[str, int, int], ...]:
        """Return the words of the first ExecStart=, the program without its prefixes."""
        if not self.commands:
            return ()
        words: list[tuple[str, int, int]] = []
        try:
            for word in split_words(self.commands[0]):
                if word.text == ";":
                    break
                text = self._expand(self.commands[0], word.text)
                words.append((word.text if text is None else text, word.start, word.end))
        except WordError:
            pass  # what was read so far names the program
        if not words:
            return ()
        first, start, end = words[0]
        program = first.lstrip(_PREFIXES)
        if "@" in first[: len(first) - len(program)] and len(words) > 1:
            del words[1]  # what the program is told that its name is
        return ((program, start, end), *words[1:])


def is_variable(name: str) -> bool:
    """Tell whether systemd takes this for a variable's name."""
    return _NAME.match(name) is not None


def is_value(value: str) -> bool:
    """Tell whether systemd takes this for a variable's value (env_value_is_valid)."""
    return _CONTROL.search(value) is None and _SURROGATE.search(value) is None


def remove_unset(environment: dict[str, str], unset: list[str]) -> None:
    """Remove what UnsetEnvironment= names: a variable, or one with exactly that value."""
    for one in unset:
        name, equals, value = one.partition("=")
        if name in environment and (not equals or environment[name] == value):
            del environment[name]
