"""Jupyter notebooks (nbformat 3 and 4): their cells as one module of Python, and their scripts.

Cells share names, so the Python of all of them is one text; ``Stretch`` names the cell that a place
of it is in. What cells print is the affair of SEC109.
"""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterable, Iterator
from itertools import zip_longest
from typing import Optional

from credlint.code.marked import json_reader
from credlint.code.marked.nodes import Node, Scalar, at, items_of, text_at
from credlint.code.marked.positions import in_double
from credlint.code.python.magics import Cell, read_cell
from credlint.code.sighting import Embedded, Segment, Stretch
from credlint.model.lean_tuples import NamedTuple

# One character that JSON writes with a backslash (RFC 8259 §7), halves of a pair together.
_ESCAPE = re.compile(
    rb"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|.)", re.DOTALL
)
_SIMPLE = {b"n": b"\n", b"t": b"\t", b"r": b"\r", b"b": b"\b", b"f": b"\f"}


class Notebook(NamedTuple):
    """The texts within a notebook; ``unread``: a sentence about the cells that are no Python."""

    text: bytes
    inner: tuple[Embedded, ...]
    unread: tuple[str, ...]
    formats: tuple[str, ...] = ()

    def embedded(self) -> Iterable[Embedded]:
        """Return the module that the cells make up, then their scripts."""
        return self.inner


class _Text:
    """A text that is put together from parts of cells, with the places they stand at."""

    def __init__(self) -> None:
        self.text = bytearray()
        self._segments: list[Segment] = []
        self._stretches: list[Stretch] = []

    def add(self, source: _Source, start: int, end: int, text: Optional[bytes] = None) -> None:
        """Append a part of a source, or what stands for it, which is of the same length."""
        shift = len(self.text) - start
        self.text += source.text[start:end] if text is None else text
        self.text += b"\n"
        for inner, outer, length in source.segments:
            low, high = max(inner, start), min(inner + length, end)
            if low <= high:
                self._segments.append(Segment(low + shift, outer + low - inner, high - low))
        for inner, last, outer_end, _, item in source.stretches:
            low, high = max(inner, start), min(last, end)
            if low < high and last <= end:
                whole = item if low == inner else None
                stretch = Stretch(low + shift, high + shift, outer_end, source.name, whole)
                self._stretches.append(stretch)

    def embedded(self, name: str) -> Embedded:
        """Return it as a text of that format."""
        logical = self._stretches[0].logical if self._stretches else None
        places = (tuple(self._segments), in_double, logical)
        return Embedded(name, bytes(self.text), *places, stretches=tuple(self._stretches))


class _Source(NamedTuple):
    """What a code cell holds, unescaped; segments as in Embedded, one of no bytes an escape."""

    name: str
    text: bytes
    segments: tuple[Segment, ...]
    stretches: tuple[Stretch, ...]


def read(text: bytes, uri: str) -> Notebook:
    """Return the notebook; raises NotReadError for what is no JSON, or too deep or too much."""
    root = json_reader.read(text, uri).roots[0]
    if not _is_python(root):
        return Notebook(text, (), ())
    module, faults = _Text(), list[str]()
    scripts: list[Embedded] = []
    for number, node in _cells(root):
        source = _source(text, f"cell/{number}", node)
        cell = read_cell(source.text, _fault)
        if cell.fault:
            faults.append(f"cell {number}, line {cell.fault}")
        if cell.python is not None:
            start = len(source.text) - len(cell.python)
            module.add(source, start, len(source.text), cell.python)
        scripts.extend(_scripts(source, cell))
    unread = (_told(faults),) if faults else ()
    inner = (module.embedded("python"),) if module.text else ()
    return Notebook(text, (*inner, *scripts), unread)


def _told(faults: list[str]) -> str:
    more = f", nor is that of {len(faults) - 1} more cells" if len(faults) > 1 else ""
    return f"{faults[0]} of the notebook is no valid Python{more}"


def _is_python(root: Node) -> bool:
    """Tell whether the kernel is one for Python, or not said."""
    said = [
        text_at(root, "metadata", *path)
        for path in (("kernelspec", "language"), ("language_info", "name"), ("kernelspec", "name"))
    ]
    known = [each.lower() for each in said if each]
    return not known or any("py" in each for each in known)


def _cells(root: Node) -> Iterator[tuple[int, Node]]:
    """Yield the sources of the code cells, with their numbers among all cells, from 1."""
    cells = list(items_of(at(root, "cells")))
    for sheet in items_of(at(root, "worksheets")):
        cells.extend(items_of(at(sheet, "cells")))
    for number, cell in enumerate(cells, 1):
        source = at(cell, "source") or at(cell, "input")
        if text_at(cell, "cell_type") == "code" and source is not None:
            yield number, source


def _source(text: bytes, name: str, node: Node) -> _Source:
    pieces = bytearray()
    segments: list[Segment] = []
    stretches: list[Stretch] = []
    scalars = items_of(node) or (node,)
    for scalar, following in zip_longest(scalars, scalars[1:]):
        if not isinstance(scalar, Scalar) or scalar.style != "double":
            continue
        first, last = len(pieces), scalar.end - 1
        position = scalar.start + 1
        for escape in _ESCAPE.finditer(text, position, last):
            segments.append(Segment(len(pieces), position, escape.start() - position))
            pieces += text[position : escape.start()]
            segments.append(Segment(len(pieces), escape.start(), 0))
            pieces += _unescaped(escape.group())
            position = escape.end()
        segments.append(Segment(len(pieces), position, last - position))
        pieces += text[position:last]
        # A line that goes takes its string along; the last one of a cell is left empty.
        item = (scalar.start, following.start) if following is not None else None
        stretches.append(Stretch(first, len(pieces), last, name, item))
    return _Source(name, bytes(pieces), tuple(segments), tuple(stretches))


def _unescaped(escape: bytes) -> bytes:
    if escape[1:2] != b"u" or len(escape) < len(rb"\u0000"):
        return _SIMPLE.get(escape[1:2], escape[1:2])
    units = bytes.fromhex(escape.replace(b"\\u", b"").decode())
    return units.decode("utf-16-be", "replace").encode()


def _scripts(source: _Source, cell: Cell) -> Iterator[Embedded]:
    """Yield the texts of other languages, those of one format as one."""
    by_format: dict[str, _Text] = {}
    for name, start, end in cell.others:
        by_format.setdefault(name, _Text()).add(source, start, end)
    for name, text in by_format.items():
        yield text.embedded(name)


def _parse(text: bytes) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # invalid escapes are the author's business
        ast.parse(text)


def _fault(text: bytes) -> int:
    """Return the line, from 1, that is no Python, 0 for none."""
    try:
        _parse(text)
    except SyntaxError as error:
        return error.lineno or 1
    except (RecursionError, MemoryError, ValueError, UnicodeError):
        return 1
    return 0
