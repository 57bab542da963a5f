"""The salt of a baseline: under it equal secrets have equal digests, and nothing else is told."""

from __future__ import annotations

from typing import NamedTuple


class Salt(NamedTuple):
    """``value``: random bytes; ``iterations``: how often a digest is stretched (PBKDF2)."""

    value: bytes
    iterations: int
