"""SRC210: literal keys in what scripts, makefiles and units put into the environment."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Optional, Protocol, Union

from credlint.code.credential_names import BEARER, KEY_ID, SECRET_KEY, kind_of_spelling
from credlint.code.issued_keys import is_issued
from credlint.code.other_stores import goes_elsewhere
from credlint.code.program.lexer import Literal, Program
from credlint.code.shell.recipes import Setting
from credlint.code.shell.script import Script
from credlint.code.shell.words import Word
from credlint.code.sighting import Context, Sighting, Span
from credlint.model.finding import Level
from credlint.model.key_id import parse_key_id
from credlint.model.lean_tuples import NamedTuple
from credlint.model.secret import Secret

# From how far apart two keys are told together, in bytes: id and secret stand on lines in a row.
_TOGETHER = 400
# Of these each alone lets in.
_SECRETS = (SECRET_KEY, BEARER)
_BEFORE = re.compile(r"\$\{?env:(\w{1,100})\}?\s{0,8}=\s{0,8}\Z", re.IGNORECASE)
_FURTHEST = 130


class _WithSettings(Protocol):
    @property
    def text(self) -> bytes: ...

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
            yield _sighting(parsed, group)
            group = []
        group.append(given)
    if group:
        yield _sighting(parsed, group)


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
    found = [
        _of_word(script, each.name, each.value, each.start, each.end)
        for each in script.assignments
        if each.value is not None and kind_of_spelling(each.name)
    ]
    for command in script.commands:
        # csh: `setenv NAME value`; fish: `set -gx NAME value`.
        words = [word for word in command.words if not word.text.startswith("-")]
        if command.name in ("setenv", "set") and len(words) == 3:  # noqa: PLR2004
            found.append(_of_word(script, words[1].text, words[2], command.start, command.end))
    return iter(sorted(found, key=lambda given: given.start))


def _of_word(script: Script, name: str, value: Word, start: int, end: int) -> _Given:
    """Return what a word gives, its variables and ``${NAME:-default}`` put in."""
    place = value
    if len(value.pieces) == 1 and value.pieces[0].name and not value.pieces[0].text:
        # The literal stands where the variable is set.
        sources = (each.value for each in script.assigned.get(value.pieces[0].name, ()))
        place = next((each for each in sources if each is not None), value)
    said = script.expanded(value)
    return _Given(name, kind_of_spelling(name), said, start, end, place.start, place.end)


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


def _sighting(parsed: Union[Script, Program, _WithSettings], group: list[_Given]) -> Sighting:
    names = ", ".join(dict.fromkeys(given.name for given in group))
    telling = min(group, key=lambda given: given.kind not in _SECRETS)
    ids = [parse_key_id(given.value) for given in group]
    level: Optional[Level] = None if telling.kind in _SECRETS else "warning"
    if telling.kind == SECRET_KEY and KEY_ID not in _kinds(group) and goes_elsewhere(parsed.text):
        # Secrets of Ceph and MinIO look like those of AWS, but ids do not.
        level = "note"
    accounts = [facts.account for facts in ids if facts is not None and facts.account]
    return Sighting(
        start=group[0].start,
        end=group[0].end,
        message=(
            f"Literal AWS keys are put into the environment ({names}); all that is started from "
            "here uses them before profiles and roles, and everyone who reads the file has them."
        ),
        level=level,
        subject=names,
        literals=tuple(
            Span(given.value_start, given.value_end, f"the literal for {given.name}")
            for given in group
        ),
        value=Secret(telling.value),
        properties=tuple(("account", account) for account in accounts[:1]),
    )
