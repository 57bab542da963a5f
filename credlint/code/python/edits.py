"""Removes arguments, entries, statements and imported names from a module, byte by byte.

What stays keeps its formatting and its comments: edits only delete, or put ``pass`` where a block
would be left empty.
"""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Optional, Union

from credlint.code.python.items import Items, end_of_line, significant
from credlint.code.python.module import Module
from credlint.model.fix import Edit, OverlapError, apply_edits

_IMPORT = re.compile(rb"\bimport\b")
# What may follow a statement on its line, but for a comment.
_SEMICOLON = re.compile(rb"[ \t\f]*(?:;[ \t\f]*)?")
_PARENTHESES = b"()"
_BLOCKS = ("body", "orelse", "finalbody")
Import = Union[ast.Import, ast.ImportFrom]
Range = tuple[int, int]


class NotRemovableError(Exception):
    """What is to go does not stand where it is looked for."""


def without_arguments(
    module: Module, call: ast.Call, unwanted: Collection[Union[ast.expr, ast.keyword]]
) -> list[Edit]:
    """Return the edits that take arguments out of a call; raises NotRemovableError.

    ``unwanted``: positional arguments, of which none may stay behind the first, or keywords.
    """
    given: list[Union[ast.expr, ast.keyword]] = [*call.args, *call.keywords]
    given.sort(key=module.start)
    places = _places(given, unwanted)
    opening = next(
        (
            offset + 1
            for offset in significant(module.text, module.end(call.func), module.end(call))
            if module.text[offset] == _PARENTHESES[0]
        ),
        None,
    )
    if opening is None:
        raise NotRemovableError
    spans = [(module.start(each), module.end(each)) for each in given]
    return _deletions(Items(module.text, opening, module.end(call) - 1, spans).without(places))


def without_entries(module: Module, node: ast.Dict, unwanted: Collection[ast.expr]) -> list[Edit]:
    """Return the edits that take the entries with those values out of a dictionary in braces."""
    places = _places(node.values, unwanted)
    spans = [
        (module.start(key if key is not None else value), module.end(value))
        for key, value in zip(node.keys, node.values)
    ]
    opening, closing = module.start(node) + 1, module.end(node) - 1
    return _deletions(Items(module.text, opening, closing, spans).without(places))


def without_imported(module: Module, statement: Import, unwanted: Collection[str]) -> list[Edit]:
    """Return the edits that take names out of an import; by the names that they have here."""
    places = {
        place
        for place, alias in enumerate(statement.names)
        if (alias.asname or alias.name) in unwanted
    }
    if len(places) == len(statement.names):
        return without_statements(module, [statement])
    # Before Python 3.10 the tree does not say where the names stand.
    start, end = module.start(statement), module.end(statement)
    found = _IMPORT.search(module.text, start, end)
    if found is None:
        raise NotRemovableError
    opening, closing, spans = found.end(), end, []
    span: Optional[Range] = None
    for offset in significant(module.text, found.end(), end):
        byte = module.text[offset]
        if byte == _PARENTHESES[0]:
            opening = offset + 1
        elif byte == _PARENTHESES[1]:
            closing = offset
        elif byte == b","[0]:
            spans += [span] if span else []
            span = None
        else:
            span = (span[0] if span else offset, offset + 1)
    spans += [span] if span else []
    if len(spans) != len(statement.names):
        raise NotRemovableError
    return _deletions(Items(module.text, opening, closing, spans).without(places))


