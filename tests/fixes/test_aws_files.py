"""Repairs of lines: what they become, and what botocore makes of the file afterwards."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credlint.fixes.aws_files import REPAIRS, line_edits
from credlint.model.fix import apply_edits


def repaired(text, line, code):
    data = text.encode()
    made = line_edits(data, [(line, code)])
    return apply_edits(data, made[line, code]).decode() if made else None


@pytest.mark.parametrize(
    ("code", "before", "after"),
    [
        ("CHN202", "[dev]", "[profile dev]"),
        ("CHN202", "  [ dev ] # mine", "  [ profile dev ] # mine"),
        ("CHN202", "[two words]", '[profile "two words"]'),
        ("CHN202", '["two words"]', '[profile "two words"]'),
        ("CHN202", "[profile dev]", None),
        ("CHN203", "[profile dev]", "[dev]"),
        ("CHN203", '[profile "two words"]', "[two words]"),
        ("CHN203", "[dev]", None),
        ("CHN206", "[DEFAULT]", "[default]"),
        ("CHN206", "[default]", None),
        ("CHN208", 'region = "eu-west-1"', "region = eu-west-1"),
        ("CHN208", "region='eu-west-1'", "region=eu-west-1"),
        ("CHN208", "region =\u00a0eu-west-1 \u00a0", "region =eu-west-1"),
        ("CHN208", "region = eu-west-1", None),
        ("CHN208", "region = a\"b'c", None),
        ("CHN208", 'region = ""', None),
        ("CHN209", "region = eu-west-1 # here", "# here\nregion = eu-west-1"),
        ("CHN209", "  region = eu-west-1\t; here", "  ; here\n  region = eu-west-1"),
        ("CHN209", "region = eu-west-1", None),
        ("CHN210", "   output = json", "output = json"),
        ("CHN210", "output = json", None),
    ],
)
def test_line_becomes(code, before, after):
    assert repaired(f"# first\n{before}\nlast = 1\n", 2, code) == (
        None if after is None else f"# first\n{after}\nlast = 1\n"
    )


def test_ends_of_lines_are_those_of_the_file():
    assert repaired("a = 1\r\nregion = x # y\r\n", 2, "CHN209") == "a = 1\r\n# y\r\nregion = x\r\n"


def test_last_line_without_an_end():
    assert repaired("[dev]", 1, "CHN202") == "[profile dev]"


def test_one_line_is_repaired_once_a_round():
    data = b'  region = "x" # y\n'

    assert list(line_edits(data, [(1, "CHN209"), (1, "CHN208")])) == [(1, "CHN209")]


@pytest.mark.parametrize("line", [0, 2, 99])
def test_line_that_is_not_there(line):
    assert line_edits(b"[dev]\n", [(line, "CHN202")]) == {}


@given(st.binary(max_size=60), st.sampled_from(sorted(REPAIRS)), st.integers(1, 4))
def test_second_repair_changes_nothing(data, code, line):
    made = line_edits(data, [(line, code)])
    if not made:
        return
    after = apply_edits(data, made[line, code])
    moved = line + (code == "CHN209")

    assert after != data
    assert line_edits(after, [(moved, code)]) == {}


@given(st.from_regex(r"[A-Za-z][A-Za-z0-9 ._-]{0,12}[a-z]", fullmatch=True))
def test_botocore_finds_the_profile_afterwards(name):
    loader = pytest.importorskip("botocore.configloader")
    raw = repaired(f"[{name}]\nregion = eu-west-1\n", 1, "CHN202")
    if name.split()[0] == "profile":
        return
    header = raw.splitlines()[0][1:-1]

    assert (
        loader.build_profile_map({header: {"region": "eu-west-1"}})["profiles"]
        == {" ".join(name.split()): {"region": "eu-west-1"}}
        or "  " in name
    )
