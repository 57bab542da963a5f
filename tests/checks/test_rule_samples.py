"""Every [[match]] and [[no_match]] of rules/chain and rules/host, end to end."""

from __future__ import annotations

import pytest

from tests.checks.running import RULES, run_sample

MATCHES = [(rule, sample) for rule in RULES for sample in rule.match]
NO_MATCHES = [(rule, sample) for rule in RULES for sample in rule.no_match]


def name_of(pair):
    rule, sample = pair
    return f"{rule.id}: {sample['description']}"


@pytest.mark.parametrize("pair", MATCHES, ids=name_of)
def test_a_match_fires_as_it_says(pair, tmp_path):
    rule, sample = pair
    expected = sample.get("expect", {})

    findings = run_sample(sample, tmp_path, (rule,))

    assert {finding.code for finding in findings} == {rule.id}
    assert len(findings) == expected.get("count", 1)
    for finding in findings:
        assert finding.level == expected.get("level", rule.level)
        assert expected.get("message", "") in finding.message
        assert finding.location.display().startswith(expected.get("location", ""))
        assert list(finding.sdks) == expected.get("sdks", list(finding.sdks))


@pytest.mark.parametrize("pair", NO_MATCHES, ids=name_of)
def test_a_no_match_is_silent(pair, tmp_path):
    rule, sample = pair

    # What keeps the rule silent may be another rule's finding.
    rules = RULES if sample.get("beside_all") else (rule,)
    findings = run_sample(sample, tmp_path, rules)

    assert [finding for finding in findings if finding.code == rule.id] == []
    assert bool(findings) == bool(sample.get("beside_all"))


@pytest.mark.parametrize("pair", MATCHES + NO_MATCHES, ids=name_of)
def test_no_check_breaks_on_another_rules_sample(pair, tmp_path):
    _, sample = pair

    findings = run_sample(sample, tmp_path)

    assert [finding.message for finding in findings if finding.code == "RUN902"] == []
