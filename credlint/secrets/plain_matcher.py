"""The first stage without hyperscan: texts that matches begin with, then Python's ``re`` there.

Slower than hyperscan by an order of magnitude, and meant for the few files of a host. It looks
for each beginning with ``bytes.find``, at the speed of memory, and tries an expression at those
places alone; what an expression can do at one place is bounded, because its repetitions are.
Beginnings that are common words are looked for only before something as long as a key.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Optional

from credlint.secrets.matcher import Expression

# As much as a processor's cache holds: every beginning is looked for in it.
_BLOCK = 256 * 1024
_ANY_CASE = "(?i:"
_IN_RUNS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789/+%\\"
_IN, _OUT = b"x", b" "
_KINDS = bytes(_IN[0] if code in _IN_RUNS else _OUT[0] for code in range(256))


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


class _Beginnings:
    """Texts, each with the expressions that may match where it stands."""

    def __init__(self) -> None:
        self.readers: dict[bytes, tuple[_Reader, ...]] = {}
        self.longest = 0

    def add(self, start: bytes, reader: _Reader) -> None:
        self.readers[start] = (*self.readers.get(start, ()), reader)
        self.longest = max(self.longest, len(start))


class PlainMatcher:
    """Goes through a document block by block; a match may reach beyond its block."""

    def __init__(self, expressions: Sequence[Expression]) -> None:
        # By whether case counts, and whether a run must stand behind.
        self._tables = {
            (fold, rare): _Beginnings() for fold in (False, True) for rare in (False, True)
        }
        self._anywhere: list[_Reader] = []
        self._run = self._reach = 0
        for number, expression in enumerate(expressions):
            reader = _Reader(number, expression)
            fold, rare = expression.source.startswith(_ANY_CASE), expression.run > 0
            for start in expression.starts:
                text = start.lower() if fold else start
                self._tables[fold, rare].add(text.encode(), reader)
            if not expression.starts:
                self._anywhere.append(reader)
            elif rare:
                self._run = min(self._run or expression.run, expression.run)
                self._reach = max(self._reach, expression.longest)

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
        return True

    def _matches(self, data: bytes) -> Iterator[tuple[_Reader, int]]:
        for low in range(0, len(data), _BLOCK):
            yield from self._beginning_within(data, low, low + _BLOCK, rare=False)
        if self._run:
            for low, high in _before_runs(data, self._run, self._reach):
                yield from self._beginning_within(data, low, high, rare=True)
        for reader in self._anywhere:
            found = reader.compiled.search(data)
            while found is not None:
                yield reader, found.end()
                found = reader.compiled.search(data, found.start() + 1)

    def _beginning_within(
        self, data: bytes, low: int, high: int, *, rare: bool
    ) -> Iterator[tuple[_Reader, int]]:
        """Yield the matches that begin from ``low`` on and before ``high``."""
        for fold in (False, True):
            table = self._tables[fold, rare]
            if not table.readers:
                continue
            text = data[low : high + table.longest]
            if fold:
                text = text.lower()
            for start, readers in table.readers.items():
                stop = high - low - 1 + len(start)
                place = text.find(start, 0, stop)
                while place >= 0:
                    for reader in readers:
                        found = reader.compiled.match(data, low + place)
                        if found is not None:
                            yield reader, found.end()
                    place = text.find(start, place + 1, stop)


def _before_runs(data: bytes, run: int, reach: int) -> Iterator[tuple[int, int]]:
    """Yield the ranges, ascending and apart, where a match that holds a run may begin.

    ``run`` is the least length of a run, ``reach`` the longest match.
    """
    wanted = _IN * run
    done = 0
    for base in range(0, len(data), _BLOCK):
        # As much of the block before that no run between the two is lost.
        low = max(0, base - run + 1)
        kinds = data[low : base + _BLOCK].translate(_KINDS)
        place = kinds.find(wanted)
        while place >= 0:
            end = kinds.find(_OUT, place + run)
            end = len(kinds) if end < 0 else end
            yield max(done, low + place - reach), low + end
            done = low + end
            place = kinds.find(wanted, end)
