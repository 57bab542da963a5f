"""Document: one text to be scanned, wherever it came from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Optional


@dataclass(frozen=True)
class Document:
    """``uri`` is relative to the scanned root with forward slashes; ``data`` the raw bytes.

    ``kind``: file, index (git's staged version), stdin. ``base`` as in ``model.location``.
    """

    uri: str
    data: bytes
    kind: str = "file"
    base: str = "SRCROOT"
    absolute: Optional[str] = None
