"""The first stage asks of base64 after "Basic" that it begins as text does: no login is lost."""

from __future__ import annotations

import base64
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credlint.rulebook import load_rules

PATTERN = next(
    re.compile(spec.regex)
    for rule in load_rules(("secrets",))
    for spec in rule.patterns
    if spec.id == "basic-authorization"
)
ASCII = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), max_size=8)
# What UTF-8 writes with two bytes (RFC 3629 §3).
TWO_BYTES = st.characters(min_codepoint=0xA1, max_codepoint=0x7FF)


def _is_found(text):
    written = base64.b64encode(text.encode()).decode()
    return len(written.rstrip("=")) < 6 or PATTERN.match(f"Basic {written}") is not None


@given(ASCII, ASCII)
def test_a_login_of_ascii_is_found(user, password):
    assert _is_found(f"{user}:{password}")
    assert _is_found(f"{user}:{password}\n")


@given(st.text("abcxyz0-", max_size=3), TWO_BYTES, st.text("abcxyz0-", min_size=1))
def test_so_is_one_with_a_letter_of_another_alphabet(before, letter, after):
    assert _is_found(f"{before}{letter}{after}:{after}")


@pytest.mark.parametrize(
    "word", ["authentication", "Latin", "support", "Authorization", "building", "understanding"]
)
def test_most_words_are_no_hit(word):
    assert PATTERN.match(f"Basic {word}") is None
