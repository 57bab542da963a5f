"""Times of cached tokens as ``new Date(text)`` of V8 takes them, as far as that is beyond doubt."""

from __future__ import annotations

from typing import Optional

from credlint.chain.clock import parse_instant
from credlint.chain.patterns import pattern
from credlint.model.host_file import PathFact

_ISO = pattern(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?P<zone>Z|[+-]\d\d:\d\d|UTC)?\Z")
# A time without zone is the process's local time, which lies this far from UTC at most.
_ZONES_SECONDS = 14 * 3600
NOT_A_TIME = float("nan")


def seconds_left(fact: PathFact, now: str) -> Optional[float]:
    """Return how long the cached token lasts, NaN where JavaScript sees no time, None if unknown.

    Botocore's own older form with ``UTC`` at the end is no time for V8.
    """
    text = fact.written or fact.expires or ""
    match = _ISO.match(text)
    if match is None:
        return None
    zone = match.group("zone")
    if zone == "UTC":
        return NOT_A_TIME
    end, present = parse_instant(text if zone else f"{text}Z"), parse_instant(now)
    if end is None or present is None:
        return None
    left = (end - present).total_seconds()
    return None if zone is None and abs(left) <= _ZONES_SECONDS else left
