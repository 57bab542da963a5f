"""The texts of a JSON document with their paths and their places: what a parser throws away.

One linear pass over the bytes (RFC 8259), without recursion; what is no JSON gives what stood
before the fault. Used for documents in which something was found already.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Union

from credlint.model.lean_tuples import NamedTuple

_TOKEN = re.compile(rb'"([^"\\]*(?:\\.[^"\\]*)*)"|[{}\[\],:]', re.DOTALL)
_DEPTH = 32

Step = Union[str, int]


class JsonText(NamedTuple):
    """One text that is a value: its path (names and numbers), and the bytes between its quotes."""

    path: tuple[Step, ...]
    start: int
    end: int


def meaning_of(data: bytes, text: JsonText) -> str:
    """Return what a text stands for, its escapes read (RFC 8259 §7); as written where it cannot."""
    written = data[text.start : text.end].decode("utf-8", "replace")
    if "\\" not in written:
        return written
    try:
        return str(json.loads(f'"{written}"', strict=False))
    except ValueError:
        return written


def iter_texts(data: bytes) -> Iterator[JsonText]:  # noqa: C901  one branch a sign
    """Yield the texts of a document in their order, the deepest left out; raises nothing."""
    path: list[Step] = []
    deeper = 0
    name_next = [False]
    last = ""
    for token in _TOKEN.finditer(data):
        if deeper:
            deeper += (token.group() in (b"{", b"[")) - (token.group() in (b"}", b"]"))
        elif token.start(1) >= 0:
            if name_next[-1]:
                last = token.group(1).decode("utf-8", "replace")
            elif path:
                yield JsonText(tuple(path), token.start(1), token.end(1))
        elif token.group() in (b"{", b"["):
            if len(path) < _DEPTH:
                path.append("" if token.group() == b"{" else 0)
                name_next.append(token.group() == b"{")
            else:
                deeper = 1
        elif token.group() in (b"}", b"]"):
            if not path:
                return
            path.pop()
            name_next.pop()
        elif token.group() == b":" and name_next[-1]:
            path[-1] = last
            name_next[-1] = False
        elif token.group() == b"," and path:
            step = path[-1]
            path[-1] = step + 1 if isinstance(step, int) else step
            name_next[-1] = not isinstance(step, int)
