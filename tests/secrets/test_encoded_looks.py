"""The cheap looks that keep most encoded text from being decoded lose nothing of it."""

from __future__ import annotations

import base64
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credlint.model.document import Document
from credlint.rulebook import load_rules
from credlint.secrets import base64_runs, decoding
from credlint.secrets.encoded_hints import hints_of
from credlint.secrets.patterns import make_patterns
from tests.secrets.engines import both

USUAL, PLAIN = both()
HINTS = hints_of(make_patterns(load_rules(("secrets",))))


@given(st.text(" \t\r\n>|#*+\"'\\;,nrA=", max_size=30))
def test_no_joint_is_passed_over(text):
    ahead = text.encode()

    if base64_runs._JOINT_BEFORE.search(ahead):
        assert base64_runs._ends_in_break(ahead)


@given(st.lists(st.sampled_from([b"\0", b"a" * 200, b"\xc3\xa9", b"b", b"c" * 3000]), max_size=12))
def test_the_stretch_around_a_place_ends_at_the_next_marked_byte(pieces):
    data = b"".join(pieces)
    for place in range(0, len(data), max(1, len(data) // 7)):
        low, high = decoding._Raw(data)._between(decoding._CONTROL_MARKS, place)

        assert low == data.rfind(b"\0", 0, place) + 1
        assert high == (data.find(b"\0", place) if b"\0" in data[place:] else len(data))


@pytest.mark.parametrize("before", ["", "x", "xy"])
@pytest.mark.parametrize("behind", ["", "s", "=", "é", "\uff1a", ": é", " = Ж", "\r\n", "\x1b[0m"])
def test_a_hint_goes_on_as_text_does(before, behind):
    for hint in ("secret", "AKIA", "://"):
        text = base64.b64encode((before + hint + behind + "1234567").encode())
        head = len(before) + len(hint)
        # The last character that the hint alone decides.
        end = head * 8 // 6

        assert decoding._goes_on(text, end % 4, end)


def test_words_of_any_text_are_no_hints():
    """Licences and sources in base64 are full of them; the names of secrets stay."""
    assert {"auth", "Auth", "open", "pass", "cred"}.isdisjoint(HINTS)
    assert {"secret", "PASSW", "_pass", "token", "Authorization", "ghp_", "AKIA"} <= set(HINTS)


@pytest.mark.parametrize("engine", [USUAL, PLAIN])
@pytest.mark.parametrize("name", ["db_password", "imap_pass", "api_key", "client_secret"])
def test_a_named_value_in_base64_is_found(engine, name):
    value = base64.b32encode(bytes(range(7, 250, 9))).decode()[:30].lower()
    settings = f"mode = 1\n{name} = {value}\n".encode()

    found = engine.scan(Document("a.txt", b"blob: " + base64.b64encode(settings) + b"\n"))

    assert [re.sub(r".*(written in .*)\.$", r"\1", one.message) for one in found.findings] == [
        "written in base64"
    ]
