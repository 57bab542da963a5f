"""Stores that only speak the protocol of S3, such as MinIO, R2 or Spaces, and endpoints of others.

They take their keys from variables with the names of AWS, and no role of AWS helps there.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from functools import cached_property
from typing import Optional, Protocol

from credlint.code.addresses import is_of_aws, names_host_of_aws
from credlint.code.credential_names import in_capitals
from credlint.model.lazy_expressions import lazy_compile

# An endpoint that is given beside the keys; the line that names AWS' own is none.
_ENDPOINT = lazy_compile(
    rb"--endpoint(?:-url)?[ =]"
    rb"|\b(?:AWS_|S3_|AWS_S3_|SCCACHE_|SCCACHE_S3_|STORAGE_|BUCKET_|OBJECT_STORE_|FSSPEC_S3_)"
    rb"ENDPOINT(?:_URL)?(?:_S3)?\b"
    rb"|\b(?:s3[-_])?endpoint(?:[-_]?url)?[\"']?[ ]?[:=]"
    rb"|\b(?:sts-endpoint|s3-server|forcePathStyle|force_path_style)\b",
    re.IGNORECASE,
)
_LONGEST_LINE = 500
# Ends of the names of their hosts, as their makers' documentation gives them.
_HOSTS = "|".join(
    (
        *(
            r"digitaloceanspaces\.com",
            r"cloudflarestorage\.com",
            r"wasabisys\.com",
            r"aliyuncs\.com",
        ),
        *(r"backblazeb2\.com", r"storage\.googleapis\.com", r"linodeobjects\.com", r"scw\.cloud"),
        *(r"cloud\.ovh\.(?:net|us)", r"yandexcloud\.net", r"myqcloud\.com", r"vultrobjects\.com"),
        *(r"cloud-object-storage\.appdomain\.cloud", r"tigris\.dev", r"your-objectstorage\.com"),
        *(r"idrivee2(?:-\d+)?\.com", r"storjshare\.io", r"oraclecloud\.com", r"supabase\.co"),
        *(r"exo\.io", r"selcdn\.ru", r"min\.io"),
    )
)
_OTHER_HOST = lazy_compile(rf"(?:\A|.*\.)(?:{_HOSTS})\Z")
_IN_TEXT = lazy_compile(
    rf"(?<![\w-])(?:{_HOSTS})(?![\w-]|\.\w)|\bminio\b".encode("ascii"), re.IGNORECASE
)
_OWNER = lazy_compile(
    r"(?:\A|_)(?:R2|MINIO|SPACES?|DO|DIGITAL_?OCEAN|B2|BACKBLAZE|WASABI|CLOUDFLARE|CF|SCW|SCALEWAY"
    r"|HETZNER|TIGRIS|LINODE|VULTR|OVH|YC|YANDEX|ALIYUN|ALICLOUD|OSS|GCS|GCP|GOOGLE|HMAC|SUPABASE"
    r"|OPENSTACK|SWIFT|CEPH|RGW|IBM|COS|OCI|ORACLE|EXOSCALE|STORJ|IDRIVE|SELECTEL|TENCENT|QINIU"
    r"|UPCLOUD|CONTABO|DREAMHOST|LOCALSTACK|FAKE|DUMMY|GARAGE|SEAWEEDFS)(?:_|\Z)"
)
# Variables that tell a program where its store is.
_NAME = lazy_compile(
    r"ENDPOINT|S3_(?:URL|HOST|UPSTREAM)|MINIO|SPACES|RESTIC_REPOSITORY", re.IGNORECASE
)


def is_host_of_other(host: str) -> bool:
    """Tell whether a host, in lower case, is of a service that speaks the protocol of S3."""
    return _OTHER_HOST.match(host) is not None


def is_other_owner(name: str) -> bool:
    """Tell whether a secret is named for a service that only speaks the protocol of S3."""
    return _OWNER.search(in_capitals(name)) is not None


def is_name_of_endpoint(name: str) -> bool:
    """Tell whether a variable of that name says where a store or a service is."""
    return _NAME.search(name) is not None


def points_elsewhere(name: str, value: Optional[str]) -> bool:
    """Tell whether a variable sends a program to another endpoint than AWS'."""
    return bool(value) and is_name_of_endpoint(name) and not is_of_aws(value or "")


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
        found = {match.start() for match in _IN_TEXT.finditer(text)}
        found.update(
            match.start()
            for match in _ENDPOINT.finditer(text)
            if not _is_for_aws(text, match.end())
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


def _is_for_aws(text: bytes, end: int) -> bool:
    """Tell whether the line of an endpoint goes on with an address of AWS."""
    line_end = text.find(b"\n", end, end + _LONGEST_LINE)
    line = text[end : line_end if line_end >= 0 else end + _LONGEST_LINE]
    return names_host_of_aws(line.decode("latin-1"))
