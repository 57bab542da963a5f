"""What systemd makes of a file that EnvironmentFile= names. Pure.

Source: systemd 256, basic/env-file.c (parse_env_file_internal), a machine that reads character by
character; compared with systemd's own environment.d generator, which reads with the same code.
"""

from __future__ import annotations

from credlint.host.machine.texts import Lines, Place
from credlint.model.lean_tuples import NamedTuple

_NEWLINE = "\n\r"
_WHITE = " \t\n\r"
_COMMENTS = "#;"
# Inside of double quotes a backslash is removed before these only (basic/escape.h).
_ESCAPABLE = '"\\`$'


class FileVariable(NamedTuple):
    """One assignment of the file; names that no variable can have are among them."""

    name: str
    value: str
    place: Place
    sure: bool


def parse_environment_file(text: str) -> tuple[FileVariable, ...]:
    """Return the assignments of a file in order; of equal names the last counts.

    ``sure`` False: the line follows a comment that ends with a backslash, which before systemd
    254 made it a part of the comment.
    """
    found: list[FileVariable] = []
    lines = Lines(text)
    text = text.split("\0", 1)[0]  # a C string ends there
    position, after_comment = 0, False
    while position < len(text):
        character = text[position]
        if character in _WHITE:
            position += 1
        elif character in _COMMENTS:
            position, after_comment = _skip_comment(text, position)
        else:
            position = _assignment(text, position, lines, found, not after_comment)
            after_comment = False
    return tuple(found)


def _skip_comment(text: str, position: int) -> tuple[int, bool]:
    start = position
    while position < len(text) and text[position] not in _NEWLINE:
        position += 1
    body = text[start:position]
    return position, (len(body) - len(body.rstrip("\\"))) % 2 == 1


def _assignment(
    text: str, position: int, lines: Lines, found: list[FileVariable], sure: bool
) -> int:
    """Read one line from its first character on, and return where the next one begins."""
    start = position
    position += 1  # the first character belongs to the name, = even
    while position < len(text) and text[position] not in _NEWLINE and text[position] != "=":
        position += 1
    if position >= len(text) or text[position] != "=":
        return position + 1
    name = text[start:position].rstrip(_WHITE)
    value, first, last, position = _value(text, position + 1)
    if text[first:last] in (f"'{value}'", f'"{value}"'):
        first, last = first + 1, last - 1
    found.append(FileVariable(name, value, lines.place(first, last), sure))
    return position


def _value(text: str, position: int) -> tuple[str, int, int, int]:
    """Return the value, where it is written from and to, and where the next line begins."""
    kept: list[str] = []
    solid = 0  # so much of ``kept`` is not white space at the end of an unquoted value
    begin, first, last = position, -1, position
    plain = False  # inside of an unquoted value, where quotes mean nothing
    while position < len(text):
        character = text[position]
        if character in _NEWLINE:
            break
        if character in _WHITE and not plain:
            position += 1
            continue
        if first < 0:
            first = position
        if character == "\\":
            plain = True
            following = text[position + 1 : position + 2]
            if following and following not in _NEWLINE:
                kept.append(following)
            position += 2
            solid = len(kept)
            last = min(position, len(text))
            continue
        if not plain and character in "\"'":
            position = _quoted(text, position, kept)
            solid = len(kept)
            last = position
            continue
        plain = True
        kept.append(character)
        position += 1
        if character not in _WHITE:
            solid, last = len(kept), position
    first = begin if first < 0 else first
    return "".join(kept[:solid]), first, max(first, last), position + 1


def _quoted(text: str, position: int, kept: list[str]) -> int:
    """Read on from an opening quote; return what follows the closing one, or the end."""
    quote = text[position]
    position += 1
    while position < len(text):
        character = text[position]
        if character == quote:
            return position + 1
        if quote == '"' and character == "\\" and position + 1 < len(text):
            following = text[position + 1]
            if following in _ESCAPABLE:
                kept.append(following)
            elif following != "\n":
                kept.append("\\" + following)
            position += 2
            continue
        if quote == '"' and character == "\\":
            return position + 1  # the file ends inside of an escape
        kept.append(character)
        position += 1
    return position
