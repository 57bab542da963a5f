"""Puts Jinja's and Helm's templates out of the way of a parser, every character in its place."""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import NamedTuple

_TEMPLATE = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", re.DOTALL)
_LONGEST = 20_000


class Masked(NamedTuple):
    """``text`` is as long as ``original``; ``spans``: where it differs, in order."""

    original: str
    text: str = ""
    spans: tuple[tuple[int, int], ...] = ()

    def hides(self, start: int, end: int) -> bool:
        """Tell whether a template was between two places."""
        place = bisect_right(self.spans, (end, 0)) - 1
        return place >= 0 and self.spans[place][1] > start and self.spans[place][0] < end


def mask(source: str) -> Masked:
    """Return the text with each template as letters, or as blanks where it has its lines alone."""
    spans: list[tuple[int, int]] = []
    pieces: list[str] = []
    last = 0
    for found in _TEMPLATE.finditer(source):
        start, end = found.span()
        if end - start > _LONGEST:
            continue
        before = source.rfind("\n", 0, start) + 1
        after = source.find("\n", end)
        after = len(source) if after < 0 else after
        head, tail = _outside(source[before:start]), _outside(source[end:after])
        fill = " " if not head.strip() and not tail.strip() else "x"
        kept = "".join(fill if character not in "\r\n" else character for character in found[0])
        pieces += [source[last:start], kept if fill == " " else kept.replace("\n", "x")]
        spans.append((start, end))
        last = end
    pieces.append(source[last:])
    return Masked(source, "".join(pieces), tuple(spans))


def _outside(piece: str) -> str:
    """Return what of a line is no template."""
    return _TEMPLATE.sub("", piece)
