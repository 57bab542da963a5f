"""Edits of YAML and JSON that leave everything else as it stands: comments, quotes, indentation."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Sequence
from collections.abc import Mapping as Names
from typing import Union

from credlint.code.lines import line_start, newline_of, next_line
from credlint.code.marked.nodes import Entry, Mapping, Node, Scalar
from credlint.code.marked.nodes import Sequence as Items
from credlint.model.fix import Edit

# ``True`` is written as such; a text that YAML would take for something else is quoted.
Value = Union[str, bool, Names[str, "Value"]]
_PLAIN = re.compile(r"[A-Za-z0-9_./<>=@-]+\Z")
_WORDS = re.compile(r"(?i:true|false|yes|no|on|off|y|n|null|[-.0-9_e]+)\Z")
_ANCHOR = re.compile(rb"(?:\A|[\s\[{,])&[^\s\[\]{},]")
# Of what is longer nothing is taken out: a check may ask for each of its entries.
_MOST_PIECES = 2_000


class _Piece:
    """An entry or an item as bytes of the text."""

    __slots__ = ("end", "start")

    def __init__(self, start: int, end: int) -> None:
        self.start = start
        self.end = end


def remove_entries(text: bytes, mapping: Mapping, gone: Collection[Entry]) -> list[Edit]:
    """Return edits that take entries out of a mapping; none where that cannot be done for certain.

    ``gone``: entries of its own, told by their places. A mapping that loses all becomes ``{}``.
    """
    starts = {entry.key.start for entry in gone}
    some = mapping.entries[: _MOST_PIECES + 1]
    pieces = [_Piece(entry.key.start, entry.value.end) for entry in some]
    return _remove(text, mapping, pieces, starts, "{}")


def remove_items(text: bytes, sequence: Items, gone: Collection[Node]) -> list[Edit]:
    """Return edits that take items out of a sequence, as :func:`remove_entries` does."""
    starts = {item.start for item in gone}
    pieces = [_Piece(item.start, item.end) for item in sequence.items[: _MOST_PIECES + 1]]
    return _remove(text, sequence, pieces, starts, "[]")


def _remove(
    text: bytes,
    node: Union[Mapping, Items],
    pieces: Sequence[_Piece],
    starts: Collection[int],
    empty: str,
) -> list[Edit]:
    if len(pieces) > _MOST_PIECES:
        return []
    gone = [piece.start in starts for piece in pieces]
    # An alias has its place elsewhere, and what an alias elsewhere stands for must stay.
    if (
        any(not node.start <= piece.start <= piece.end <= node.end for piece in pieces)
        or len({piece.start for piece in pieces}) < len(pieces)
        or not any(gone)
        or any(_ANCHOR.search(text, p.start, p.end) for p, is_gone in zip(pieces, gone) if is_gone)
    ):
        return []
    if not node.block:
        return _from_flow(text, node, pieces, gone)
    if all(gone):
        # Deeper than the name it belongs to, which dashes need not be.
        end = _trimmed(text, pieces[0].start, pieces[-1].end)
        lead = "  " if empty == "[]" else ""
        return [Edit(node.start, end, lead + empty)]
    edits: list[Edit] = []
    for place, piece in enumerate(pieces):
        if not gone[place]:
            continue
        line = line_start(text, piece.start)
        before = text[line : piece.start].strip(b" ")
        if before == (b"-" if empty == "[]" else b""):
            edits.append(Edit(line, _line_end(text, piece.start, piece.end), ""))
        elif place + 1 < len(pieces) and (empty == "{}" and not gone[place + 1]):
            edits.append(Edit(piece.start, pieces[place + 1].start, ""))
        else:
            return []
    return edits


def _from_flow(
    text: bytes, node: Union[Mapping, Items], pieces: Sequence[_Piece], gone: Sequence[bool]
) -> list[Edit]:
    kept = [place for place, is_gone in enumerate(gone) if not is_gone]
    if not kept:
        opening = pieces[0].start
        while opening > node.start and text[opening - 1] not in b"{[":
            opening -= 1
        return [Edit(opening, node.end - 1, "")]
    edits = [
        Edit(piece.start, pieces[place + 1].start, "")
        for place, piece in enumerate(pieces[: kept[-1]])
        if gone[place]
    ]
    if kept[-1] + 1 < len(pieces):
        edits.append(Edit(pieces[kept[-1]].end, pieces[-1].end, ""))
    return edits


def insert_entry(text: bytes, mapping: Mapping, name: str, value: Value, syntax: str) -> list[Edit]:
    """Return the edit that puts an entry before all others of a mapping, none where it cannot be.

    ``syntax``: as in ``MarkedDocument``.
    """
    first = mapping.entries[0].key if mapping.entries else None
    if first is not None and not mapping.start <= first.start < mapping.end:
        return []
    if mapping.block:
        return _insert_in_block(text, first, _lines(name, value)) if first is not None else []
    opening = text.find(b"{", mapping.start, mapping.end)
    if opening < 0:
        return []
    blanks = text[opening + 1 : first.start] if first is not None else b""
    between = blanks.decode() if not blanks.strip() else ""
    layout = _layout(text, mapping, opening, between)
    written = f"{_name(name, syntax)}: {_inline(value, syntax, layout)}"
    if first is None:
        return [Edit(opening + 1, opening + 1, written)]
    return [Edit(first.start, first.start, f"{written},{between or ' '}")]


def _layout(text: bytes, mapping: Mapping, opening: int, between: str) -> tuple[str, str]:
    """Return the line break and the step by which the mappings of a mapping are laid out.

    Both are empty where they stand on one line.
    """
    inner = (entry.value for entry in mapping.entries)
    if "\n" not in between or not any(
        isinstance(each, Mapping) and b"\n" in text[each.start : each.end] for each in inner
    ):
        return "", ""
    line = text[line_start(text, opening) : opening].decode("utf-8", "replace")
    outer = line[: len(line) - len(line.lstrip(" \t"))]
    newline, _, indent = between.rpartition("\n")
    newline = "\r\n" if newline.endswith("\r") else "\n"
    step = indent[len(outer) :] if indent.startswith(outer) else ""
    return (newline + indent, step) if step else ("", "")


def _insert_in_block(text: bytes, first: Scalar, lines: list[str]) -> list[Edit]:
    before = text[line_start(text, first.start) : first.start]
    if before.strip(b" -") or text.startswith(b"?", first.start):
        return []
    between = newline_of(text) + " " * len(before)
    put = "".join(line + between for line in lines)
    return [Edit(first.start, first.start, put)]


def replace_scalar(scalar: Scalar, value: str, syntax: str) -> Edit:
    """Return the edit that puts another value in the place of one, in its quotes, tag kept."""
    if syntax == "json" or scalar.style == "double":
        written = json.dumps(value)
    elif scalar.style == "single":
        written = "'" + value.replace("'", "''") + "'"
    else:
        written = _name(value, syntax)
    return Edit(scalar.inside, scalar.end, written)


def replace_entry(text: bytes, mapping: Mapping, entry: Entry, name: str, value: str) -> list[Edit]:
    """Return the edit of YAML that puts another entry in the place of one on a single line."""
    end = _trimmed(text, entry.key.start, entry.value.end)
    if (
        not mapping.start <= entry.key.start <= entry.value.start <= end <= mapping.end
        or b"\n" in text[entry.key.start : end]
        or _ANCHOR.search(text, entry.key.start, end)
    ):
        return []
    return [Edit(entry.key.start, end, f"{_name(name, 'yaml')}: {_name(value, 'yaml')}")]


def _lines(name: str, value: Value) -> list[str]:
    if not isinstance(value, Names):
        return [f"{_name(name, 'yaml')}: {_scalar(value, 'yaml')}"]
    inner = [line for key, each in value.items() for line in _lines(key, each)]
    return [f"{_name(name, 'yaml')}:", *("  " + line for line in inner)]


def _inline(value: Value, syntax: str, layout: tuple[str, str]) -> str:
    if not isinstance(value, Names):
        return _scalar(value, syntax)
    line, step = layout
    deeper = (line + step, step)
    inner = [
        f"{_name(key, syntax)}: {_inline(each, syntax, deeper)}" for key, each in value.items()
    ]
    if not step:
        return "{" + ", ".join(inner) + "}"
    return "{" + line + step + f",{line}{step}".join(inner) + line + "}"


def _scalar(value: Union[str, bool], syntax: str) -> str:
    return json.dumps(value) if isinstance(value, bool) else _name(value, syntax)


def _name(text: str, syntax: str) -> str:
    """Return a text as a scalar of that syntax, without quotes where YAML needs none."""
    if not text and syntax == "yaml":
        return "''"
    is_plain = syntax == "yaml" and _PLAIN.match(text) and not _WORDS.match(text)
    is_sign = text[:1] in tuple(">=@-.") or text.startswith("<<")
    return text if is_plain and not is_sign else json.dumps(text)


def _line_end(text: bytes, start: int, end: int) -> int:
    """Return the start of the line behind a piece, its comment included."""
    if end > start and text[end - 1 : end] == b"\n":
        return _trimmed(text, start, end) if not text[start:end].strip() else end
    return next_line(text, end)


def _trimmed(text: bytes, start: int, end: int) -> int:
    """Return the end of a piece without the line ends that a block scalar has."""
    while end > start and text[end - 1 : end] in (b"\n", b"\r", b" "):
        end -= 1
    return end
