"""JSON (RFC 8259) with places, without recursion and within bounds."""

from __future__ import annotations

import json
import re
from typing import Optional

from credlint.code.marked.document import MarkedDocument, make_document
from credlint.code.marked.nodes import Entry, Mapping, Node, Scalar, Sequence
from credlint.code.sighting import NotReadError

MOST_TOKENS = 1_000_000
DEEPEST = 200
_TOKEN = re.compile(
    rb'[ \t\r\n]*(?:("(?:[^"\\]|\\.)*")|([{}\[\],:])|([-+.0-9A-Za-z]+)|(\Z))', re.DOTALL
)


class _Open:
    """An object or array whose end has not come yet; ``key``: the name that waits for a value."""

    __slots__ = ("entries", "items", "key", "named", "start")

    def __init__(self, start: int, *, named: bool) -> None:
        self.start = start
        self.named = named
        self.entries: list[Entry] = []
        self.items: list[Node] = []
        self.key: Optional[Scalar] = None


def read(text: bytes, uri: str) -> MarkedDocument:
    """Return the document; raises NotReadError for what is no JSON, or too deep or too much."""
    return make_document(text, (_parse(text),), "json", uri)


def _parse(text: bytes) -> Node:  # noqa: C901, PLR0912  one branch a sign
    stack: list[_Open] = []
    at = 0
    for _ in range(MOST_TOKENS):
        token = _TOKEN.match(text, at)
        if token is None or token.lastindex == 4:  # noqa: PLR2004  the end
            raise _fault(text, at)
        at = token.end()
        sign = token.group(2)
        if sign in (b"{", b"["):
            if len(stack) >= DEEPEST:
                message = f"nested more than {DEEPEST} levels deep"
                raise NotReadError(message)
            stack.append(_Open(token.start(2), named=sign == b"{"))
            continue
        if sign == b"," and stack:
            continue
        if sign == b":" and stack and stack[-1].key is not None:
            continue
        node: Node
        if sign in (b"}", b"]"):
            if not stack or stack[-1].named != (sign == b"}") or stack[-1].key is not None:
                raise _fault(text, at)
            node = _closed(stack.pop(), at)
        elif sign is None:
            node = _scalar(token)
        else:
            raise _fault(text, at)
        if not stack:
            if text[at:].strip():
                raise _fault(text, at)
            return node
        opened = stack[-1]
        if not opened.named:
            opened.items.append(node)
        elif opened.key is None:
            if not isinstance(node, Scalar):
                raise _fault(text, at)
            opened.key = node
        else:
            opened.entries.append(Entry(opened.key, node))
            opened.key = None
    message = f"more than {MOST_TOKENS:,} tokens"
    raise NotReadError(message)


def _fault(text: bytes, at: int) -> NotReadError:
    line = text.count(b"\n", 0, at) + 1
    return NotReadError(f"line {line} is no valid JSON")


def _closed(opened: _Open, end: int) -> Node:
    if opened.named:
        return Mapping(tuple(opened.entries), opened.start, end)
    return Sequence(tuple(opened.items), opened.start, end)


def _scalar(token: re.Match[bytes]) -> Scalar:
    if token.group(1) is None:
        value = token.group(3).decode("utf-8", "replace")
        return Scalar(value, token.start(3), token.end(3), "plain", "", value)
    written = token.group(1).decode("utf-8", "replace")
    try:
        value = json.loads(written, strict=False)
    except ValueError:
        value = written[1:-1]
    return Scalar(value, token.start(1), token.end(1), "double", "", value)
