"""Where a pipeline speaks of an object store or endpoint that is not AWS'.

Stores that only speak the protocol of S3 (MinIO, R2, Spaces …) take their keys from variables with
the names of AWS, and no role of AWS helps there.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from functools import cached_property
from typing import Optional, Protocol

# An endpoint that is given beside the keys; the line that names AWS' own is none.
_ENDPOINT = re.compile(
    rb"--endpoint(?:-url)?[ =]"
    rb"|\b(?:AWS_|S3_|AWS_S3_|SCCACHE_|SCCACHE_S3_|STORAGE_|BUCKET_|OBJECT_STORE_|FSSPEC_S3_)"
    rb"ENDPOINT(?:_URL)?(?:_S3)?\b"
    rb"|\b(?:s3[-_])?endpoint(?:[-_]?url)?[\"']?[ ]?[:=]"
    rb"|\b(?:sts-endpoint|s3-server|forcePathStyle|force_path_style)\b",
    re.IGNORECASE,
)
_LONGEST_LINE = 500
_OTHER_HOST = re.compile(
    rb"cloudflarestorage|digitaloceanspaces|backblazeb2|wasabisys|linodeobjects|vultrobjects"
    rb"|scw\.cloud|storage\.googleapis|storage\.yandexcloud|yandexcloud\.net|aliyuncs|tigris\.dev"
    rb"|your-objectstorage\.com|idrivee2|storjshare|exo\.io|io\.cloud\.ovh|\bminio\b",
    re.IGNORECASE,
)


class Place(Protocol):
    """A node or a part of a text, by offsets."""

    @property
    def start(self) -> int: ...  # noqa: D102

    @property
    def end(self) -> int: ...  # noqa: D102


class OtherStores:
    """The places of a text that say so, found once, when keys make somebody ask."""

    def __init__(self, text: bytes) -> None:
        self._text = text

    @cached_property
    def _found(self) -> list[int]:
        text = self._text
        found = {match.start() for match in _OTHER_HOST.finditer(text)}
        found.update(
            match.start() for match in _ENDPOINT.finditer(text) if not _is_of_aws(text, match.end())
        )
        return sorted(found)

    def within(self, *places: Optional[Place]) -> bool:
        """Tell whether one of the places speaks of another store."""
        return any(place is not None and self.between(place.start, place.end) for place in places)

    def between(self, start: int, end: int) -> bool:
        """Tell whether the text between two offsets speaks of one."""
        first = bisect_left(self._found, start)
        return first < len(self._found) and self._found[first] < end


def goes_elsewhere(source: bytes) -> bool:
    """Tell whether a short text, such as a command, speaks of another store."""
    return OtherStores(source).between(0, len(source))


def _is_of_aws(text: bytes, end: int) -> bool:
    """Tell whether the line of an endpoint goes on with an address of AWS."""
    line_end = text.find(b"\n", end, end + _LONGEST_LINE)
    line = text[end : line_end if line_end >= 0 else end + _LONGEST_LINE]
    return b"amazonaws.com" in line or b".api.aws" in line
