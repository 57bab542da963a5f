"""JSON (RFC 8259) with places, without recursion and within bounds."""

from __future__ import annotations

import json
import re
from typing import Optional

from credlint.code.marked.document import MarkedDocument, make_document
from credlint.code.marked.nodes import Entry, Mapping, Node, Scalar, Sequence
from credlint.code.marked.templates import TAKEN_FOR_TEXT, Masked, decodable, is_unknown, masks
from credlint.code.sighting import NotReadError

MOST_TOKENS = 1_000_000
DEEPEST = 200
_TOKEN = re.compile(
    r'[ \t\r\n]*(?:("[^"\\\x00-\x1f]*(?:\\.[^"\\\x00-\x1f]*)*")|([{}\[\],:])|([-+.\w]+)|(\Z))'
)
_WORD = re.compile(
    r"(?:true|false|null|NaN|-?Infinity|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?)\Z", re.ASCII
)
# What may stand next: the first key or item, or the end; a key or item; the colon behind a key; its
# value; a comma or the end.
_FIRST, _NEXT, _COLON, _VALUE, _COMMA = range(5)


class _Open:
    """An object or array whose end has not come yet; ``awaited``: what may stand next."""

    __slots__ = ("awaited", "entries", "items", "key", "named", "start")

    def __init__(self, start: int, *, named: bool) -> None:
        self.start = start
        self.named = named
        self.awaited = _FIRST
        self.entries: list[Entry] = []
        self.items: list[Node] = []
        self.key = Scalar(None, start, start)


def read(text: bytes, uri: str) -> MarkedDocument:
    """Return the document; raises NotReadError for what is no JSON, or too deep or too much.

    What is no JSON is read once more without its templates (Jinja, ``${}``, ``<>``).
    """
    # Each byte that is no UTF-8 stays one character, so that offsets can be told.
    source = text.decode("utf-8", "surrogateescape")
    try:
        return make_document(text, (_Reader(Masked(source)).read(),), "json", uri)
    except _NotJsonError as error:
        fault = error
    for masked in masks(source, is_json=True):
        try:
            root = _Reader(masked).read()
        except _NotJsonError:
            continue
        return make_document(text, (root,), "json", uri, (TAKEN_FOR_TEXT,))
    raise NotReadError(str(fault)) from fault


class _NotJsonError(Exception):
    """Where and that it is no JSON."""


class _Reader:
    def __init__(self, masked: Masked) -> None:
        self._masked = masked
        self._text = masked.parsed()
        self._is_ascii = masked.original.isascii()
        self._index = self._byte = 0
        self._stack: list[_Open] = []

    def read(self) -> Node:
        """Return the value; raises _NotJsonError, and NotReadError where a bound is hit."""
        text, stack = self._text, self._stack
        at = 0
        for _ in range(MOST_TOKENS):
            token = _TOKEN.match(text, at)
            if token is None or token.lastindex == 4:  # noqa: PLR2004  the end
                raise self._fault(at)
            at = token.end()
            node = self._node(token)
            if node is None:
                continue
            if not stack:
                if text[at:].strip(" \t\r\n"):
                    raise self._fault(at)
                return node
            opened = stack[-1]
            if opened.named:
                opened.entries.append(Entry(opened.key, node))
            else:
                opened.items.append(node)
            opened.awaited = _COMMA
        message = f"more than {MOST_TOKENS:,} tokens"
        raise NotReadError(message)

    def _node(self, token: re.Match[str]) -> Optional[Node]:  # noqa: C901  one branch a sign
        """Return the value that ends with a token, None where none does."""
        sign = token.group(2)
        stack = self._stack
        opened = stack[-1] if stack else None
        awaited = opened.awaited if opened is not None else _VALUE
        is_key = opened is not None and opened.named and awaited in (_FIRST, _NEXT)
        if sign == "," and awaited == _COMMA and opened is not None:
            opened.awaited = _NEXT
        elif sign == ":" and awaited == _COLON and opened is not None:
            opened.awaited = _VALUE
        elif sign in ("}", "]") and opened is not None and opened.named == (sign == "}"):
            if awaited in (_FIRST, _COMMA):
                return self._closed(stack.pop(), token.end())
            raise self._fault(token.end())
        elif awaited not in (_FIRST, _NEXT, _VALUE):
            raise self._fault(token.end())
        elif sign is None:
            scalar = self._scalar(token)
            if not is_key:
                return scalar
            if opened is None or scalar.style == "plain":
                raise self._fault(token.end())
            opened.key = scalar
            opened.awaited = _COLON
        elif sign in ("{", "[") and not is_key:
            if len(stack) >= DEEPEST:
                message = f"nested more than {DEEPEST} levels deep"
                raise NotReadError(message)
            stack.append(_Open(self._at(token.start(2)), named=sign == "{"))
        else:
            raise self._fault(token.end())
        return None

    def _closed(self, opened: _Open, end: int) -> Node:
        if opened.named:
            return Mapping(tuple(opened.entries), opened.start, self._at(end))
        return Sequence(tuple(opened.items), opened.start, self._at(end))

    def _scalar(self, token: re.Match[str]) -> Scalar:
        group = 1 if token.group(1) is not None else 3
        first, last = token.span(group)
        written = token.group(group)
        start = self._at(first)
        end = self._at(last)
        style = "double" if group == 1 else "plain"
        if self._masked.hides(first, last):
            original = self._masked.written(first, last)
            return Scalar(None, start, end, style, "", original.strip('"'))
        if group != 1:
            if not _WORD.match(written):
                raise self._fault(last)
            return Scalar(written, start, end, style, "", written)
        if "\\" in written:
            try:
                value = decodable(json.loads(written))
            except ValueError:
                raise self._fault(last) from None
        else:
            value = written[1:-1]
        return Scalar(None if is_unknown(value) else value, start, end, style, "", value)

    def _at(self, index: int) -> int:
        """Turn a count of characters into one of bytes; what is asked for comes in order."""
        if self._is_ascii:
            return index
        between = self._masked.original[self._index : index]
        self._byte += len(between.encode("utf-8", "surrogateescape"))
        self._index = index
        return self._byte

    def _fault(self, at: int) -> _NotJsonError:
        line = self._text.count("\n", 0, at) + 1
        return _NotJsonError(f"line {line} is no valid JSON")
