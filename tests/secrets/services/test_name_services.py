"""A generic finding beside a service's name is told as that service's."""

from __future__ import annotations

from dataclasses import replace

import pytest

from credlint.model.rule import PatternSpec
from credlint.model.secret import Secret
from credlint.model.text import LineIndex
from credlint.rulebook import load_rules
from credlint.secrets.candidate import Candidate, TextView
from credlint.secrets.patterns import Pattern
from credlint.secrets.services.inspect import name_services

RULE = next(rule for rule in load_rules(("secrets",)) if rule.id == "SEC220")
GENERIC = replace(RULE, id="SEC299", name="any", tags=("generic",), patterns=())


def named(text: str, value: str, reported=None, rules=None):
    data = text.encode()
    start = data.index(value.encode())
    pattern = Pattern(GENERIC, PatternSpec("any", "x", "any"), 64)
    entry = Candidate(
        pattern, start, start + len(value), Secret(value), "warning", "Random.", "any"
    )
    view = TextView("a.py", data, LineIndex(data), rules=rules or {"SEC220": RULE})
    return name_services([entry], view, reported)[0]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("TWILIO_PASSWORD = 'p@ss!w0$rd'", "Twilio password, as the name beside it says."),
        ("okta.api.token: p@ss!w0$rd", "Okta API token, as the name beside it says."),
    ],
)
def test_a_finding_beside_a_service_is_the_services(text, message):
    found = named(text, "p@ss!w0$rd")

    assert (found.message, found.pattern.rule.id, found.found_by) == (message, "SEC220", "SEC299")


@pytest.mark.parametrize(
    "text",
    ["DB_PASSWORD = 'p@ss!w0$rd'", "twilio colour = p@ss!w0$rd", "password of line = p@ss!w0$rd"],
)
def test_another_stays_what_it_is(text):
    assert named(text, "p@ss!w0$rd").pattern.rule.id == "SEC299"


def test_where_the_rule_is_off_all_stay_what_they_are():
    text = "TWILIO_PASSWORD = 'p@ss!w0$rd'"

    assert named(text, "p@ss!w0$rd", frozenset({"SEC299"})).pattern.rule.id == "SEC299"
