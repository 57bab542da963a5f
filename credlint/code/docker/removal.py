"""Edits that take variables out of a Dockerfile and leave the others, comments and layout alone."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from credlint.code.docker.instructions import Instruction, Pair
from credlint.code.lines import line_start, next_line
from credlint.model.fix import Edit


def without(text: bytes, found: Instruction, names: Collection[str]) -> tuple[Edit, ...]:
    """Return edits that remove these variables from an ENV or ARG; all of it when none is left."""
    pairs = found.pairs()
    kept = [pair.name not in names for pair in pairs]
    if not any(kept):
        return (Edit(found.line.start, found.line.end, ""),)
    return tuple(_runs(text, pairs, kept))


def _runs(text: bytes, pairs: Sequence[Pair], kept: Sequence[bool]) -> Iterator[Edit]:
    """Yield one edit or two for each run of neighbours that go."""
    first = 0
    while first < len(pairs):
        if kept[first]:
            first += 1
            continue
        last = first
        while last + 1 < len(pairs) and not kept[last + 1]:
            last += 1
        start, end = pairs[first].start, pairs[last].end
        if last + 1 < len(pairs):
            following = pairs[last + 1].start
            # Comments between stay, and with them the sign that the line goes on.
            yield Edit(start, end if b"#" in text[end:following] else following, "")
        else:
            before = pairs[first - 1].end
            if b"#" in text[before:start]:
                yield from _after_comments(text, before, start, end)
            else:
                yield Edit(before, end, "")
        first = last + 1


def _after_comments(text: bytes, before: int, start: int, end: int) -> Iterator[Edit]:
    """Yield edits for what stands last, behind lines of comments that are to stay.

    The line of the last pair that stays must no longer go on, or it would go on to what follows.
    """
    line_end = text.index(b"\n", before)
    yield Edit(before, line_end - (text[line_end - 1 : line_end] == b"\r"), "")
    yield Edit(line_start(text, start), next_line(text, end), "")
