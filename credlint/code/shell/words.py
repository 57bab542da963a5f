"""Words of a shell: what is literal in them, and what is expanded when the script runs.

Quoting and expansion: POSIX.1-2017, Shell Command Language, §2.2, §2.6; `$'…'`: bash manual,
"ANSI-C Quoting". Node types: tree-sitter-bash 0.23-0.25, grammar.js.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Optional

from credlint.model.lean_tuples import NamedTuple

if TYPE_CHECKING:
    from tree_sitter import Node

_ESCAPE_OUTSIDE = re.compile(rb"\\(\n|.)", re.DOTALL)
_ESCAPE_INSIDE = re.compile(rb'\\([$`"\\\n])')
_ANSI = {b"n": b"\n", b"t": b"\t", b"r": b"\r", b"a": b"\a", b"e": b"\x1b"}
_DEFAULTS = (":-", "-", ":=", "=")
_DEEPEST = 20
_QUOTED = ("raw_string", "ansi_c_string")
_PLAIN = ("word", "number", "variable_name", "special_variable_name", "regex")
_JOINED = ("concatenation", "command_name", "translated_string")


class Piece(NamedTuple):
    """A part of a word: ``text`` where it is literal, else what is expanded.

    ``name``: the variable, empty for substitutions. ``text`` of a variable: its default in
    ``${name:-text}``.
    """

    text: Optional[str]
    name: Optional[str] = None

    @property
    def is_literal(self) -> bool:
        """Tell whether it is the same in every run."""
        return self.name is None


class Word(NamedTuple):
    """An argument, a name or a value; ``start`` and ``end`` with its quotes.

    ``quote``: ``'`` or ``"`` where one pair is around all of it, else empty.
    """

    start: int
    end: int
    pieces: tuple[Piece, ...]
    quote: str = ""

    @property
    def is_literal(self) -> bool:
        """Tell whether it is the same in every run."""
        return all(piece.is_literal for piece in self.pieces)

    @property
    def names(self) -> tuple[str, ...]:
        """Return the variables in it."""
        return tuple(piece.name for piece in self.pieces if piece.name)

    @property
    def text(self) -> str:
        """Return it without quotes; variables as ``${name}``, substitutions as ``$(…)``."""
        return "".join(
            (piece.text or "") if piece.is_literal else shown(piece) for piece in self.pieces
        )


def shown(piece: Piece) -> str:
    """Return how something that is expanded appears in the text of a word."""
    return f"${{{piece.name}}}" if piece.name else "$(…)"


def make_word(node: Node, source: bytes) -> Word:
    """Return the word that a node stands for."""
    quote = {"raw_string": "'", "string": '"'}.get(node.type, "")
    return Word(node.start_byte, node.end_byte, tuple(_pieces(node, source, _DEEPEST)), quote)


def _decoded(data: bytes) -> str:
    return data.decode("utf-8", "replace")


def _pieces(node: Node, source: bytes, depth: int) -> Iterator[Piece]:
    kind = node.type
    raw = source[node.start_byte : node.end_byte]
    if kind in _QUOTED:
        yield Piece(_decoded(_unquoted(kind, raw)))
    elif kind in _PLAIN and not node.child_count:
        yield Piece(_decoded(_ESCAPE_OUTSIDE.sub(_unescaped, raw)))
    elif kind == "string" and depth:
        yield from _of_string(node, source, depth)
    elif kind in _JOINED and depth:
        for child in node.children:
            if child.type != "$":
                yield from _pieces(child, source, depth - 1)
    elif kind in ("simple_expansion", "expansion"):
        yield _expansion(node, source)
    else:
        yield Piece(None, "") if node.child_count else Piece(_decoded(raw))


def _unquoted(kind: str, raw: bytes) -> bytes:
    if kind == "raw_string":
        return raw[1:-1]
    return _ESCAPE_OUTSIDE.sub(lambda m: _ANSI.get(m[1], m[1]), raw[2:-1])


def _unescaped(found: re.Match[bytes]) -> bytes:
    return b"" if found[1] == b"\n" else found[1]


def _of_string(node: Node, source: bytes, depth: int) -> Iterator[Piece]:
    """Yield what stands between double quotes; the grammar leaves some white space out."""
    last = node.start_byte + 1
    end = node.end_byte - 1
    for child in node.children:
        if child.type in ('"', "string_content"):
            continue
        # The white space before a `$` is a part of its node.
        whole = source[child.start_byte : child.end_byte]
        start = child.start_byte + len(whole) - len(whole.lstrip())
        if start > last:
            yield Piece(_decoded(_ESCAPE_INSIDE.sub(_unescaped, source[last:start])))
        yield from _pieces(child, source, depth - 1)
        last = child.end_byte
    if end > last:
        yield Piece(_decoded(_ESCAPE_INSIDE.sub(_unescaped, source[last:end])))


def _expansion(node: Node, source: bytes) -> Piece:
    name, operator, default = "", "", None
    for child in node.children:
        raw = _decoded(source[child.start_byte : child.end_byte])
        if child.type in ("variable_name", "special_variable_name"):
            name = name or raw
        elif name and not operator and not child.is_named and raw != "}":
            operator = raw
        elif operator in _DEFAULTS and default is None and child.is_named:
            literal = list(_pieces(child, source, 2))
            if all(piece.is_literal for piece in literal):
                default = "".join(piece.text or "" for piece in literal)
        elif raw != "}" and child.type not in ("${", "$"):
            default, operator = None, "?"
    return Piece(default if operator in _DEFAULTS else None, name)
