"""Times as the SDKs read them, as far as their form is beyond doubt.

botocore parses times with dateutil, which takes many more forms; those are "unknown" here.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone
from typing import Optional

_ISO = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d)(?::(\d\d)(?:[.,]\d+)?)?"
    r"\s*(?P<zone>[Zz]|UTC|GMT|[+-]\d\d:?\d\d)?\Z"
)
_HAS_TIME_WORD = re.compile(
    r"\d|mon|tue|wed|thu|fri|sat|sun|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec", re.IGNORECASE
)
UNKNOWN = "unknown"
INVALID = "invalid"
NAIVE = "naive"
PAST = "past"
FUTURE = "future"


def parse_instant(text: str) -> Optional[datetime]:
    """Return an aware time, None when the text is not an ISO time with a zone."""
    match = _ISO.match(text.strip())
    if match is None or match.group("zone") is None:
        return None
    try:
        return _build(match).replace(tzinfo=_zone(match.group("zone")))
    except ValueError:
        return None


def judge(text: str, now: str) -> str:
    """Return unknown, invalid (dateutil refuses it), naive (no zone), past or future.

    ``now`` is an ISO time with a zone.
    """
    match = _ISO.match(text.strip())
    if match is None:
        return UNKNOWN if _HAS_TIME_WORD.search(text) else INVALID
    try:
        instant = _build(match)
    except ValueError:
        return INVALID
    if match.group("zone") is None:
        return NAIVE
    present = parse_instant(now)
    if present is None:
        return UNKNOWN
    return PAST if instant.replace(tzinfo=_zone(match.group("zone"))) < present else FUTURE


def _build(match: re.Match[str]) -> datetime:
    numbers = [int(group or 0) for group in match.groups()[:6]]
    return datetime(*numbers)  # type: ignore[arg-type]  # noqa: DTZ001  the zone follows


def _zone(text: str) -> timezone:
    if text[0] not in "+-":
        return timezone.utc
    digits = text[1:].replace(":", "")
    offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return timezone(-offset if text[0] == "-" else offset)
