from __future__ import annotations

from dataclasses import replace

import pytest

from credlint.model.rule import Rule
from credlint.policy.select import SelectionError, select_rules, split_selectors


def rule(code, name, room="chain", status="stable"):
    return Rule(code, name, room, "error", 8.0, "high", (798,), "S.", "E", "R", status=status)


RULES = (
    rule("CHN101", "env-keys-shadow-instance-role"),
    rule("CHN102", "env-keys-shadow-workload-role"),
    rule("CHN201", "profile-missing"),
    rule("RUN901", "unreadable-file", "run"),
    rule("SEC101", "aws-access-key-id", "secrets"),
    rule("SEC102", "aws-secret-access-key", "secrets", "preview"),
    rule("SEC103", "gone", "secrets", "removed"),
)


def codes(**options):
    return [found.id for found in select_rules(RULES, **options)]


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, ["CHN101", "CHN102", "CHN201", "RUN901", "SEC101"]),
        ({"select": ["CHN101"]}, ["CHN101", "RUN901"]),
        ({"select": ["chn1"]}, ["CHN101", "CHN102", "RUN901"]),
        ({"select": ["SEC"]}, ["RUN901", "SEC101"]),
        ({"select": ["profile-missing"]}, ["CHN201", "RUN901"]),
        ({"select": ["ALL"], "ignore": ["CHN"]}, ["RUN901", "SEC101"]),
        ({"select": ["CHN"], "ignore": ["CHN101"]}, ["CHN102", "CHN201", "RUN901"]),
        ({"select": ["CHN101"], "ignore": ["CHN"]}, ["CHN101", "RUN901"]),
        ({"select": ["CHN101"], "ignore": ["CHN101"]}, ["RUN901"]),
        ({"select": ["CHN2"], "extend_select": ["SEC102"]}, ["CHN201", "RUN901", "SEC102"]),
        ({"select": []}, ["RUN901"]),
        ({"ignore": ["ALL"]}, ["RUN901"]),
    ],
)
def test_selectors_enable_rules(options, expected):
    assert codes(**options) == expected


@pytest.mark.parametrize("option", ["select", "ignore", "extend_select"])
def test_unknown_selector_is_refused_with_a_suggestion(option):
    with pytest.raises(SelectionError, match='unknown rule "profile-mising", did you mean "prof'):
        select_rules(RULES, **{option: ["profile-mising"]})


@pytest.mark.parametrize("selector", ["CHN9", "X", "", "SEC103", "CHN1011"])
def test_selector_that_names_nothing_is_refused(selector):
    with pytest.raises(SelectionError, match="unknown rule"):
        select_rules(RULES, select=[selector])


def test_run_rules_cannot_be_ignored():
    with pytest.raises(SelectionError, match='"RUN901" cannot be ignored'):
        select_rules(RULES, ignore=["RUN901"])


def test_order_of_rules_is_kept():
    turned = tuple(reversed(RULES))

    assert [r.id for r in select_rules(turned, ["CHN"])] == ["RUN901", "CHN201", "CHN102", "CHN101"]


def test_deprecated_rule_is_enabled_by_its_own_name_only():
    rules = (replace(RULES[0], status="deprecated"),)

    assert select_rules(rules, ["CHN"]) == ()
    assert select_rules(rules, ["CHN101"]) == rules


def test_selectors_are_split_at_commas():
    assert split_selectors(["CHN1, SEC", "", "a,,b"]) == ("CHN1", "SEC", "a", "b")
