"""A choice of letters near the beginning is spelled out for hyperscan, and finds the same."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credlint.rulebook import load_rules
from credlint.secrets.matcher import spelled_out
from credlint.secrets.patterns import make_patterns

SOURCES = sorted(
    pattern.hit
    for pattern in make_patterns(load_rules(("secrets",)))
    if len(spelled_out(pattern.hit)) > 1
)


@pytest.mark.parametrize(
    ("source", "spelled"),
    [
        ("gh[ps]_[a-z]{2}", ("ghp_[a-z]{2}", "ghs_[a-z]{2}")),
        ("f[ab][cd]?_", ("fac_", "fad_", "fa_", "fbc_", "fbd_", "fb_")),
        ("a[bc]x|yz", ("abx|yz", "acx|yz")),
        *((source, (source,)) for source in ("abc", "[ab]c", "a[b-e]c", "a[^bc]d", r"a\[bc]d")),
        *((f"a[bc]{often}d", (f"a[bc]{often}d",)) for often in ("*", "+", "{2}", "??", "*?")),
    ],
)
def test_choices_are_spelled_out(source, spelled):
    assert spelled_out(source) == spelled


@given(st.data())
def test_those_of_the_rules_find_the_same(data):
    source = data.draw(st.sampled_from(SOURCES))
    spelled = spelled_out(source)
    one = data.draw(st.sampled_from(spelled))
    text = data.draw(st.from_regex(source, fullmatch=True))
    other = data.draw(st.from_regex(one, fullmatch=True))

    assert sum(bool(re.fullmatch(each, text)) for each in spelled) == 1
    assert re.fullmatch(source, other)
