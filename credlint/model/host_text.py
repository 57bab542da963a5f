"""HostText: a piece of a text of the host on its way from the reader to the secrets engine."""

from __future__ import annotations

from typing import Optional

from credlint.model.lean_dataclasses import dataclass, field


@dataclass(frozen=True)
class HostText:
    """One text, or a window of a long one; ``data`` is raw, holds secrets and is never kept.

    ``kind`` and ``path`` as in ``model.audit.Sighting``. ``tool``: whose file it is (``s3cmd``),
    empty when that does not matter. ``line`` and ``column``: where ``data`` begins in the whole
    text, from 1. ``own_start``, ``own_end``: byte offsets; what begins between them is told by
    this window, what stands outside only by its neighbours. ``packed``: it may be gzip, base64 or
    a MIME message, as user data is. ``numbered`` False: it has no lines that a person could count.
    """

    kind: str
    path: str
    data: bytes = field(repr=False)
    tool: str = ""
    user: Optional[str] = None
    pid: Optional[int] = None
    line: int = 1
    column: int = 1
    own_start: int = 0
    own_end: Optional[int] = None
    packed: bool = False
    numbered: bool = True
