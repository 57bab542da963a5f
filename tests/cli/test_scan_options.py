"""Values that may be left out do not swallow the path behind them."""

from __future__ import annotations

import pytest

from credlint.cli.scan_options import plain_scan, spelled_out


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("--fix src", "--fix=safe src"),
        ("--fix=unsafe src", "--fix=unsafe src"),
        ("--diff HEAD~1 src", "--diff=HEAD~1 src"),
        ("--diff", "--diff="),
        ("--diff --select SRC", "--diff= --select SRC"),
        ("--fix --diff src", "--fix=safe --diff= src"),
        ("--diff src --fix=unsafe", "--diff= src --fix=unsafe"),
        ("--diff=HEAD --fix", "--diff=HEAD --fix=safe"),
        ("src -- --fix --diff", "src -- --fix --diff"),
    ],
)
def test_values_are_told_by_a_sign_of_equality(given, told):
    assert spelled_out(given.split()) == told.split()


@pytest.mark.parametrize("given", [["--fix"], ["--fix=unsafe"], ["--diff"], ["--diff=HEAD"]])
def test_edits_are_no_matter_of_the_short_way(given):
    assert plain_scan(given) is None
