"""SRC210: literal keys in what scripts, makefiles and units put into the environment."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple, Protocol, Union

from credlint.code.credential_names import BEARER, SECRET_KEY, kind_of_spelling
from credlint.code.issued_keys import is_issued
from credlint.code.program.lexer import Literal, Program
from credlint.code.shell.recipes import Setting
from credlint.code.shell.script import Script
from credlint.code.sighting import Context, Sighting, Span
from credlint.model.key_id import parse_key_id
from credlint.model.secret import Secret

# From how far apart two keys are told together, in bytes: id and secret stand on lines in a row.
_TOGETHER = 400
# Of these each alone lets in.
_SECRETS = (SECRET_KEY, BEARER)
_BEFORE = re.compile(r"\$\{?env:(\w{1,100})\}?\s{0,8}=\s{0,8}\Z", re.IGNORECASE)
_FURTHEST = 130


class _WithSettings(Protocol):
    @property
    def settings(self) -> Iterable[Setting]: ...


class _Given(NamedTuple):
    """``start`` and ``end``: all of the assignment; ``value_start``, ``value_end``: the value."""

    name: str
    kind: str
    value: str
    start: int
    end: int
    value_start: int
    value_end: int


def check(parsed: Union[Script, Program, _WithSettings], context: Context) -> Iterator[Sighting]:
    """Yield keys that stand near each other as one."""
    del context
    group: list[_Given] = []
    for given in _given(parsed):
        if group and (given.start - group[-1].end > _TOGETHER or given.kind in _kinds(group)):
            yield _sighting(group)
            group = []
        group.append(given)
    if group:
        yield _sighting(group)


def _kinds(group: list[_Given]) -> set[str]:
    return {given.kind for given in group}


def _given(parsed: Union[Script, Program, _WithSettings]) -> Iterator[_Given]:
    if isinstance(parsed, Script):
        found = _of_script(parsed)
    elif isinstance(parsed, Program):
        found = _of_program(parsed)
    else:
        found = (
            _Given(
                setting.name,
                kind_of_spelling(setting.name),
                setting.value,
                setting.start,
                setting.value_end,
                setting.value_start,
                setting.value_end,
            )
            for setting in parsed.settings
        )
    return (given for given in found if given.kind and is_issued(given.kind, given.value))


def _of_script(script: Script) -> Iterator[_Given]:
    found = []
    for each in script.assignments:
        if each.value is not None and each.value.is_literal:
            value = each.value
            found.append(
                _Given(
                    each.name,
                    kind_of_spelling(each.name),
                    value.text,
                    each.start,
                    each.end,
                    value.start,
                    value.end,
                )
            )
    for command in script.commands:
        # csh: `setenv NAME value`; fish: `set -gx NAME value`.
        words = [word for word in command.words if not word.text.startswith("-")]
        if command.name in ("setenv", "set") and len(words) == 3 and words[2].is_literal:  # noqa: PLR2004
            name, value = words[1].text, words[2]
            found.append(
                _Given(
                    name,
                    kind_of_spelling(name),
                    value.text,
                    command.start,
                    command.end,
                    value.start,
                    value.end,
                )
            )
    return iter(sorted(found, key=lambda given: given.start))


def _of_program(program: Program) -> Iterator[_Given]:
    """PowerShell: `$env:NAME = "value"` and `[Environment]::SetEnvironmentVariable("NAME", …)`."""
    for literal in program.strings:
        found = _BEFORE.search(program.code, max(0, literal.start - _FURTHEST), literal.start)
        if found is not None:
            yield _given_as(found[1], found.start(), literal)
    for call in program.calls("SetEnvironmentVariable"):
        arguments = program.strings_between(call.open, call.end)
        if len(arguments) > 1:
            yield _given_as(arguments[0].value, call.start, arguments[1])


def _given_as(name: str, start: int, literal: Literal) -> _Given:
    return _Given(
        name,
        kind_of_spelling(name),
        literal.value,
        start,
        literal.end,
        literal.inner,
        literal.inner_end,
    )


def _sighting(group: list[_Given]) -> Sighting:
    names = ", ".join(dict.fromkeys(given.name for given in group))
    telling = min(group, key=lambda given: given.kind not in _SECRETS)
    ids = [parse_key_id(given.value) for given in group]
    accounts = [facts.account for facts in ids if facts is not None and facts.account]
    return Sighting(
        start=group[0].start,
        end=group[0].end,
        message=(
            f"Literal AWS keys are put into the environment ({names}); all that is started from "
            "here uses them before profiles and roles, and everyone who reads the file has them."
        ),
        level=None if telling.kind in _SECRETS else "warning",
        subject=names,
        literals=tuple(
            Span(given.value_start, given.value_end, f"the literal for {given.name}")
            for given in group
        ),
        value=Secret(telling.value),
        properties=tuple(("account", account) for account in accounts[:1]),
    )
