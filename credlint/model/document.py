"""Document: one text to be scanned, wherever it came from."""

from __future__ import annotations

from typing import Optional

from credlint.model.lean_tuples import NamedTuple


class Document(NamedTuple):
    """``uri`` is relative to the scanned root with forward slashes; ``data`` the raw bytes.

    ``kind``: file, index (git's staged version), stdin. ``base`` as in ``model.location``.
    """

    uri: str
    data: bytes
    kind: str = "file"
    base: str = "SRCROOT"
    absolute: Optional[str] = None


def unmarked_utf16(data: bytes) -> Optional[str]:
    """Return the codec of UTF-16 text that carries no byte order mark, None for anything else.

    Told by its first 16 characters: all below U+0100, none of them NUL.
    """
    head = data[:32]
    if len(head) < 8 or len(head) % 2:  # noqa: PLR2004  four characters say too little
        return None
    even, odd = head[0::2], head[1::2]
    if not any(odd) and all(even):
        return "utf-16-le"
    return "utf-16-be" if not any(even) and all(odd) else None
