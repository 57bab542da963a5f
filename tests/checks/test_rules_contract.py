"""What holds for every rule of rules/chain and rules/host."""

from __future__ import annotations

import re

import pytest

from credlint.checks.audit_registry import AUDIT_CHECKS
from credlint.checks.builder import FindingBuilder
from credlint.checks.registry import CHECKS as SNAPSHOT_CHECKS
from credlint.checks.run import AUDIT_TAG
from credlint.rulebook import HEADINGS, rules_root
from tests.checks.running import RULES
from tests.support.promised import HOST_RULES

CHECKS = {**SNAPSHOT_CHECKS, **AUDIT_CHECKS}
SUMMARY_LIMIT = 1024
LINE_LIMIT = 110

each_rule = pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)


def test_no_rule_is_missing_or_unknown():
    assert [rule.id for rule in RULES] == HOST_RULES


@each_rule
def test_the_file_is_named_after_id_and_name(rule):
    assert (rules_root() / rule.room / f"{rule.id}-{rule.name}.toml").is_file()


@each_rule
def test_the_explanation_has_exactly_the_headings_in_order(rule):
    outside_code = re.sub(r"```.*?```", "", rule.explain, flags=re.DOTALL)

    assert tuple(re.findall(r"^## (.+)$", outside_code, re.MULTILINE)) == HEADINGS


@each_rule
def test_no_part_of_the_explanation_is_empty(rule):
    parts = re.split(r"^## .+$", rule.explain, flags=re.MULTILINE)[1:]

    assert [part for part in parts if len(part.strip()) < 10] == []


@each_rule
def test_the_references_hold_an_address_or_a_source(rule):
    references = rule.explain.partition("## References")[2].strip().splitlines()

    assert len(references) >= 2
    assert all(line.startswith(("- https://", "- botocore", "- `")) for line in references)


@each_rule
def test_the_summary_is_one_sentence(rule):
    assert rule.summary.endswith(".")
    assert rule.summary.count(". ") == 0
    assert len(rule.summary) <= SUMMARY_LIMIT


@each_rule
def test_the_explanation_has_code_and_no_endless_lines(rule):
    assert rule.explain.count("```") >= 2
    assert [
        line
        for line in rule.explain.splitlines()
        if len(line) > LINE_LIMIT and "http" not in line and not line.startswith(("- ", "botocore"))
    ] == []


@each_rule
def test_there_are_samples_with_different_descriptions(rule):
    descriptions = [sample["description"] for sample in (*rule.match, *rule.no_match)]

    assert rule.match
    assert rule.no_match
    assert len(set(descriptions)) == len(descriptions)


@each_rule
def test_every_match_says_what_is_expected(rule):
    assert all(sample.get("expect") for sample in rule.match)


@each_rule
def test_severity_and_weakness_are_set(rule):
    # Broken configuration has a low number, whatever its level.
    assert 0 <= rule.security_severity <= 10
    assert all(isinstance(number, int) for number in rule.cwe)
    assert rule.tags
    assert rule.confidence in ("very-high", "high")


@each_rule
def test_the_detector_exists(rule):
    assert rule.detector in CHECKS


def test_every_check_is_used_by_one_rule():
    assert sorted(rule.detector for rule in RULES) == sorted(CHECKS)


def test_every_builder_speaks_for_a_rule():
    rules = {(rule.id, rule.name) for rule in RULES}
    modules = {__import__(check.__module__, fromlist=["x"]) for check in CHECKS.values()}
    builders = {
        (value.code, value.name)
        for module in modules
        for value in vars(module).values()
        if isinstance(value, FindingBuilder)
    }

    assert builders == rules


@each_rule
def test_the_tag_says_whether_it_is_about_a_whole_host(rule):
    assert (AUDIT_TAG in rule.tags) == (rule.detector in AUDIT_CHECKS)
