"""What the readers of archives give: files with their bytes, and what is none or not readable."""

from __future__ import annotations

from typing import Optional, Union

from credlint.model.lean_tuples import NamedTuple
from credlint.sources.archives.reader import Reader

_LONGEST_NAME = 400


class Member(NamedTuple):
    """A file of an archive: its name as displayed, never a path to open; its bytes."""

    name: str
    data: Reader


class Unread(NamedTuple):
    """Something that could not be read, and why; ``name`` None for the archive itself."""

    name: Optional[str]
    reason: str


class NoFile(NamedTuple):
    """A link, a device or a pipe: it has no content of its own."""


Entry = Union[Member, Unread, NoFile]


def shown_name(raw: bytes, codec: str = "utf-8") -> str:
    """Return a member's name as text; what is no UTF-8 is read with the codec."""
    try:
        name = raw.decode("utf-8")
    except UnicodeDecodeError:
        name = raw.decode(codec, "replace")
    return name if len(name) <= _LONGEST_NAME else f"{name[:_LONGEST_NAME]}…"
