"""The texts of a JSON document with their paths and their places: what a parser throws away.

One linear pass over the bytes (RFC 8259), without recursion; what is no JSON gives what stood
before the fault. Used for documents in which something was found already.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple, Union

_TOKEN = re.compile(rb'"([^"\\]*(?:\\.[^"\\]*)*)"|[{}\[\],:]', re.DOTALL)
_DEPTH = 200

Step = Union[str, int]


class JsonText(NamedTuple):
    """One text that is a value: its path (names and numbers), and the bytes between its quotes."""

    path: tuple[Step, ...]
    start: int
    end: int


def iter_texts(data: bytes) -> Iterator[JsonText]:  # noqa: C901  one branch a sign
    """Yield the texts of a document in their order; raises nothing."""
    path: list[Step] = []
    name_next = [False]
    last = ""
    for token in _TOKEN.finditer(data):
        if token.start(1) >= 0:
            if name_next[-1]:
                last = token.group(1).decode("utf-8", "replace")
            elif path:
                yield JsonText(tuple(path), token.start(1), token.end(1))
            continue
        sign = token.group()
        if sign == b":" and name_next[-1]:
            path[-1] = last
            name_next[-1] = False
        elif sign in b"{[":
            if len(path) >= _DEPTH:
                return
            path.append("" if sign == b"{" else 0)
            name_next.append(sign == b"{")
        elif sign in b"}]":
            if not path:
                return
            path.pop()
            name_next.pop()
        elif sign == b"," and path:
            if isinstance(path[-1], int):
                path[-1] += 1
            else:
                name_next[-1] = True
