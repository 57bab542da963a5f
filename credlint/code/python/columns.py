"""Where a node of the ``ast`` stands, as people count."""

from __future__ import annotations

import ast
import io
import re
import tokenize

_LINE_END = re.compile(r"\r\n|\r|\n")


class Columns:
    """Turns the offsets of ``ast``, bytes of UTF-8 whatever the file's encoding, into columns."""

    def __init__(self, source: bytes) -> None:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(source).readline)
        self._lines = _LINE_END.split(source.decode(encoding, "replace"))

    def span(self, node: ast.expr) -> tuple[int, int, int, int]:
        """Return line, column, last line and the column behind the last character, all from 1."""
        last = node.end_lineno or node.lineno
        end = node.col_offset if node.end_col_offset is None else node.end_col_offset
        return (
            node.lineno,
            self._column(node.lineno, node.col_offset),
            last,
            self._column(last, end),
        )

    def _column(self, line: int, offset: int) -> int:
        before = self._lines[line - 1].encode("utf-8", "replace")[:offset]
        return len(before.decode("utf-8", "replace")) + 1
