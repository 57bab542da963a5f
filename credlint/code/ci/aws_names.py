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
# The beginnings of AWS' documented keys, which are also altered at their end.
_DOCUMENTED = ("AKIAIOSFODNN7", "wJalrXUtnFEMI")
_SHORTEST_TOKEN = 100
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


def is_other_owner(name: str) -> bool:
    """Tell whether a secret is named for a service that only speaks the protocol of S3."""
    return _OTHER_OWNER.search(_SEPARATORS.sub("_", name).upper()) is not None


def is_real(name: str, value: str) -> bool:
    """Tell whether a literal for one of KEY_NAMES has the form that AWS issues.

    Anything else (``test``, ``minioadmin``, the documented examples) cannot work there.
    """
    if "EXAMPLE" in value or value.startswith(_DOCUMENTED):
        return False
    if name == ID:
        return parse_key_id(value) is not None and not is_example(value) and len(set(value)) > 8  # noqa: PLR2004
    if name == SECRET:
        return _SECRET_KEY.match(value) is not None and len(set(value)) >= _LEAST_DISTINCT
    return len(value) >= _SHORTEST_TOKEN and " " not in value
