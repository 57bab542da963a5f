"""The first stage without hyperscan: texts that matches begin with, then Python's ``re`` there.

Slower than hyperscan by an order of magnitude, and meant for the few files of a host. It looks
for each beginning with ``bytes.find``, at the speed of memory, and tries an expression at those
places alone; what an expression can do at one place is bounded, because its repetitions are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Optional

from credlint.secrets.matcher import Expression

# As much as a processor's cache holds: every beginning is looked for in it.
_BLOCK = 256 * 1024
_ANY_CASE = "(?i:"


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


_Beginnings = tuple[tuple[bytes, tuple[_Reader, ...]], ...]


class PlainMatcher:
    """Looks for the beginnings block by block; a match may reach beyond its block."""

    def __init__(self, expressions: Sequence[Expression]) -> None:
        exact: dict[bytes, tuple[_Reader, ...]] = {}
        folded: dict[bytes, tuple[_Reader, ...]] = {}
        self._anywhere: list[_Reader] = []
        for number, expression in enumerate(expressions):
            reader = _Reader(number, expression)
            any_case = expression.source.startswith(_ANY_CASE)
            table = folded if any_case else exact
            for start in expression.starts:
                text = (start.lower() if any_case else start).encode()
                table[text] = (*table.get(text, ()), reader)
            if not expression.starts:
                self._anywhere.append(reader)
        self._exact: _Beginnings = tuple(exact.items())
        self._folded: _Beginnings = tuple(folded.items())

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
        longest = max((len(text) for text, _ in (*self._exact, *self._folded)), default=0)
        for base in range(0, len(data), _BLOCK):
            block = data[base : base + _BLOCK + longest]
            yield from _of_block(data, base, block, self._exact)
            yield from _of_block(data, base, block.lower(), self._folded)
        for reader in self._anywhere:
            found = reader.compiled.search(data)
            while found is not None:
                yield reader, found.end()
                found = reader.compiled.search(data, found.start() + 1)


def _of_block(
    data: bytes, base: int, block: bytes, beginnings: _Beginnings
) -> Iterator[tuple[_Reader, int]]:
    """Yield the matches that begin in the block; ``block`` may be in lower case."""
    for text, readers in beginnings:
        stop = _BLOCK - 1 + len(text)
        place = block.find(text, 0, stop)
        while place >= 0:
            for reader in readers:
                found = reader.compiled.match(data, base + place)
                if found is not None:
                    yield reader, found.end()
            place = block.find(text, place + 1, stop)
