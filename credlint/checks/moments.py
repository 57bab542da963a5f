"""Reads the times that credential helpers write into AWS files."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone
from typing import Optional

from credlint.model.lean_dataclasses import dataclass

_EPOCH = re.compile(r"(\d{10})(\d{3})?\Z")
_OFFSET_WITHOUT_COLON = re.compile(r"([+-]\d\d)(\d\d)\Z")
_FRACTION = re.compile(r"\.(\d+)")
_MICROSECOND_DIGITS = 6


@dataclass(frozen=True)
class Moment:
    """A time in UTC. ``zoned`` False: the text names no zone and was read as UTC."""

    time: datetime
    zoned: bool = True


def parse_moment(text: str) -> Optional[Moment]:
    """Read an ISO 8601 time (``Z``, offsets, ``UTC``, a blank for the T) or Unix seconds.

    Returns None for anything else: the caller says so.
    """
    plain = text.strip().strip("\"'").strip()
    epoch = _EPOCH.match(plain)
    if epoch:
        return Moment(datetime.fromtimestamp(int(epoch.group(1)), timezone.utc))
    for ending in ("UTC", "Z", "z"):
        if plain.endswith(ending):
            plain = plain[: -len(ending)].rstrip() + "+00:00"
            break
    # Python 3.9 and 3.10 read offsets with a colon and fractions of 3 or 6 digits only.
    plain = _OFFSET_WITHOUT_COLON.sub(r"\1:\2", plain.replace(" +", "+").replace(" -", "-"))
    plain = _FRACTION.sub(_six_digits, plain, count=1)
    try:
        time = datetime.fromisoformat(plain)
    except ValueError:
        return None
    if len(plain) <= len("2026-01-01"):
        return None  # a date alone says too little
    try:
        if time.tzinfo is None:
            return Moment(time.replace(tzinfo=timezone.utc), zoned=False)
        return Moment(time.astimezone(timezone.utc))
    except (OverflowError, ValueError):
        return None


def _six_digits(match: re.Match[str]) -> str:
    return "." + match.group(1)[:_MICROSECOND_DIGITS].ljust(_MICROSECOND_DIGITS, "0")


def describe_age(age: timedelta) -> str:
    """Return a duration in its largest whole unit: ``3 days``, ``1 hour``, ``40 minutes``."""
    seconds = int(age.total_seconds())
    for unit, length in (("day", 86400), ("hour", 3600), ("minute", 60)):
        count = seconds // length
        if count:
            return f"{count} {unit}{'' if count == 1 else 's'}"
    return "less than a minute"
