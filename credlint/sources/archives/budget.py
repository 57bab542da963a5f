"""What one archive may cost, whatever it claims of itself."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Callable, Optional

_MIB = 1024 * 1024


@dataclass(frozen=True)
class Bounds:
    """The most that one archive may unpack to, nested ones included.

    ``size``: bytes. ``ratio``: bytes for a byte of the file, once ``ratio_from`` bytes are there:
    text packs to a tenth, deflate reaches 1,032 (RFC 1951 leaves no more), bzip2 a million.
    ``entries``, ``depth`` (archives and compressed files within each other), ``seconds``.
    """

    size: int = 16 * 1024 * _MIB
    ratio: int = 250
    ratio_from: int = 64 * _MIB
    entries: int = 250_000
    depth: int = 6
    seconds: float = 600


BOUNDS = Bounds()


@dataclass
class Budget:
    """What an archive has cost so far; ``hit``: the bound that has ended it, None for none."""

    bounds: Bounds = BOUNDS
    clock: Callable[[], float] = time.monotonic
    packed: int = 0
    unpacked: int = 0
    entries: int = 0
    hit: Optional[str] = None
    _start: float = field(init=False)

    def __post_init__(self) -> None:
        self._start = self.clock()

    def take(self, size: int) -> None:
        """Count bytes of the file itself."""
        self.packed += size
        self._check_time()

    def unpack(self, size: int) -> None:
        """Count bytes that came out of a compressed stream."""
        self.unpacked += size
        bounds = self.bounds
        if self.unpacked > bounds.size:
            self._end(f"it unpacks to more than {bounds.size // _MIB:,} MiB")
        elif self.unpacked > max(bounds.ratio_from, bounds.ratio * self.packed):
            self._end(f"it unpacks to more than {bounds.ratio} times its size")
        self._check_time()

    def enter(self) -> None:
        """Count an entry."""
        self.entries += 1
        if self.entries > self.bounds.entries:
            self._end(f"it has more than {self.bounds.entries:,} entries")
        self._check_time()

    def _check_time(self) -> None:
        if self.clock() - self._start > self.bounds.seconds:
            self._end(f"it takes more than {self.bounds.seconds:g} seconds")

    def _end(self, reason: str) -> None:
        self.hit = self.hit or f"{reason}; the rest was not examined"
