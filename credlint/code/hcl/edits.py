"""Edits of HCL in the file's own indentation and line ends."""

from __future__ import annotations

import re
from collections.abc import Sequence

from credlint.code.hcl.blocks import Body
from credlint.code.lines import line_start, newline_of, next_line
from credlint.model.fix import Edit

_STEP = "  "  # what `terraform fmt` indents by
# The name of an argument with the blanks behind it, but for one before the sign.
_ARGUMENT = re.compile(rb"[ \t]*([A-Za-z_][\w-]* *) =(?!=)")


def _indent(text: bytes, offset: int) -> str:
    """Return the blanks that the line of an offset begins with."""
    line = text[line_start(text, offset) : offset]
    return line[: len(line) - len(line.lstrip(b" \t"))].decode("ascii")


def _inner_indent(text: bytes, body: Body) -> str:
    """Return the indentation of what stands in a body, or what it would be."""
    starts = [argument.start for argument in body.arguments.values()]
    starts += [block.start for block in body.blocks]
    for start in sorted(starts):
        line = line_start(text, start)
        if line > body.start and not text[line:start].strip():
            return text[line:start].decode("ascii")
    outer = _indent(text, body.start)
    return outer + ("\t" if outer.endswith("\t") else _STEP)


def append_lines(text: bytes, body: Body, lines: Sequence[str]) -> tuple[Edit, ...]:
    """Return the edits that put lines at the end of a body; a blank one first for more than one.

    A body on one line is given lines of its own, since HCL wants a line end behind an argument.
    """
    end = newline_of(text)
    inner = _inner_indent(text, body)
    step = "\t" if inner.endswith("\t") else _STEP
    written = [
        inner + each.replace(_STEP, step, 1) if each.startswith(_STEP) else inner + each
        for each in lines
    ]
    is_empty = not text[body.start : body.end].strip()
    before = "" if is_empty or len(lines) == 1 else end
    added = before + "".join(each + end for each in written)
    line = line_start(text, body.end)
    if line > body.start and not text[line : body.end].strip():
        return (Edit(line, line, added),)
    outer = _indent(text, body.start)
    inside = text[body.start : body.end]
    last = Edit(body.start + len(inside.rstrip()), body.end, end + added + outer)
    gap = len(inside) - len(inside.lstrip())
    if is_empty or b"\n" in inside[:gap]:
        return (last,)
    return (Edit(body.start, body.start + gap, end + inner), last)


def prepend_line(text: bytes, body: Body, line: str) -> tuple[Edit, ...]:
    """Return the edits that put a line before all else in a body that is not empty.

    ``line``: ``name = value``; its sign stands under that of the next line, as `terraform fmt`
    has it, where that has room for the name.
    """
    end = newline_of(text)
    after = text.find(b"\n", body.start, body.end)
    if after >= 0 and not text[body.start : after].strip():
        name, _, value = line.partition(" = ")
        following = _ARGUMENT.match(text, after + 1, body.end)
        width = len(following[1]) if following is not None else 0
        aligned = f"{name.ljust(width)} = {value}"
        return (Edit(after + 1, after + 1, _inner_indent(text, body) + aligned + end),)
    return append_lines(text, body, [line])


def removal(text: bytes, start: int, end: int) -> Edit:
    """Return the edit that takes an argument or entry away, with the comma and comment behind it.

    Its lines go with it where nothing else is on them.
    """
    line, following = line_start(text, start), next_line(text, end)
    behind = text[end:following].strip().lstrip(b",").lstrip()
    if not text[line:start].strip() and (not behind or behind.startswith((b"#", b"//"))):
        return Edit(line, following, "")
    after = text[end:following]
    rest = after.lstrip(b" \t")
    if rest.startswith(b","):
        rest = rest[1:].lstrip(b" \t")
    return Edit(start, end + len(after) - len(rest), "")
