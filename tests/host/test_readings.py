"""Values with and without quotes and comments."""

from __future__ import annotations

import pytest

from credlint.host.readings import readings, unquoted


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (" value", ("value",)),
        (" value # comment", ("value # comment", "value")),
        (" value\u00a0# x", ("value\u00a0# x", "value")),
        ("value#kept", ("value#kept", "value")),
        (' "a b" ; c', ('"a b" ; c', '"a b"', "a b")),
        ('"a # b"', ('"a # b"', "a # b", '"a', "a")),
        (" # comment", ("# comment", "")),
    ],
)
def test_readings(text: str, expected: tuple[str, ...]) -> None:
    assert readings(text) == expected


def test_unquoted_takes_one_pair_of_the_same_kind() -> None:
    assert [unquoted(text) for text in ("'a'", "\"a'", "''", "'", "''a''")] == [
        "a",
        "\"a'",
        "",
        "'",
        "'a'",
    ]
