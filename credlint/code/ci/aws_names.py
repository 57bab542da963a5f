"""Names that pipelines give to AWS keys, and what tells that they are another service's."""

from __future__ import annotations

import re

from credlint.model.key_id import is_example, parse_key_id

ID = "AWS_ACCESS_KEY_ID"
SECRET = "AWS_SECRET_ACCESS_KEY"  # noqa: S105  the name
TOKEN = "AWS_SESSION_TOKEN"  # noqa: S105  the name
KEY_NAMES = (ID, SECRET, TOKEN)
# What SDKs and tools read besides: the first two forms of the Java SDK 1 and of old tools.
_OTHER_NAMES = {
    "AWS_ACCESS_KEY": ID,
    "AWS_SECRET_KEY": SECRET,
    "AWS_SECRET_ACCESS_KEY_ID": SECRET,
    "AWS_SECURITY_TOKEN": TOKEN,
}
_SEPARATORS = re.compile(r"[-_.\s]+")
_SECRET_KEY = re.compile(r"[A-Za-z0-9/+]{40}\Z")
_LEAST_DISTINCT = 14
_SHORTEST_TOKEN = 100
# An endpoint that is given beside the keys; the line that names AWS' own is none.
_ENDPOINT = re.compile(
    rb"--endpoint(?:-url)?[ =]"
    rb"|\b(?:AWS_|S3_|AWS_S3_|SCCACHE_|SCCACHE_S3_|STORAGE_|BUCKET_|OBJECT_STORE_|FSSPEC_S3_)"
    rb"ENDPOINT(?:_URL)?(?:_S3)?\b"
    rb"|\b(?:s3[-_])?endpoint(?:[-_]?url)?[\"']?[ ]?[:=]"
    rb"|\b(?:sts-endpoint|s3-server|forcePathStyle|force_path_style)\b",
    re.IGNORECASE,
)
_OTHER_HOST = re.compile(
    rb"cloudflarestorage|digitaloceanspaces|backblazeb2|wasabisys|linodeobjects|vultrobjects"
    rb"|scw\.cloud|storage\.googleapis|storage\.yandexcloud|yandexcloud\.net|aliyuncs|tigris\.dev"
    rb"|your-objectstorage\.com|idrivee2|storjshare|exo\.io|io\.cloud\.ovh|\bminio\b",
    re.IGNORECASE,
)
_OTHER_OWNER = re.compile(
    r"(?:\A|_)(?:R2|MINIO|SPACES?|DO|DIGITAL_?OCEAN|B2|BACKBLAZE|WASABI|CLOUDFLARE|CF|SCW|SCALEWAY"
    r"|HETZNER|TIGRIS|LINODE|VULTR|OVH|YC|YANDEX|ALIYUN|ALICLOUD|OSS|GCS|GCP|GOOGLE|HMAC|SUPABASE"
    r"|OPENSTACK|SWIFT|CEPH|RGW|IBM|COS|OCI|ORACLE|EXOSCALE|STORJ|IDRIVE|SELECTEL|TENCENT|QINIU"
    r"|UPCLOUD|CONTABO|DREAMHOST|LOCALSTACK|FAKE|DUMMY|GARAGE|SEAWEEDFS)(?:_|\Z)"
)


def key_name(name: str) -> str:
    """Return which of KEY_NAMES a name in any spelling is (``aws-access-key-id``), else empty."""
    upper = _SEPARATORS.sub("_", name.strip()).upper()
    if upper in KEY_NAMES:
        return upper
    return _OTHER_NAMES.get(upper, "")


def goes_elsewhere(*sources: bytes) -> bool:
    """Tell whether a piece of a pipeline speaks of an object store or endpoint that is not AWS'."""
    return any(_OTHER_HOST.search(source) or _has_endpoint(source) for source in sources)


def _has_endpoint(source: bytes) -> bool:
    for found in _ENDPOINT.finditer(source):
        end = source.find(b"\n", found.end())
        line = source[found.start() : end if end >= 0 else len(source)]
        if b"amazonaws.com" not in line and b".api.aws" not in line:
            return True
    return False


def is_other_owner(name: str) -> bool:
    """Tell whether a secret is named for a service that only speaks the protocol of S3."""
    return _OTHER_OWNER.search(_SEPARATORS.sub("_", name).upper()) is not None


def is_real(name: str, value: str) -> bool:
    """Tell whether a literal for one of KEY_NAMES has the form that AWS issues.

    Anything else (``test``, ``minioadmin``, the documented examples) cannot work there.
    """
    if "EXAMPLE" in value:
        return False
    if name == ID:
        return parse_key_id(value) is not None and not is_example(value) and len(set(value)) > 8  # noqa: PLR2004
    if name == SECRET:
        return _SECRET_KEY.match(value) is not None and len(set(value)) >= _LEAST_DISTINCT
    return len(value) >= _SHORTEST_TOKEN and " " not in value
