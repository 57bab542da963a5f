"""The lines of crontabs: variables as cron quotes them, and entries. Pure.

Source: crontab(5); cronie 1.7, src/env.c (load_env) and src/entry.c (load_entry), which read as
Debian's cron 3.0 does; anacron of cronie, anacron/readtab.c.
"""

from __future__ import annotations

import re
from typing import Optional

from credlint.model.lean_tuples import NamedTuple

_TIMES = 5
_FIELD = re.compile(r"[^ \t]+[ \t]+")
_SPECIAL = re.compile(r"@[A-Za-z]+[ \t]+")
_FIRST_FIELD = re.compile(r"[-*0-9]")
_ANACRON_VARIABLE = re.compile(r"[ \t]*([^ \t=]+)[ \t]*=(.*)\Z", re.DOTALL)
_ANACRON_JOB = re.compile(
    r"[ \t]*(?:[0-9]+|@[^ \t]+)[ \t]+[0-9]+[ \t]+[^ \t/]+[ \t]+([^ \t].*)\Z", re.DOTALL
)


class Variable(NamedTuple):
    """An assignment; the value is written from ``start`` to ``end``, quotes left out."""

    name: str
    value: str
    start: int
    end: int


class Entry(NamedTuple):
    """A job; the command begins at ``start``. ``user``: None in a user's own crontab."""

    user: Optional[str]
    command: str
    start: int


def parse_variable(line: str) -> Optional[Variable]:
    """Return the assignment of a line, None when it is none.

    Name and value may each stand in quotes of either kind; there are no escapes and no comments,
    and unquoted values lose the white space at their end.
    """
    position = _skip_white(line, 0)
    name = _part(line, position, "=")
    if name is None:
        return None
    text, _, position = name
    position = _skip_white(line, position)
    if line[position : position + 1] != "=":
        return None
    position = _skip_white(line, position + 1)
    value = _part(line, position, "")
    if value is None:
        return None
    text_value, start, position = value
    if line[position:].strip():
        return None  # something follows the closing quote
    return Variable(text, text_value, start, start + len(text_value))


def _skip_white(line: str, position: int) -> int:
    while position < len(line) and line[position].isspace():
        position += 1
    return position


def _part(line: str, position: int, stop: str) -> Optional[tuple[str, int, int]]:
    """Return a name or value, where it begins, and what follows it; None where it is broken."""
    quote = line[position : position + 1]
    if quote and quote in "'\"":
        end = line.find(quote, position + 1)
        text = line[position + 1 : end]
        if end < 0 or (stop and stop in text):
            return None
        return text, position + 1, end + 1
    if not stop:
        text = line[position:].rstrip()
        return text, position, len(line)
    end = position
    while end < len(line) and line[end] != stop and not line[end].isspace():
        end += 1
    return line[position:end], position, end


def parse_entry(line: str, names_user: bool) -> Optional[Entry]:
    """Return the entry of a line; ``names_user``: a field between times and command does.

    An unescaped % ends the command; what follows is its input.
    """
    position = _skip_white(line, 0)
    if line.startswith("@", position):
        special = _SPECIAL.match(line, position)
        if special is None:
            return None
        position = special.end()
    else:
        if not _FIRST_FIELD.match(line, position):
            return None
        for _ in range(_TIMES):
            field = _FIELD.match(line, position)
            if field is None:
                return None
            position = field.end()
    user = None
    if names_user:
        field = _FIELD.match(line, position)
        if field is None:
            return None
        user = field.group().strip()
        position = field.end()
    command = line[position:]
    if not command.strip():
        return None
    end = re.search(r"(?<!\\)%", command)
    return Entry(user, command[: end.start()] if end else command, position)


def parse_anacron_variable(line: str) -> Optional[Variable]:
    """Return the assignment of a line of anacrontab: all behind the sign, as it stands."""
    found = _ANACRON_VARIABLE.match(line)
    if found is None:
        return None
    return Variable(found.group(1), found.group(2), found.start(2), found.end(2))


def parse_anacron_entry(line: str) -> Optional[Entry]:
    """Return the job of a line of anacrontab; all run as root."""
    found = _ANACRON_JOB.match(line)
    return Entry("root", found.group(1), found.start(1)) if found else None
