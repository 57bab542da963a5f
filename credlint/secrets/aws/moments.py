"""Ends of what does not last: written beside a temporary key, or computed from a signature."""

from __future__ import annotations

from bisect import bisect_left
from datetime import datetime, timezone
from functools import lru_cache
from typing import Optional

from credlint.model.lazy_expressions import lazy_compile
from credlint.secrets.candidate import TextView

# STS' answers and the CLI's cache (``Expiration``), the CLI's export-credentials
# (``AWS_CREDENTIAL_EXPIRATION``), saml2aws and aws-vault (``x_security_token_expires``,
# ``AWS_SESSION_EXPIRATION``), the caches of SSO and login (``expiresAt``).
_WRITTEN = lazy_compile(
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
    places = _written_ends(view.data)
    middle = bisect_left(places, (start,))
    beside = places[max(0, middle - 1) : middle + 1]
    near = [(max(start - last, first - end, 0), second) for first, last, second in beside]
    return min(near)[1] if near and min(near)[0] <= _REACH else None


# The text is the same object for all keys of a document.
@lru_cache(maxsize=1)
def _written_ends(data: bytes) -> list[tuple[int, int, float]]:
    """Return all ends that a text writes down: bytes from and to, Unix second."""
    ends = []
    for found in _WRITTEN.finditer(data):
        zone = (found.group(2) or b"").decode("ascii")
        second = seconds_of(found.group(1).decode("ascii").replace(" ", "T"), zone)
        if second is not None:
            ends.append((found.start(), found.end(), second))
    return ends
