"""What web identity tokens and the caches of SSO and login say of themselves; untrusted content."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Mapping
from datetime import datetime, timezone
from typing import Any, Optional

# What any SDK looks for in a cache; a dot leads into an object.
PARTS = {
    "sso-token": (
        "accessToken",
        "expiresAt",
        "startUrl",
        "region",
        "clientId",
        "clientSecret",
        "refreshToken",
    ),
    "login-token": (
        "accessToken",
        "clientId",
        "refreshToken",
        "dpopKey",
        "accessToken.accountId",
        "accessToken.accessKeyId",
        "accessToken.secretAccessKey",
        "accessToken.sessionToken",
        "accessToken.expiresAt",
        "tokenType",
        "idToken",
    ),
}
# As time.Parse of Go takes time.RFC3339.
RFC3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d([.,]\d+)?(Z|[+-]\d\d:\d\d)\Z", re.ASCII)
MISSING = object()
_AUDIENCES, _AUDIENCE_LIMIT = 8, 200
_TIME = "%Y-%m-%dT%H:%M:%SZ"


def claims_of(data: bytes) -> dict[str, Any]:
    """Return the claims of a JSON Web Token (RFC 7519), none for other texts."""
    parts = data.strip().split(b".")
    if len(parts) != 3:  # noqa: PLR2004  header, payload, signature
        return {}
    try:
        return object_of(base64.urlsafe_b64decode(parts[1] + b"=" * (-len(parts[1]) % 4)))
    except (binascii.Error, ValueError):
        return {}


def token_expiry(claims: Mapping[str, Any]) -> Optional[str]:
    """Return the ``exp`` claim (RFC 7519 §4.1.4) as ISO time, None where it is no time."""
    return time_of(claims.get("exp"))


def time_of(claim: object) -> Optional[str]:
    """Return a claim that is a NumericDate (RFC 7519 §2) as ISO time, None for anything else."""
    if isinstance(claim, bool) or not isinstance(claim, (int, float)):
        return None
    try:
        return datetime.fromtimestamp(claim, timezone.utc).strftime(_TIME)
    except (ValueError, OverflowError, OSError):
        return None


def audiences_of(claims: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the ``aud`` claim (RFC 7519 §4.1.3): one text or a list of them."""
    claim = claims.get("aud")
    listed = [claim] if isinstance(claim, str) else claim
    if not isinstance(listed, list):
        return ()
    texts = [one for one in listed if isinstance(one, str) and len(one) <= _AUDIENCE_LIMIT]
    return tuple(texts[:_AUDIENCES])


def object_of(raw: bytes) -> dict[str, Any]:
    """Parse a JSON object of untrusted origin; an empty one when it is anything else."""
    try:
        value = json.loads(raw)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def part_of(content: Mapping[str, Any], part: str) -> object:
    """Return a part of a cache by its name in ``PARTS``, ``MISSING`` where it has none."""
    outer, dot, inner = part.partition(".")
    value = content.get(outer, MISSING)
    if not dot:
        return value
    return value.get(inner, MISSING) if isinstance(value, dict) else MISSING


def written_time(content: Mapping[str, Any]) -> Optional[str]:
    """Return the time as it stands there, None where that is what ``expires`` has."""
    written = str(written_expiry(content))
    return None if written == cache_expiry(content) else written


def renewal_of(content: Mapping[str, Any]) -> Optional[str]:
    """Return the end of the registration that renews a cached token, empty when it has none."""
    if not all(content.get(key) for key in ("clientId", "clientSecret", "refreshToken")):
        return None
    until = content.get("registrationExpiresAt")
    if until is None:
        return ""
    return until.strip() if isinstance(until, str) and len(until) <= 40 else None  # noqa: PLR2004


def written_expiry(content: Mapping[str, Any]) -> object:
    """Return the cached token's expiry as it stands there; the login cache nests it."""
    token = content.get("accessToken")
    value = content.get("expiresAt")
    if value is None and isinstance(token, dict):
        value = token.get("expiresAt")
    return value


def cache_expiry(content: Mapping[str, Any]) -> Optional[str]:
    """Return the cached token's expiry when it is a time."""
    value = written_expiry(content)
    if not isinstance(value, str) or len(value) > 40:  # noqa: PLR2004
        return None
    text = value.strip().replace("UTC", "Z").upper()
    try:
        datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        return None
    return text
