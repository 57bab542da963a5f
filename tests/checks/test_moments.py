from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from credlint.checks.moments import describe_age, parse_moment

NOON = datetime(2026, 3, 1, 12, tzinfo=timezone.utc)


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-01T12:00:00Z",
        "2026-03-01T12:00:00UTC",
        "2026-03-01 12:00:00 UTC",
        "2026-03-01T12:00:00+00:00",
        "2026-03-01T14:00:00+0200",
        "2026-03-01T07:00:00 -0500",
        "2026-03-01T12:00:00.0000001Z",
        "1772366400",
        "1772366400000",
        '"2026-03-01T12:00:00Z"',
    ],
)
def test_a_time_with_a_zone(text):
    moment = parse_moment(text)

    assert (moment.time, moment.zoned) == (NOON, True)


@pytest.mark.parametrize("text", ["2026-03-01 12:00:00", "2026-03-01T12:00:00"])
def test_a_time_without_a_zone_is_read_as_utc_and_says_so(text):
    moment = parse_moment(text)

    assert (moment.time, moment.zoned) == (NOON, False)


@pytest.mark.parametrize("text", ["", "tomorrow", "2026-03-01", "20260301", "2026-13-01T00:00:00Z"])
def test_anything_else_is_none(text):
    assert parse_moment(text) is None


@pytest.mark.parametrize(
    ("age", "words"),
    [
        (timedelta(days=3, hours=5), "3 days"),
        (timedelta(days=1), "1 day"),
        (timedelta(hours=1, minutes=59), "1 hour"),
        (timedelta(minutes=40), "40 minutes"),
        (timedelta(seconds=3), "less than a minute"),
    ],
)
def test_ages_are_told_in_the_largest_unit(age, words):
    assert describe_age(age) == words
