"""What a script of fish or of csh would do to its environment, read and never run. Pure.

Source: fish 3.7 (set, Quotes, Escaping Characters) and tcsh(1) (setenv, unsetenv, quoting).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Callable

from credlint.host.machine.shell_script import ShellScript
from credlint.host.machine.shell_values import ShellAction
from credlint.host.machine.shell_words import ShellSyntaxError, Token, split_script
from credlint.model.lean_tuples import NamedTuple

_FISH_PLAIN = re.compile(r"[^\s'\"\\$();&|<>#]+")
_FISH_END = re.compile(r"[\n;|&<>]")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
_FISH_ESCAPES = {"n": "\n", "t": "\t", "e": "\x1b", "r": "\r", "a": "\a", "b": "\b"}
_FISH_OPENERS = frozenset(("if", "for", "while", "switch", "function", "begin"))
_FISH_DETACHED = frozenset(("function",))
_FISH_BEFORE = frozenset(("and", "or", "not", "command", "builtin", "else"))
_GLOB = re.compile(r"[*?{}~]")
_UNIVERSAL = re.compile(
    r"^SETUVAR (?:--\S+ )*--export (?:--\S+ )*([A-Za-z_]\w*):(.*)$", re.MULTILINE
)
_UNIVERSAL_ESCAPE = re.compile(r"\\x([0-9a-fA-F]{2})|\\(.)")
_LONG = {"--export": "x", "--global": "g", "--universal": "U", "--erase": "e", "--unexport": "u"}
_CSH_OPENERS = {"foreach": "end", "while": "end", "switch": "endsw"}


class _FishWord(NamedTuple):
    text: str
    literal: bool
    start: int
    end: int


def read_fish(text: str) -> ShellScript:
    """Read a script of fish; ``set -x``, ``export`` and ``set -e`` are understood."""
    script = ShellScript()
    blocks: list[str] = []
    try:
        for words, conditional in _fish_commands(text):
            _fish_command(words, conditional, blocks, script)
    except ShellSyntaxError as error:
        script.broken = error.offset
    return script


def _fish_commands(text: str) -> Iterator[tuple[list[_FishWord], bool]]:
    """Yield each command and whether it depends on the one before."""
    words: list[_FishWord] = []
    position, depends = 0, False
    while position < len(text):
        character = text[position]
        if character in " \t\r":
            position += 1
        elif text.startswith("\\\n", position):
            position += 2
        elif character == "#":
            end = text.find("\n", position)
            position = len(text) if end < 0 else end
        elif _FISH_END.match(character):
            if words:
                yield words, depends
                depends = character in "&|"
            elif character in "&|":
                depends = True
            elif character != "\n":
                depends = False
            words = []
            position += 1
        else:
            word = _fish_word(text, position)
            words.append(word)
            position = word.end
    if words:
        yield words, depends


def _fish_word(text: str, start: int) -> _FishWord:
    kept: list[str] = []
    literal, position = True, start
    while position < len(text):
        plain = _FISH_PLAIN.match(text, position)
        character = text[position]
        if plain:
            kept.append(plain.group())
            literal = literal and _GLOB.search(plain.group()) is None
            position = plain.end()
        elif character in "'\"":
            piece, known, position = _fish_quoted(text, position)
            kept.append(piece)
            literal = literal and known
        elif character == "\\":
            following = text[position + 1 : position + 2]
            if following == "\n":
                break
            kept.append(_FISH_ESCAPES.get(following, following))
            literal = literal and following not in ("x", "X", "u", "U", "c")
            position += 2
        elif character == "$":
            name = _NAME.match(text, position + 1)
            literal, position = False, name.end() if name else position + 1
        elif character == "(":
            literal, position = False, _fish_skip(text, position)
        elif character == "#":
            kept.append(character)
            position += 1
        elif character == ")":
            position += 1
        else:
            break
    return _FishWord("".join(kept), literal, start, position)


def _fish_quoted(text: str, start: int) -> tuple[str, bool, int]:
    quote, known = text[start], True
    kept: list[str] = []
    escapable = "\\'" if quote == "'" else '\\"$'
    position = start + 1
    while position < len(text):
        character = text[position]
        if character == quote:
            return "".join(kept), known, position + 1
        if character == "\\":
            following = text[position + 1 : position + 2]
            if following in escapable:
                kept.append(following)
            elif not (following == "\n" and quote == '"'):
                kept.append("\\" + following)
            position += 2
            continue
        if quote == '"' and character == "$":
            known = False
        kept.append(character)
        position += 1
    raise ShellSyntaxError(start)


def _fish_skip(text: str, start: int) -> int:
    depth, position = 0, start
    while position < len(text):
        character = text[position]
        if character in "'\"":
            position = _fish_quoted(text, position)[2]
            continue
        if character == "\\":
            position += 2
            continue
        depth += (character == "(") - (character == ")")
        position += 1
        if depth == 0:
            return position
    raise ShellSyntaxError(start)


def _fish_command(
    words: list[_FishWord], conditional: bool, blocks: list[str], script: ShellScript
) -> None:
    while words and words[0].text in _FISH_BEFORE:
        conditional = conditional or words[0].text in ("and", "or", "else")
        words = words[1:]
    name = words[0].text if words else ""
    if name in _FISH_OPENERS:
        blocks.append(name)
        return
    if name == "end":
        del blocks[-1:]
        return
    detached = any(one in _FISH_DETACHED for one in blocks)
    conditional = conditional or any(one != "begin" for one in blocks)
    make = _maker(conditional, detached)
    if name == "set":
        _fish_set(words[1:], make, script)
    elif name in ("export", "env"):
        for word in words[1:]:
            variable, equals, value = word.text.partition("=")
            if equals and _VARIABLE.match(variable):
                start = word.start + len(variable) + 1
                action = "set" if name == "export" else "command"
                script.actions.append(make(action, variable, value, word.literal, start, word.end))


def _maker(conditional: bool, detached: bool) -> Callable[..., ShellAction]:
    def make(
        action: str,
        variable: str,
        value: str = "",
        literal: bool = True,
        start: int = 0,
        end: int = 0,
    ) -> ShellAction:
        return ShellAction(
            action, variable, value, literal, start, end, conditional, detached, exported=True
        )

    return make


def _fish_set(
    words: list[_FishWord], make: Callable[..., ShellAction], script: ShellScript
) -> None:
    options = ""
    while words and words[0].text.startswith("-"):
        option = words[0].text
        options += _LONG.get(option, "") if option.startswith("--") else option[1:]
        words = words[1:]
    if not words or not _VARIABLE.match(words[0].text):
        return
    variable, values = words[0].text, words[1:]
    if "e" in options:
        script.actions.append(make("unset", variable))
    elif "x" in options:
        start = values[0].start if values else words[0].end
        end = values[-1].end if values else words[0].end
        value = " ".join(word.text for word in values)
        literal = all(word.literal for word in values)
        script.actions.append(make("set", variable, value, literal, start, end))
    elif "u" in options:
        script.actions.append(make("unexport", variable))


def read_fish_variables(text: str) -> ShellScript:
    """Read what ``set -Ux`` keeps: ``SETUVAR --export NAME:value``, escaped."""
    script = ShellScript()
    make = _maker(conditional=False, detached=False)
    for found in _UNIVERSAL.finditer(text):
        value = _UNIVERSAL_ESCAPE.sub(
            lambda one: chr(int(one.group(1), 16)) if one.group(1) else one.group(2),
            found.group(2),
        )
        # Elements of a list are kept apart by this character.
        joined = value.replace("\x1e", " ")
        script.actions.append(
            make("set", found.group(1), joined, start=found.start(2), end=found.end(2))
        )
    return script


def read_csh(text: str) -> ShellScript:
    """Read a script of csh or tcsh; ``setenv`` and ``unsetenv`` are understood."""
    script = ShellScript()
    blocks: list[str] = []
    words: list[Token] = []
    conditional = False  # on the line of an if, or behind && and ||
    try:
        for token in (*split_script(text), Token("\n", (), len(text), len(text))):
            if token.operator is None:
                words.append(token)
                continue
            if words:
                conditional = _csh_command(words, conditional, blocks, text, script) or conditional
            words = []
            if token.operator in ("\n", ";"):
                conditional = False
            elif token.operator in ("&&", "||"):
                conditional = True
    except ShellSyntaxError as error:
        script.broken = error.offset
    return script


def _csh_command(
    words: list[Token], conditional: bool, blocks: list[str], text: str, script: ShellScript
) -> bool:
    """Follow one command; tell whether the rest of its line is conditional."""
    name = words[0].bare
    if words[-1].bare == "then" and (name == "if" or conditional):
        blocks.append("endif")
        return False
    if name in ("if", "else"):
        return True
    if name in _CSH_OPENERS:
        blocks.append(_CSH_OPENERS[name])
        return False
    if name in ("endif", "end", "endsw"):
        del blocks[-1:]
        return False
    make = _maker(conditional or bool(blocks), detached=False)
    variable = words[1].plain if len(words) > 1 else None
    if variable and _VARIABLE.match(variable):
        if name == "setenv":
            _csh_setenv(words, variable, make, text, script)
        elif name == "unsetenv":
            script.actions.append(make("unset", variable))
    return conditional


def _csh_setenv(
    words: list[Token],
    variable: str,
    make: Callable[..., ShellAction],
    text: str,
    script: ShellScript,
) -> None:
    if len(words) < 3:  # noqa: PLR2004  setenv NAME VALUE
        end = words[1].end
        script.actions.append(make("set", variable, start=end, end=end))
        return
    value, start, end = words[2].plain, words[2].start, words[2].end
    if end - start > 1 and text[start] in "\"'" and text[end - 1] == text[start]:
        start, end = start + 1, end - 1
    written = text[start:end]
    literal = value is not None
    script.actions.append(
        make("set", variable, value if value is not None else written, literal, start, end)
    )
