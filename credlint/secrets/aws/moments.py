"""Ends of what does not last: written beside a temporary key, or computed from a signature."""

from __future__ import annotations

import re
from datetime import datetime, timezone
from typing import Optional

from credlint.secrets.candidate import TextView

# STS' answers and the CLI's cache (``Expiration``), the CLI's export-credentials
# (``AWS_CREDENTIAL_EXPIRATION``), saml2aws and aws-vault (``x_security_token_expires``,
# ``AWS_SESSION_EXPIRATION``), the caches of SSO and login (``expiresAt``).
_WRITTEN = re.compile(
    rb"(?i:expiration|x_security_token_expires|expiresat)[\\\"'\]]{0,4}[ \t]{0,8}[:=]>?[ \t]{0,8}"
    rb"[\\\"']{0,2}(\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d)(?:[.,]\d{1,9})?(Z|UTC|[+-]\d\d:?\d\d)?"
)
_REACH = 1500


def seconds_of(text: str, zone: str = "Z") -> Optional[float]:
    """Return the Unix second of ``2026-01-31T12:00:00`` in a zone (Z, UTC or +01:00)."""
    offset = "+00:00" if zone.upper() in ("", "Z", "UTC") else zone
    if len(offset) == 5:  # noqa: PLR2004  +0100
        offset = f"{offset[:3]}:{offset[3:]}"
    try:
        return datetime.fromisoformat(f"{text}{offset}").timestamp()
    except (ValueError, OverflowError):
        return None


def shown(second: float) -> str:
    """Return a Unix second as people read it."""
    try:
        return datetime.fromtimestamp(second, timezone.utc).strftime("%Y-%m-%d %H:%M UTC")
    except (ValueError, OverflowError, OSError):
        return "a time beyond the calendar"


def is_over(second: Optional[float], view: TextView) -> bool:
    """Tell whether a moment is known and has passed; without a clock nothing has."""
    return second is not None and bool(view.facts.now) and second < view.facts.now


def expiry_words(second: Optional[float], view: TextView) -> str:
    """Return the sentence about the end of something, empty when it is not known."""
    if second is None:
        return ""
    if is_over(second, view):
        return f"It expired on {shown(second)}."
    return f"It is valid until {shown(second)}."


def expiry_beside(start: int, end: int, view: TextView) -> Optional[float]:
    """Return the end that is written nearest to a value, None where none is within reach."""
    low, high = max(0, start - _REACH), min(len(view.data), end + _REACH)
    best: Optional[tuple[int, float]] = None
    for found in _WRITTEN.finditer(view.data, low, high):
        zone = (found.group(2) or b"").decode("ascii")
        second = seconds_of(found.group(1).decode("ascii").replace(" ", "T"), zone)
        distance = max(start - found.end(), found.start() - end, 0)
        if second is not None and (best is None or distance < best[0]):
            best = (distance, second)
    return best[1] if best is not None else None
