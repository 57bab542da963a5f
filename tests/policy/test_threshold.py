from __future__ import annotations

from itertools import product

import pytest

from credlint.config_values import FAIL_ON_WORDS
from credlint.model.finding import Finding, Skipped
from credlint.model.location import Location
from credlint.model.report import Report
from credlint.model.rule import Rule
from credlint.policy.threshold import below_threshold, exit_code, reaches


def finding(code="CHN101", level="error"):
    return Finding(code, "name", level, "M.", Location("file", "a"))


def report(findings=(), skipped=(), severity=8.1):
    rules = (Rule("CHN101", "name", "chain", "error", severity, "high", (1,), "S.", "E", "R"),)
    return Report("scan", "0", rules, findings=tuple(findings), skipped=tuple(skipped))


SKIP = Skipped("a", "unreadable")


@pytest.mark.parametrize(
    ("level", "severity", "expected"),
    [
        ("error", 9.0, {"low", "medium", "high", "critical", "note", "warning", "error"}),
        ("warning", 8.9, {"low", "medium", "high", "note", "warning"}),
        ("note", 7.0, {"low", "medium", "high", "note"}),
        ("error", 4.0, {"low", "medium", "note", "warning", "error"}),
        ("error", 3.9, {"low", "note", "warning", "error"}),
        ("note", 0.0, {"low", "note"}),
    ],
)
def test_threshold_words(level, severity, expected):
    reached = {
        word for word in FAIL_ON_WORDS if reaches(finding(level=level), word, {"CHN101": severity})
    }

    assert reached == expected


def test_unknown_rule_counts_as_critical():
    assert reaches(finding("CHN999"), "critical", {})


def test_unknown_word_is_refused():
    with pytest.raises(ValueError, match="is none of low, medium"):
        reaches(finding(), "hihg", {})


@pytest.mark.parametrize(
    ("findings", "skipped", "options", "expected"),
    [
        ([], [], {}, 0),
        ([finding()], [], {}, 1),
        ([finding()], [], {"fail_on": "critical"}, 0),
        ([finding()], [], {"fail_on": "never"}, 0),
        ([finding()], [], {"exit_zero": True}, 0),
        ([], [SKIP], {}, 0),
        ([], [SKIP], {"strict": True}, 2),
        ([finding()], [SKIP], {"strict": True}, 2),
        ([finding()], [SKIP], {"strict": True, "exit_zero": True}, 2),
        ([], [], {"examined": False}, 3),
        ([], [], {"examined": False, "exit_zero": True}, 3),
        ([], [], {"examined": False, "fail_on": "never"}, 3),
        ([], [SKIP], {"examined": False}, 3),
        ([], [SKIP], {"examined": False, "strict": True}, 2),
        ([finding()], [], {"strict": True}, 1),
    ],
)
def test_exit_codes(findings, skipped, options, expected):
    assert exit_code(report(findings, skipped), **options) == expected


def test_exit_zero_changes_only_one():
    for strict, examined, count, skips in product([False, True], [False, True], [0, 1], [0, 1]):
        made = report([finding()] * count, [SKIP] * skips)
        plain = exit_code(made, strict=strict, examined=examined)
        zeroed = exit_code(made, strict=strict, examined=examined, exit_zero=True)

        assert zeroed == (0 if plain == 1 else plain)


def test_findings_below_the_threshold_are_counted():
    assert below_threshold(report([finding(), finding()]), "critical") == 2
    assert below_threshold(report([finding()]), "low") == 0
