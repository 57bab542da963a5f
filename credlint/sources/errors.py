"""What a source raises, and the codes of what it had to leave out."""

from __future__ import annotations

UNREADABLE = "RUN901"
TOO_LARGE = "RUN903"
NOT_REGULAR = "RUN906"
BOUND_HIT = "RUN908"
ARCHIVE_UNREAD = "RUN920"
ARCHIVE_BOUND = "RUN921"


class SourceError(Exception):
    """A source cannot give its documents; the message is one line, without a path of ours."""
