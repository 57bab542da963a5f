"""Times, compared with the parser that botocore uses."""

from __future__ import annotations

from datetime import datetime, timezone

import pytest

from credlint.chain import clock

NOW = "2026-07-01T12:00:00Z"
TEXTS = [
    "2026-07-01T12:00:01Z",
    "2026-07-01T11:59:59Z",
    "2026-07-01T13:00:00+02:00",
    "2026-07-01T13:00:00+0200",
    "2026-07-01T10:30:00-02:00",
    "2026-07-01 12:00:00 UTC",
    "2026-07-01T12:00:00GMT",
    "2026-07-01T12:00Z",
    "2026-07-01T12:00:00.123456Z",
    "2026-07-01T12:00:00",
    "2026-13-01T12:00:00Z",
    "2026-02-30T12:00:00Z",
    "2026-07-01T25:00:00Z",
    "never",
    "no date at all",
    "not-set",
    "-",
]


def real(text: str) -> str:
    parser = pytest.importorskip("dateutil.parser")
    try:
        instant = parser.parse(text)
    except (ValueError, OverflowError):
        return clock.INVALID
    if instant.tzinfo is None:
        return clock.NAIVE
    return clock.PAST if instant < datetime(2026, 7, 1, 12, tzinfo=timezone.utc) else clock.FUTURE


@pytest.mark.parametrize("text", TEXTS)
def test_judged_as_dateutil_does(text: str) -> None:
    assert clock.judge(text, NOW) == real(text)


@pytest.mark.parametrize("text", ["1893456000", "20990101T000000Z", "Mon", "1 Jan 2099", "2099"])
def test_other_forms_are_not_guessed(text: str) -> None:
    assert clock.judge(text, NOW) == clock.UNKNOWN


def test_parse_instant_needs_a_zone() -> None:
    assert clock.parse_instant("2026-07-01T12:00:00") is None
