"""One module of Python: parsed once, its names resolved once, shared by all checks."""

from __future__ import annotations

import ast
import io
import sys
import warnings
from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Optional

from credlint.code.python.callees import Callees
from credlint.code.python.names import NameCollector, Names, TooDeepError
from credlint.code.python.tree import Tree
from credlint.code.python.values import Evaluator
from credlint.code.sighting import Embedded, NotReadError, Span

TOO_DEEP = "the source is nested too deeply"


class Module:
    """The syntax tree of a module with what its names stand for.

    ``text``: the source in UTF-8, which offsets count in. ``tree``: the ``ast`` of it.
    """

    formats = ("python",)
    unread: tuple[str, ...] = ()

    def __init__(self, text: bytes, tree: ast.Module, names: Names) -> None:
        self.text = text
        self.tree = tree
        self.names = names
        self.evaluate = Evaluator(names)
        self.callees = Callees(names, self.evaluate)
        self.walks = 0  # over the whole tree for edits; see python.removal

    @cached_property
    def around(self) -> Tree:
        """Return what stands around the nodes; it is made when it is first asked for."""
        return Tree(self.tree)

    def embedded(self) -> Iterable[Embedded]:
        """Return nothing: scripts in literals are text."""
        return ()

    @cached_property
    def _line_starts(self) -> Sequence[int]:
        # Lines end as the tokenizer of Python has it: at LF, CR LF and CR, not at form feeds.
        starts = [0]
        for line in self.text.splitlines(keepends=True):
            starts.append(starts[-1] + len(line))
        return starts

    def start(self, node: ast.AST) -> int:
        """Return the offset of the first byte of a node that has a position."""
        line: int = node.lineno  # type: ignore[attr-defined]
        column: int = node.col_offset  # type: ignore[attr-defined]
        return self._line_starts[line - 1] + column

    def end(self, node: ast.AST) -> int:
        """Return the offset behind the last byte of a node that has a position."""
        line: Optional[int] = node.end_lineno  # type: ignore[attr-defined]
        column: int = node.end_col_offset  # type: ignore[attr-defined]
        return self._line_starts[(line or 1) - 1] + column

    def span(self, node: ast.AST, message: Optional[str] = None) -> Span:
        """Return where a node that has a position stands."""
        return Span(self.start(node), self.end(node), message)


def read(text: bytes, uri: str) -> Module:
    """Return the module; raises NotReadError for what is no Python of this interpreter."""
    del uri
    try:
        source = _in_utf8(text)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # invalid escapes are the author's business
            tree = ast.parse(source)
    except SyntaxError as error:
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        message = f"line {error.lineno or 1} is no valid Python {version}"
        raise NotReadError(message) from error
    except (RecursionError, MemoryError) as error:
        raise NotReadError(TOO_DEEP) from error
    except (ValueError, UnicodeError, LookupError) as error:
        message = f"the source cannot be decoded ({type(error).__name__})"
        raise NotReadError(message) from error
    collector = NameCollector()
    try:
        collector.visit(tree)
    except TooDeepError as error:
        raise NotReadError(TOO_DEEP) from error
    return Module(source, tree, collector.names)


def _in_utf8(text: bytes) -> bytes:
    """Return the source in UTF-8 if its first lines declare another encoding (PEP 263).

    The declaration is put out of force at its place, so that ``ast`` reads what it is given.
    """
    if b"coding" not in text[:400]:
        return text
    import tokenize  # noqa: PLC0415  few declare one

    encoding, _ = tokenize.detect_encoding(io.BytesIO(text).readline)
    if encoding in ("utf-8", "utf-8-sig"):
        return text
    lines = text.decode(encoding).split("\n", 2)
    lines[:2] = [line.replace("coding", "c0ding") for line in lines[:2]]
    return "\n".join(lines).encode()
