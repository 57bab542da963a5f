"""Texts within a script that something else reads: `bash -c '…'`, here-documents."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import Optional

from credlint.code.shell.script import Command, Heredoc, Script
from credlint.code.shell.words import Word
from credlint.code.sighting import Embedded, Segment

_SHELLS = frozenset(("sh", "bash", "zsh", "dash", "ksh", "ash"))
_INTERPRETERS = re.compile(rb"\s*#![^\n]{0,100}?\b(sh|bash|zsh|dash|ksh|ash|python[0-9.]*)\b")
# EC2 User Guide, "How Amazon EC2 handles user data for Windows instances".
_POWERSHELL = re.compile(rb"\s{0,200}<powershell>", re.IGNORECASE)
_MOST_READERS = 20
# What the outer shell takes a backslash from (POSIX.1-2017, Shell Command Language, 2.2.3, 2.7.4).
_ESCAPE_IN_DOUBLE = re.compile(rb'\\([$`"\\\n])')
_ESCAPE_IN_HEREDOC = re.compile(rb"\\([$`\\\n])")
_REMOTE = ("ssh", "su", "runuser", "sshpass", "vagrant")
_PYTHON = re.compile(r"python[0-9.]*\Z")


def iter_nested(script: Script) -> Iterator[Embedded]:
    """Yield what is handed to a shell or to Python, once each."""
    windows = _POWERSHELL.match(script.text)
    if windows is not None:
        start = windows.end()
        end = script.text.lower().find(b"</powershell>", start)
        inside = script.text[start : end if end >= 0 else len(script.text)]
        yield Embedded("powershell", inside, (Segment(0, start, len(inside)),))
    for command in script.commands:
        word = _handed_over(command)
        if word is not None:
            yield _of_word(script, word)
    for heredoc in script.heredocs:
        name = _format_of(script, heredoc)
        if name is not None:
            yield _of_heredoc(script, heredoc, name)


def _handed_over(command: Command) -> Optional[Word]:
    """Return the word that another shell will read as a script; only one in a pair of quotes."""
    texts = [word.text for word in command.words]
    names = [text.rpartition("/")[2] for text in texts]
    if names[0] in _REMOTE:
        last = command.words[-1]
        return last if len(texts) > 2 and last.quote else None  # noqa: PLR2004
    for place, name in enumerate(names[:-2]):
        if name in _SHELLS:
            option = texts[place + 1]
            if option.startswith("-") and option.endswith("c") and not option.startswith("--"):
                return command.words[place + 2] if command.words[place + 2].quote else None
    return None


def _of_word(script: Script, word: Word) -> Embedded:
    start, end = word.start + 1, word.end - 1
    if word.quote == "'":
        inside = script.text[start:end]
        return Embedded("shell", inside, (Segment(0, start, len(inside)),), _in_single)
    inside, segments = _without(_ESCAPE_IN_DOUBLE, script.text, start, end)
    return Embedded("shell", inside, segments, _in_double)


def _without(
    escape: re.Pattern[bytes], text: bytes, start: int, end: int
) -> tuple[bytes, tuple[Segment, ...]]:
    """Return what the inner shell is given of a text, and where it stands in the outer one."""
    pieces, segments, length, place = [], [], 0, start
    for found in escape.finditer(text, start, end):
        pieces.append(text[place : found.start()])
        segments.append(Segment(length, place, len(pieces[-1])))
        length += len(pieces[-1])
        # A line end behind a backslash is gone; any other character stands as it is.
        place = found.end() if found[1] == b"\n" else found.start(1)
    pieces.append(text[place:end])
    segments.append(Segment(length, place, end - place))
    return b"".join(pieces), tuple(segment for segment in segments if segment.length)


def _in_single(text: str) -> str:
    return text.replace("'", "'\\''")


def _in_double(text: str) -> str:
    return re.sub(r'([\\"$`])', r"\\\1", text)


def _in_heredoc(text: str) -> str:
    return re.sub(r"([\\$`])", r"\\\1", text)


def _format_of(script: Script, heredoc: Heredoc) -> Optional[str]:
    """Return what the body is: by its first line, or by who reads it."""
    first = _INTERPRETERS.match(script.text[heredoc.start : heredoc.start + 200])
    if first:
        return "python" if first[1].startswith(b"python") else "shell"
    around = heredoc.place.around
    if around is None:
        return None
    readers = list(islice(script.within(around.start, heredoc.start), _MOST_READERS))
    if not readers:
        return None
    names = [word.text.rpartition("/")[2] for word in readers[-1].words]
    if any(_PYTHON.match(name) for name in names[:2]):
        return "python"
    has_shell = any(name in _SHELLS for name in names[:3])
    return "shell" if has_shell or names[0] in _REMOTE else None


def _of_heredoc(script: Script, heredoc: Heredoc, name: str) -> Embedded:
    if heredoc.expands:
        inside, segments = _without(_ESCAPE_IN_HEREDOC, script.text, heredoc.start, heredoc.end)
        return Embedded(name, inside, segments, _in_heredoc)
    inside = script.text[heredoc.start : heredoc.end]
    return Embedded(name, inside, (Segment(0, heredoc.start, len(inside)),))
