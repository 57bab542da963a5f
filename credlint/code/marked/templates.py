"""Puts Jinja's and Helm's templates out of the way of a parser, every character in its place."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator

from credlint.model.lean_tuples import NamedTuple

TAKEN_FOR_TEXT = "templates were taken for unknown text"
# What begins a template, and what ends it. The longer one first.
_JINJA = {"{{": "}}", "{%": "%}", "{#": "#}"}
_DOLLAR = {"${{": "}}", **_JINJA, "${": "}", "%{": "}"}
# Placeholders of JSON that some step fills in: "containerPort": <PORT>.
_ANGLE = {**_DOLLAR, "<": ">"}
_LONGEST = 20_000
_SURROGATE = re.compile("[\ud800-\udfff]")
_NO_LINE_END = re.compile(r"[^\r\n]")
# CloudFormation's dynamic references look like templates and are none
# (AWS CloudFormation User Guide, "Using dynamic references").
_REFERENCE = "{{resolve:"


def is_unknown(text: str) -> bool:
    """Tell whether a template stands in a value, so that what it will be is not known."""
    if "{%" in text:
        return True
    return "{{" in text and text.count("{{") != text.count(_REFERENCE)


def decodable(text: str) -> str:
    """Return the text with a replacement character for each lone surrogate."""
    return text if text.isascii() else _SURROGATE.sub("\ufffd", text)


class Masked(NamedTuple):
    """``text`` is as long as ``original``; ``spans``: where it differs, in order."""

    original: str
    text: str = ""
    spans: tuple[tuple[int, int], ...] = ()

    def parsed(self) -> str:
        """Return what a parser is to see: no template, nor a byte that is no UTF-8."""
        return decodable(self.text or self.original)

    def written(self, start: int, end: int) -> str:
        """Return what stands between two places, templates and all."""
        return decodable(self.original[start:end])

    def hides(self, start: int, end: int) -> bool:
        """Tell whether a template was between two places."""
        place = bisect_right(self.spans, (end, 0)) - 1
        return place >= 0 and self.spans[place][1] > start and self.spans[place][0] < end


def masks(source: str, *, is_json: bool = False) -> Iterator[Masked]:
    """Yield the text without its Jinja and Helm templates, then without ``${}`` and ``%{}`` too.

    JSON is tried without ``<>`` at last. Each template becomes letters, or blanks where it has
    its lines alone. Nothing is yielded where there is none.
    """
    spans: tuple[tuple[int, int], ...] = ()
    for ends in (_JINJA, _DOLLAR, _ANGLE) if is_json else (_JINJA, _DOLLAR):
        found = tuple(_spans(source, ends))
        if found and found != spans:
            yield Masked(source, _masked(source, found), found)
        spans = found


def _spans(source: str, ends: dict[str, str]) -> Iterator[tuple[int, int]]:
    """Yield where templates stand, in linear time: each end is looked for once."""
    opener = re.compile("|".join(map(re.escape, ends)))
    known: dict[str, int] = {}
    last = 0
    for found in opener.finditer(source):
        start, begin = found.span()
        if start < last or source.startswith(_REFERENCE, start):
            continue
        end = ends[found[0]]
        place = known.get(end, -1)
        if place < begin:
            place = source.find(end, begin)
            known[end] = place = place if place >= 0 else len(source)
        if place == len(source) or place - start > _LONGEST:
            continue
        last = place + len(end)
        yield start, last


def _masked(source: str, spans: tuple[tuple[int, int], ...]) -> str:
    pieces: list[str] = []
    last = 0
    for start, end in spans:
        pieces += [source[last:start], _blank(source[start:end])]
        last = end
    bare = "".join((*pieces, source[last:]))
    pieces, last = [], 0
    checked = (-1, False)  # the start of a line and whether it has templates alone
    for start, end in spans:
        line = bare.rfind("\n", last, start) + 1
        if line == 0 and last:
            line = checked[0]  # the same line as the one before
        if line != checked[0]:
            stop = bare.find("\n", end)
            checked = (line, not bare[line : stop if stop >= 0 else len(bare)].strip())
        inside = source[start:end]
        pieces += [source[last:start], _blank(inside) if checked[1] else "x" * len(inside)]
        last = end
    return "".join((*pieces, source[last:]))


def _blank(text: str) -> str:
    return _NO_LINE_END.sub(" ", text) if "\n" in text or "\r" in text else " " * len(text)
