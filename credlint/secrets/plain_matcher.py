"""The first stage without hyperscan: texts that matches begin with, then Python's ``re`` there.

Slower than hyperscan by an order of magnitude, and meant for the few files of a host. It looks
for each beginning with ``bytes.find``, at the speed of memory, and tries an expression at those
places alone; what an expression can do at one place is bounded, because its repetitions are.
Most beginnings are looked for only before something as long as a key.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Optional

from credlint.secrets.encoded_hints import iter_hints
from credlint.secrets.matcher import Expression

# As much as a processor's cache holds: every beginning is looked for in it.
_BLOCK = 256 * 1024
_ANY_CASE = "(?i:"
# Runs are told apart by so many characters, and those that are so long no more; matches by
# which of these they are longer than.
_STEP, _LONG_RUN = 12, 36
_REACHES = (128, 1024)
_ALPHANUMERIC = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
_IN, _OUT = b"x", b" "


def _kinds(members: bytes) -> bytes:
    """Return the table that tells the members of a run from all else."""
    return bytes(_IN[0] if code in members else _OUT[0] for code in range(256))


# By the field of Expression that asks for such a run.
_RUNS = {"run": _kinds(_ALPHANUMERIC + b"/+%\\"), "word": _kinds(_ALPHANUMERIC + b"_-")}
_ENCODED = _kinds(_ALPHANUMERIC + b"+/-_")
_LEAST_ENCODED, _FIRST, _LONGEST_SPELLING = 16, 4, 512


class _Reader:
    """One expression, compiled where one of its beginnings is met: most documents have none."""

    def __init__(self, number: int, expression: Expression) -> None:
        self.number = number
        self.once = expression.once
        self._source = expression.source.encode()
        self._compiled: Optional[re.Pattern[bytes]] = None

    @property
    def compiled(self) -> re.Pattern[bytes]:
        if self._compiled is None:
            self._compiled = re.compile(self._source)
        return self._compiled


class _Group:
    """Beginnings that are looked for together, each with the expressions that may match there.

    ``kinds``: the table of the run that every match holds, None where none is asked for;
    ``least``: its least length; ``reach``: the longest match.
    """

    def __init__(self, kinds: Optional[bytes]) -> None:
        self.kinds = kinds
        self.least = self.reach = self.longest = 0
        self._exact: dict[bytes, tuple[_Reader, ...]] = {}
        self._folded: dict[bytes, tuple[_Reader, ...]] = {}

    def add(self, reader: _Reader, expression: Expression, least: int) -> None:
        fold = expression.source.startswith(_ANY_CASE)
        table = self._folded if fold else self._exact
        for start in expression.starts:
            text = (start.lower() if fold else start).encode()
            table[text] = (*table.get(text, ()), reader)
            self.longest = max(self.longest, len(text))
        self.least = min(self.least or least, least)
        self.reach = max(self.reach, expression.longest)

    def matches(self, data: bytes) -> Iterator[tuple[_Reader, int]]:
        """Yield expressions and the ends of their matches."""
        ranges: Iterator[tuple[int, int]]
        if self.kinds is None:
            ranges = ((low, low + _BLOCK) for low in range(0, len(data), _BLOCK))
        else:
            ranges = _before_runs(data, self.kinds, self.least, self.reach)
        for low, high in ranges:
            text = data[low : high + self.longest]
            yield from _beginning_within(data, low, high, text, self._exact)
            if self._folded:
                yield from _beginning_within(data, low, high, text.lower(), self._folded)


class PlainMatcher:
    """Goes through a document block by block; a match may reach beyond its block."""

    def __init__(self, expressions: Sequence[Expression], hints: Sequence[str] = ()) -> None:
        self._hints = hints
        self._spellings: dict[bytes, list[tuple[int, bytes]]] = {}
        self._count = len(expressions)
        # Apart by how long the run is and how far a match reaches: else the shortest run and the
        # farthest match of all would have nearly every text looked through for every beginning.
        groups: dict[tuple[str, int, int], _Group] = {}
        self._anywhere: list[_Reader] = []
        for number, expression in enumerate(expressions):
            reader = _Reader(number, expression)
            if not expression.starts:
                self._anywhere.append(reader)
                continue
            needs = {"run": expression.run, "word": expression.word}
            name = next((name for name, least in needs.items() if least), "")
            least = needs.get(name, 0)
            reach = sum(expression.longest > far for far in _REACHES) if name else 0
            kin = (name, min(least, _LONG_RUN) // _STEP, reach)
            group = groups.setdefault(kin, _Group(_RUNS.get(name)))
            group.add(reader, expression, least)
        self._groups = tuple(groups.values())

    def collect(self, data: bytes, hits: list[tuple[int, int]], limit: int) -> bool:
        """Append (number of the expression, end offset); return False when stopped at the limit."""
        told = set()
        for reader, end in self._matches(data):
            if reader.once:
                if reader.number in told:
                    continue
                told.add(reader.number)
            hits.append((reader.number, end))
            if len(hits) >= limit:
                return False
        for hit in self._encoded(data):
            hits.append(hit)
            if len(hits) >= limit:
                return False
        return True

    def _encoded(self, data: bytes) -> Iterator[tuple[int, int]]:
        """Yield number and end of every spelling of a hint that stands in a run of base64."""
        if not self._hints:
            return
        for low, high in _before_runs(data, _ENCODED, _LEAST_ENCODED, 0):
            if not self._spellings:
                for number, literal in sorted(set(iter_hints(self._hints))):
                    entry = (self._count + number, literal.encode())
                    self._spellings.setdefault(entry[1][:_FIRST], []).append(entry)
            # A range may end within a run, where the next one goes on.
            text = data[low : high + _LONGEST_SPELLING]
            for place in range(high - low):
                for number, spelled in self._spellings.get(text[place : place + _FIRST], ()):
                    if text.startswith(spelled, place):
                        yield number, low + place + len(spelled)

    def _matches(self, data: bytes) -> Iterator[tuple[_Reader, int]]:
        for group in self._groups:
            yield from group.matches(data)
        for reader in self._anywhere:
            found = reader.compiled.search(data)
            while found is not None:
                yield reader, found.end()
                found = reader.compiled.search(data, found.start() + 1)


def _beginning_within(
    data: bytes, low: int, high: int, text: bytes, table: dict[bytes, tuple[_Reader, ...]]
) -> Iterator[tuple[_Reader, int]]:
    """Yield the matches that begin from ``low`` on and before ``high``.

    ``text``: the data from ``low`` on, as it is looked through.
    """
    for start, readers in table.items():
        stop = high - low - 1 + len(start)
        place = text.find(start, 0, stop)
        while place >= 0:
            for reader in readers:
                found = reader.compiled.match(data, low + place)
                if found is not None:
                    yield reader, found.end()
            place = text.find(start, place + 1, stop)


def _before_runs(data: bytes, kinds: bytes, least: int, reach: int) -> Iterator[tuple[int, int]]:
    """Yield the ranges, ascending and apart, where a match that holds a run may begin."""
    wanted = _IN * least
    low = high = 0
    for base in range(0, len(data), _BLOCK):
        # As much of the block before that no run between the two is lost.
        first = max(0, base - least + 1)
        block = data[first : base + _BLOCK].translate(kinds)
        place = block.find(wanted)
        while place >= 0:
            end = block.find(_OUT, place + least)
            end = len(block) if end < 0 else end
            start = max(high, first + place - reach)
            # What is close together is looked through at once.
            if start > high or high - low >= _BLOCK:
                if high > low:
                    yield low, high
                low = start
            high = first + end
            place = block.find(wanted, end)
    if high > low:
        yield low, high
