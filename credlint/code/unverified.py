"""Addresses whose certificate matters for AWS."""

from __future__ import annotations

import re

AWS_HOST = re.compile(r"\b(?:[\w-]+\.)*(?:amazonaws\.com|api\.aws|awsapps\.com)\b", re.IGNORECASE)
_LOOPBACK = re.compile(
    r"(?:https?://)?(?:localhost|127\.[\d.]{5,12}|\[?::1\]?|0\.0\.0\.0|host\.docker\.internal|localstack|minio"
    r"|moto)(?:[:/.]|\Z)",
    re.IGNORECASE,
)


def is_loopback(address: str) -> bool:
    """Tell whether an address is of this machine, or of a stand-in for AWS beside it."""
    return _LOOPBACK.match(address) is not None
