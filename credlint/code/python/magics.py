"""Cells of IPython: what in them is Python, and what its magics hand to a shell.

The syntax is that of IPython 9 (``IPython/core/inputtransformer2.py``): ``%%name`` is about the
whole cell, ``%name`` and ``!command`` about a line, behind an assignment, too. Databricks writes a
language with one ``%`` on the first line.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Optional

from credlint.model.lean_tuples import NamedTuple

# What the line behind it says does not change what the rest of the cell is.
_PYTHON = frozenset(
    (
        *("time", "timeit", "capture", "prun", "memit", "mprun", "debug", "python", "python3"),
        *("python2", "pypy", "px", "local", "spark", "pyspark", "snakeviz", "scalene", "notify"),
    )
)
_SHELLS = frozenset(("bash", "sh", "shell", "zsh", "system", "sx", "!"))
_LANGUAGES = frozenset(("sql", "scala", "r", "md", "md-sandbox", "fs", "html", "javascript"))
_CELL_MAGIC = re.compile(rb"\s*(%%|%)([\w!-]+)([^\n]*)(?:\n|\Z)")
_LINE_MAGIC = re.compile(
    rb"([ \t]*(?:[A-Za-z_][\w,. \t\[\]'\"]*=[ \t]*)?)(!!?|%|\?|(?=[\w.]+\?\??[ \t]*\Z)"
    rb"|(?=(?:pip3?|conda|ls|cd|pwd|cat|mkdir|rm|cp|mv)(?:[ \t]|\Z)))(.*)",
    re.DOTALL,
)
_SHELL_MAGIC = re.compile(rb"(?:sx|system|sh)[ \t]+|")
# So many magics are put out of the way one by one, the others of the cell at once.
_MOST_ROUNDS = 30
# Returns the line, from 1, at which a text is no Python, 0 for none.
Fault = Callable[[bytes], int]


class Cell(NamedTuple):
    """What a cell is made of.

    ``python``: its last bytes, so many as this text is long, with blanks and ``pass`` for magics;
    None where there is none. ``others``: texts of another format, as (format, start, end).
    ``fault``: the line of the cell that is no Python, 0 for none.
    """

    python: Optional[bytes]
    others: tuple[tuple[str, int, int], ...] = ()
    fault: int = 0


def read_cell(text: bytes, fault: Fault) -> Cell:
    """Return what a cell is made of; one in a language that is not known has no part."""
    start = 0
    known = True
    magic = _CELL_MAGIC.match(text)
    if magic is not None:
        name = magic.group(2).decode("ascii", "replace")
        rest = magic.group(3).decode("utf-8", "replace")
        if magic.group(1) == b"%%":
            start = magic.end()
            other = _other_language(name, rest)
            if other is not None:
                return Cell(None, ((other, start, len(text)),))
            known = name in _PYTHON
        elif name in ("sh", *_LANGUAGES) and not rest.strip():
            return Cell(None, (("shell", magic.end(), len(text)),) if name == "sh" else ())
    lines = text[start:].splitlines(keepends=True)
    scripts: list[tuple[str, int, int]] = []
    line = _without_magics(lines, start, scripts, fault)
    if not line:
        return Cell(b"".join(lines), tuple(scripts))
    return Cell(None, (), line + text.count(b"\n", 0, start) if known else 0)


def _other_language(name: str, rest: str) -> Optional[str]:
    words = rest.split()
    if name == "script" and words:
        name = words[-1].rpartition("/")[2]
    if name in _SHELLS:
        return "shell"
    if name in ("writefile", "file") and words:
        return {"py": "python", "sh": "shell"}.get(words[-1].rpartition(".")[2])
    return None


def _without_magics(
    lines: list[bytes], start: int, scripts: list[tuple[str, int, int]], fault: Fault
) -> int:
    """Put blanks in the place of magics until the lines are Python; return the line that is not.

    Only lines that the parser stumbles at are taken for magics, since ``%`` may begin a line of an
    expression or of a text. With very many of them all lines that look so are taken.
    """
    for _ in range(_MOST_ROUNDS):
        line = fault(b"".join(lines))
        if not line or line > len(lines) or not _put_away(lines, line - 1, start, scripts):
            return line
    for number in range(len(lines)):
        if lines[number].lstrip()[:1] in (b"%", b"!"):
            _put_away(lines, number, start, scripts)
    return fault(b"".join(lines))


def _put_away(
    lines: list[bytes], number: int, start: int, scripts: list[tuple[str, int, int]]
) -> bool:
    """Put blanks in the place of the magic in a line; False where there is none."""
    body = lines[number].rstrip(b"\r\n")
    magic = _LINE_MAGIC.match(body)
    if magic is None:
        return False
    head, sign, rest = magic.groups()
    begin = start + sum(map(len, lines[:number])) + magic.start(3)
    last = number
    while lines[last].rstrip(b"\r\n").endswith(b"\\") and last + 1 < len(lines):
        last += 1
    end = start + sum(map(len, lines[: last + 1]))
    if sign in (b"!", b"!!"):
        scripts.append(("shell", begin, end))
    elif sign == b"%":
        shell = _SHELL_MAGIC.match(rest)
        if shell is not None and shell.end():
            scripts.append(("shell", begin + shell.end(), end))
    stands = b"0" if head.strip() or len(body) - len(head) < len(b"pass") else b"pass"
    lines[number] = _padded(head + stands, lines[number])
    for following in range(number + 1, last + 1):
        lines[following] = _padded(b"", lines[following])
    return True


def _padded(text: bytes, line: bytes) -> bytes:
    body = line.rstrip(b"\r\n")
    return text.ljust(len(body)) + line[len(body) :]
