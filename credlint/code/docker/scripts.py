"""What a Dockerfile hands to a shell: RUN, CMD, ENTRYPOINT and HEALTHCHECK, and heredocs of RUN."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Iterator
from typing import Optional

from credlint.code.docker.instructions import Instruction, Word
from credlint.code.docker.lines import Heredoc
from credlint.code.lines import newline_of
from credlint.code.sighting import Embedded, Segment

_SHELLS = ("sh", "bash", "dash", "ash", "zsh", "ksh")
_RUNS = ("RUN", "CMD", "ENTRYPOINT", "HEALTHCHECK")
_HEALTH = re.compile(r"CMD[ \t]+", re.IGNORECASE)
# `RUN <<EOF` alone: the text below it is the script.
_ALONE = re.compile(r"""<<-?[^ \t<;|&>]+\Z""")
_PLAIN = re.compile(rb'"([^"\\]*)"\Z')
_INTERPRETER = re.compile(rb"#![^\n]*?\b(python|sh|bash|dash|ash|zsh|ksh)[0-9.]*\b")


def iter_scripts(text: bytes, instructions: Iterable[Instruction]) -> Iterator[Embedded]:
    """Yield the scripts; what SHELL hands to another interpreter (PowerShell, cmd) is none."""
    is_shell: dict[int, bool] = {}
    newline = newline_of(text)
    for found in instructions:
        if found.name == "SHELL":
            is_shell[found.stage] = _is_shell((found.array() or ("",))[0])
        if found.name not in _RUNS:
            continue
        array = found.array()
        if array is not None:
            script = _of_array(text, array, tuple(found.strings()))
        elif is_shell.get(found.stage, True) and found.escape == "\\":
            script = _of_line(text, found, newline)
        else:
            script = None
        if script is not None:
            yield script


def _is_shell(program: str) -> bool:
    return program.rpartition("/")[2] in _SHELLS


def _of_line(text: bytes, found: Instruction, newline: str) -> Optional[Embedded]:
    """Return the shell form; lines that go on do so in the script as well, without comments.

    A line that is put in must not end the command, so that it goes on, too.
    """
    line, at = found.line, found.arguments
    if found.name == "HEALTHCHECK":
        command = _HEALTH.match(line.text, at)
        if command is None:
            return None
        at = command.end()
    heredocs = found.line.heredocs if found.name == "RUN" else ()
    if heredocs and _ALONE.match(found.rest):
        return _of_heredoc(text, heredocs[0])
    pieces: list[bytes] = []
    segments: list[Segment] = []
    inner = 0
    for start, outer, length in line.segments:
        cut = max(at - start, 0)
        if cut >= length:
            continue
        if pieces:
            pieces.append(b"\\\n")
            inner += 2
        pieces.append(text[outer + cut : outer + length])
        segments.append(Segment(inner, outer + cut, length - cut))
        inner += length - cut
    if heredocs:
        pieces.append(b"\n")
        start, end = heredocs[0].start, found.line.end
        pieces.append(text[start:end])
        segments.append(Segment(inner + 1, start, end - start))
    return Embedded(
        "shell",
        b"".join(pieces),
        tuple(segments),
        lambda put: put.replace("\n", f" && \\{newline}"),
    )


def _of_heredoc(text: bytes, heredoc: Heredoc) -> Optional[Embedded]:
    body = text[heredoc.start : heredoc.end]
    shebang = _INTERPRETER.match(body)
    if body.startswith(b"#!") and shebang is None:
        return None
    name = "python" if shebang and shebang[1] == b"python" else "shell"
    return Embedded(name, body, (Segment(0, heredoc.start, len(body)),))


def _of_array(text: bytes, array: tuple[str, ...], words: tuple[Word, ...]) -> Optional[Embedded]:
    """Return what ``["sh", "-c", "…"]`` runs, or the words of another program as one command."""
    if len(array) > 2 and _is_shell(array[0]) and re.fullmatch(r"-[a-z]*c", array[1]):  # noqa: PLR2004
        plain = _PLAIN.match(text[words[2].start : words[2].end])
        if plain is None:
            return Embedded("shell", array[2].encode(), (Segment(0, words[2].start + 1, 0),), _no)
        return Embedded("shell", plain[1], (Segment(0, words[2].start + 1, len(plain[1])),), _no)
    pieces: list[bytes] = []
    segments: list[Segment] = []
    inner = 0
    for value, word in zip(array, words):
        quoted = shlex.quote(value).encode("utf-8", "replace")
        is_same = quoted == text[word.start + 1 : word.end - 1]
        segments.append(Segment(inner, word.start + 1, len(quoted) if is_same else 0))
        pieces.append(quoted)
        inner += len(quoted) + 1
    return Embedded("shell", b" ".join(pieces), tuple(segments), _no)


def _no(put: str) -> str:
    """Keep a text that is put into a JSON string one: only such as needs no escape is right."""
    return put.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
