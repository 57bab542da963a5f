"""Secrets in encoded text: decoded in place, found by the same engine, told at the outer place.

An encoded run is put back into its surroundings as the text that it means, so that the name
before it still speaks: ``password: c2Vj…`` of a Kubernetes Secret reads ``password: sec…`` again.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from typing import Callable, Optional

from credlint.model.lean_dataclasses import replace
from credlint.model.lean_tuples import NamedTuple
from credlint.model.text import LineIndex
from credlint.secrets.base64_runs import RUN_MEMBERS, RUN_OF_KEY, SHORTEST_RUN
from credlint.secrets.candidate import Candidate, Relation, TextView
from credlint.secrets.decoding import TOO_MUCH, Decoder, Segment
from credlint.secrets.encoded_hints import BASE64, COUNT, HEX
from credlint.secrets.inspection import GENERIC

_DEPTH = 3
_SAID = " It is written in "
# What stands before and behind a run is read with it.
_NEAR = 512
_PARTING = b"\n\n"
Hits = Sequence[tuple[int, int]]


class Stages(NamedTuple):
    """The engine's two stages: hits of a text, and the candidates of hits.

    ``patterns``, ``escapes``, ``gzip``, ``hints``: the first number of each, in this order;
    numbers between those of patterns and escapes are of no account here.
    """

    collect: Callable[[bytes], Hits]
    judge: Callable[[Hits, TextView], list[Candidate]]
    patterns: int
    escapes: int
    gzip: int
    hints: int


class Encoded(NamedTuple):
    """``ranges``: the encoded runs, as offsets; what is found in them; why not all is."""

    ranges: Sequence[tuple[int, int]]
    candidates: list[Candidate]
    reasons: tuple[str, ...]


NOTHING = Encoded((), [], ())


def find_encoded(view: TextView, hits: Hits, stages: Stages, depth: int = _DEPTH) -> Encoded:
    """Return what the encoded runs of a text hold; ``hits`` are those of its first stage."""
    telling = _telling(view.data, hits, stages)
    if not telling:
        return NOTHING
    decoder = _decode(view.data, telling, stages)
    reasons: tuple[str, ...] = (TOO_MUCH,) if decoder.hit else ()
    if not decoder.segments:
        return Encoded((), [], reasons)
    woven = _Woven(view.data, decoder.segments)
    lines = _OuterLines(woven, view.lines)
    inner = replace(view, data=woven.text, lines=lines)
    inner_hits = [(number, end) for number, end in stages.collect(woven.text) if woven.is_near(end)]
    found = stages.judge(inner_hits, inner)
    if depth > 1:
        within = [(number, end) for number, end in inner_hits if woven.segment_at(end - 1)]
        deeper = find_encoded(inner, within, stages, depth - 1)
        found = merged(found, deeper)
        reasons += tuple(reason for reason in deeper.reasons if reason not in reasons)
    candidates = [outer for one in found for outer in [woven.outer(one)] if outer is not None]
    return Encoded([segment[:2] for segment in decoder.segments], candidates, reasons)


def merged(plain: list[Candidate], encoded: Encoded) -> list[Candidate]:
    """Return the candidates of a text and of its encoded runs, each place told once.

    A generic rule's word about encoded text is void: it has taken the encoding for the secret.
    """
    if not encoded.ranges:
        return plain
    runs = _Ranges(encoded.ranges)
    kept = [one for one in plain if not (_is_generic(one) and runs.meets(one.start, one.end))]
    taken = _Ranges([(one.start, one.end) for one in kept])
    more = [one for one in encoded.candidates if not taken.meets(one.start, one.end)]
    # A rule that reads an encoding by itself has found the same: its word stands.
    labels = {
        (one.pattern.rule.id, one.start): dict(one.properties).get("encoding", "")
        for one in encoded.candidates
    }
    kept = [_labelled(one, labels.get((one.pattern.rule.id, one.start), "")) for one in kept]
    return sorted([*kept, *more], key=lambda one: (one.start, one.end))


def _labelled(candidate: Candidate, label: str) -> Candidate:
    """Return the candidate with the words and the property that tell how it is written."""
    if not label:
        return candidate
    message = candidate.message
    said = message.rfind(_SAID)
    properties = [pair for pair in candidate.properties if pair[0] != "encoding"]
    return candidate.changed(
        message=f"{message[:said] if said >= 0 else message}{_SAID}{label}.",
        properties=(*properties, ("encoding", label)),
    )


def _is_generic(candidate: Candidate) -> bool:
    return GENERIC in candidate.pattern.rule.tags


class _Ranges:
    """Ranges that do not overlap, in order."""

    def __init__(self, ranges: Iterable[tuple[int, int]]) -> None:
        self._ranges = sorted(ranges)

    def meets(self, start: int, end: int) -> bool:
        place = bisect_right(self._ranges, (end - 1, 1 << 62)) - 1
        return place >= 0 and self._ranges[place][1] > start


def _decode(data: bytes, hits: Hits, stages: Stages) -> Decoder:
    decoder = Decoder(data)
    # At one place a hint before a pattern.
    for number, end in sorted(hits, key=lambda hit: (hit[1], -hit[0])):
        if decoder.hit:
            break
        if decoder.is_done(end):
            continue
        if number >= stages.hints:
            form = (number - stages.hints) % COUNT
            if form == HEX:
                decoder.hex_hint(end)
            else:
                decoder.base64_hint(form - BASE64, end)
        elif number == stages.gzip:
            decoder.gzip(end)
        elif number >= stages.escapes:
            decoder.escaped(number - stages.escapes, end)
        else:
            decoder.value(end)
    return decoder


def _telling(data: bytes, hits: Hits, stages: Stages) -> list[tuple[int, int]]:
    """Return the hits that may lie in encoded text.

    Nearly all are of patterns, and nearly none of those stands in a run as long as a key's.
    """
    telling = []
    patterns, first, last = stages.patterns, stages.escapes, stages.gzip
    looked_at = -1
    for hit in hits:
        number, end = hit
        if number < patterns:
            if end == looked_at:
                continue
            looked_at = end
            low = end - SHORTEST_RUN if end > SHORTEST_RUN else 0
            if RUN_OF_KEY in data[low : end + SHORTEST_RUN].translate(RUN_MEMBERS):
                telling.append(hit)
        elif first <= number <= last or number >= stages.hints:
            telling.append(hit)
    return telling


class _Woven:
    """The text around the segments with each of them decoded, and where it all stands outside."""

    def __init__(self, data: bytes, segments: Sequence[Segment]) -> None:
        parts: list[bytes] = []
        # (start inside, start outside, the segment or None for what stands outside as it is)
        self._parts: list[tuple[int, int, Optional[Segment]]] = []
        length, done = 0, 0

        def add(text: bytes, outside: int, segment: Optional[Segment]) -> None:
            nonlocal length
            self._parts.append((length, outside, segment))
            parts.append(text)
            length += len(text)

        for number, segment in enumerate(segments):
            low = segment.start - _NEAR
            if number and low > done:
                add(_PARTING, done, None)
            low = max(low, done)
            add(data[low : segment.start], low, None)
            add(segment.text, segment.start, segment)
            following = segments[number + 1].start if number + 1 < len(segments) else len(data)
            done = min(segment.end + _NEAR, following)
            add(data[segment.end : done], segment.end, None)
        self.text = b"".join(parts)
        self._starts = [start for start, _, _ in self._parts]

    def _part(self, offset: int) -> tuple[int, int, Optional[Segment]]:
        return self._parts[bisect_right(self._starts, offset) - 1]

    def segment_at(self, offset: int) -> Optional[Segment]:
        """Return the segment that an offset lies in."""
        return self._part(offset)[2]

    def is_near(self, end: int) -> bool:
        """Tell whether a hit may be of something that reaches into a segment."""
        place = bisect_right(self._starts, end) - 1
        return any(part[2] is not None for part in self._parts[max(0, place - 2) : place + 3])

    def outside(self, offset: int, *, is_end: bool = False) -> int:
        """Return where an offset of ``text``, or what ends there, stands outside."""
        start, outside, segment = self._part(offset - 1 if is_end else offset)
        if segment is None:
            return outside + offset - start
        return segment.place(offset - start, is_end)

    def outer(self, candidate: Candidate) -> Optional[Candidate]:
        """Return the candidate at its outer place, None for one that no segment has a part of."""
        segment = self.segment_at(candidate.start) or self.segment_at(candidate.end - 1)
        if segment is None:
            return None
        label = dict(candidate.properties).get("encoding")
        label = f"{segment.label} of {label}" if label else segment.label
        return _labelled(candidate, label).changed(
            start=self.outside(candidate.start),
            end=self.outside(candidate.end, is_end=True),
            related=tuple(
                Relation(
                    self.outside(one.start),
                    self.outside(one.end, is_end=True),
                    one.message,
                )
                for one in candidate.related
            ),
        )


class _OuterLines(LineIndex):
    """Lines as the reader of the outer text counts them; bounds of lines are those inside."""

    def __init__(self, woven: _Woven, outer: LineIndex) -> None:
        super().__init__(woven.text)
        self._woven, self._outer = woven, outer

    def line_of(self, offset: int) -> int:
        return self._outer.line_of(self._woven.outside(offset))

    def place(self, offset: int) -> tuple[int, int]:
        return self._outer.place(self._woven.outside(offset))
