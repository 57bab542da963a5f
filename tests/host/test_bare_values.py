"""Values without quotes and comments."""

from __future__ import annotations

import pytest

from credlint.host.aws_lines import read_lines
from credlint.host.bare_values import bare_value, is_empty_header, trails_comment


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("key = value", "value"),
        ("key = value # comment", "value"),
        ("key = value\t; comment", "value"),
        ("key = value#kept", "value#kept"),
        ("key = # comment", ""),
        ('key = "a b" # comment', "a b"),
        ("key='a'", "a"),
        ('key = "', '"'),
        ('  key = "a # b"', "a"),
        ('  key = "a" # b', '"a"'),
    ],
)
def test_bare_value(line: str, expected: str) -> None:
    assert bare_value(read_lines(line)[0]) == expected


def test_empty_header() -> None:
    assert [is_empty_header(text) for text in ("[]", "[] # x", "[x]", "[]x")] == [
        True,
        True,
        False,
        False,
    ]


def test_comment_behind_a_header() -> None:
    assert [trails_comment(read_lines(text)[0]) for text in ("[a] # x", "[a];x", "[a] x")] == [
        True,
        True,
        False,
    ]
