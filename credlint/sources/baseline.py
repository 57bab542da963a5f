"""Reads the bytes of a baseline; what they say is for ``policy.baseline_file``."""

from __future__ import annotations

from pathlib import Path

from credlint.model.finding import Skipped
from credlint.sources.errors import SourceError
from credlint.sources.files import read_file


def read_baseline_bytes(path: Path, limit: int, *, found: bool) -> bytes:
    """Return the content, at most ``limit`` bytes.

    ``found``: nobody named the file, so that a link is not followed. Raises SourceError.
    """
    data = read_file(str(path), path.name, limit, follow=not found)
    if isinstance(data, bytes):
        return data
    reason = data.reason if isinstance(data, Skipped) else "no text"
    message = f'baseline "{path.name}" cannot be used: {reason}'
    raise SourceError(message)