def without_statements(module: Module, unwanted: Iterable[ast.stmt]) -> list[Edit]:
    """Return the edits that take whole statements away; a block that they fill gets ``pass``."""
    wanted_gone = {id(each): each for each in unwanted}
    ranges: list[Range] = []
    edits: list[Edit] = []
    missing = set(wanted_gone)
    for parent in ast.walk(module.tree):
        for name in _BLOCKS:
            block = getattr(parent, name, None)
            if not isinstance(block, list) or missing.isdisjoint(map(id, block)):
                continue
            gone = [place for place, each in enumerate(block) if id(each) in wanted_gone]
            missing.difference_update(id(block[place]) for place in gone)
            if len(gone) == len(block) and not isinstance(parent, ast.Module):
                first = block[0]
                edits.append(Edit(module.start(first), module.end(first), "pass"))
                gone = gone[1:]
            ranges += _ranges_of(module, block, set(gone))
    if missing:
        raise NotRemovableError
    ranges = [_with_blank_lines(module.text, each) for each in _united(ranges)]
    return sorted([*edits, *_deletions(_united(ranges))])


def checked(module: Module, edits: Iterable[Edit]) -> Optional[tuple[Edit, ...]]:
    """Return the edits if the module can be parsed after them and they do not overlap."""
    made = tuple(sorted(set(edits)))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(apply_edits(module.text, made))
    except (OverlapError, ValueError, SyntaxError, RecursionError, MemoryError):
        return None
    return made


def _places(given: Sequence[ast.AST], unwanted: Collection[ast.AST]) -> set[int]:
    wanted = set(map(id, unwanted))
    places = {place for place, each in enumerate(given) if id(each) in wanted}
    if len(places) != len(wanted):
        raise NotRemovableError
    return places


def _deletions(ranges: Iterable[Range]) -> list[Edit]:
    return [Edit(start, end, "") for start, end in ranges if start < end]


def _united(ranges: Iterable[Range]) -> list[Range]:
    united: list[Range] = []
    for start, end in sorted(ranges):
        if united and start <= united[-1][1]:
            united[-1] = (united[-1][0], max(end, united[-1][1]))
        else:
            united.append((start, end))
    return united


def _ranges_of(module: Module, block: Sequence[ast.stmt], gone: set[int]) -> Iterator[Range]:
    """Yield what goes with statements: their lines, or their parts of lines with semicolons."""
    text = module.text
    spans = [(module.start(each), module.end(each)) for each in block]
    place = 0
    while place < len(block):
        last = place
        while last + 1 < len(block) and not _breaks(text, spans[last][1], spans[last + 1][0]):
            last += 1
        kept = [each for each in range(place, last + 1) if each not in gone]
        if not kept:
            yield _lines_of(text, spans[place][0], spans[last][1])
        for each in gone.intersection(range(place, last + 1)) if kept else ():
            if each < kept[-1]:
                yield spans[each][0], spans[each + 1][0]
            else:
                yield spans[kept[-1]][1], spans[each][1]
        place = last + 1


def _breaks(text: bytes, start: int, end: int) -> bool:
    return b"\n" in text[start:end] or b"\r" in text[start:end]


def _lines_of(text: bytes, start: int, end: int) -> Range:
    line = _start_of_line(text, start)
    rest = _SEMICOLON.match(text, end)
    behind = rest.end() if rest is not None else end
    line_end = len(text) if behind == len(text) else end_of_line(text, behind, len(text))
    return (start, behind) if line is None or line_end is None else (line, line_end)


def _start_of_line(text: bytes, offset: int) -> Optional[int]:
    while offset and text[offset - 1] in b" \t\f":
        offset -= 1
    return offset if not offset or text[offset - 1] in b"\r\n" else None


def _with_blank_lines(text: bytes, span: Range) -> Range:
    """Return the range with blank lines, so that those around it do not add up."""
    start, end = span
    if _start_of_line(text, start) != start or (end < len(text) and text[end - 1] not in b"\r\n"):
        return span
    before = text[:start].splitlines(keepends=True)
    blank = 0
    while blank < len(before) and not before[-1 - blank].strip():
        blank += 1
    if end == len(text):
        return start - sum(map(len, before[len(before) - blank :])), end
    is_first = blank == len(before)
    while is_first or blank:
        following = end_of_line(text, end, len(text))
        if following is None or text[end:following].strip():
            break
        end = following
        blank -= 1
    return start, end
