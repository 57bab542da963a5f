from __future__ import annotations

import pytest

from credlint.model.finding import Finding, IgnoreDirective
from credlint.model.location import Location
from credlint.model.report import Notice
from credlint.model.rule import Rule
from credlint.policy.ignores import Outcome, apply_directives, apply_path_ignores
from credlint.policy.select import SelectionError


def rule(code, name):
    return Rule(code, name, "secrets", "error", 8.0, "high", (798,), "S.", "E", "R")


RULES = (rule("SEC101", "aws-access-key-id"), rule("SEC201", "private-key"))


def finding(line=5, code="SEC101", name="aws-access-key-id", uri="a.py", end_line=None):
    return Finding(code, name, "error", "M.", Location("file", uri, line=line, end_line=end_line))


def directive(line=5, selectors=("SEC101",), reason="sample", uri="a.py", alone=False):
    return IgnoreDirective(uri, "SRCROOT", line, tuple(selectors), reason, stands_alone=alone)


def apply(findings, directives, enabled=RULES):
    return apply_directives(findings, directives, RULES, enabled)


@pytest.mark.parametrize(
    ("found", "comment", "hidden"),
    [
        (finding(5), directive(5), True),
        (finding(5), directive(4, alone=True), True),
        (finding(5), directive(5, alone=True), True),
        (finding(5), directive(4), False),
        (finding(5), directive(6, alone=True), False),
        (finding(5), directive(3, alone=True), False),
        (finding(5, end_line=9), directive(9), True),
        (finding(5, end_line=9), directive(8, alone=True), False),
        (finding(5, end_line=9), directive(7), False),
        (finding(5), directive(5, uri="b.py"), False),
        (finding(5), directive(5, ["SEC201"]), False),
        (finding(5), directive(5, ["SEC"]), True),
        (finding(5), directive(5, ["SEC201", "sec101"]), True),
        (finding(5), directive(5, ["aws-access-key-id"]), True),
        (finding(5), directive(5, []), False),
        (finding(5), directive(5, ["ALL"]), False),
    ],
)
def test_comment_hides_findings_of_its_line(found, comment, hidden):
    outcome = apply([found], [comment])

    assert [entry.finding for entry in outcome.suppressed] == ([found] if hidden else [])
    assert list(outcome.findings) == ([] if hidden else [found])


def test_key_below_an_accepted_one_is_still_seen():
    accepted, added = finding(5), finding(6)
    outcome = apply([accepted, added], [directive(5)])

    assert outcome.findings == (added,)


def test_unused_comment_is_told():
    outcome = apply([], [directive(5)])

    assert outcome.unused == ("a.py:5: ignore[SEC101] matches no finding",)
    assert outcome.notices == ()


def test_comment_for_a_rule_that_was_not_run_is_not_unused():
    assert apply([], [directive(5)], enabled=RULES[1:]) == Outcome(())


def test_comment_without_reason_hides_and_is_told():
    outcome = apply([finding(5)], [directive(5, reason="")])

    assert len(outcome.suppressed) == 1
    assert outcome.notices == (
        Notice(
            "RUN910", "The suppression gives no reason.", "note", Location("file", "a.py", line=5)
        ),
    )


@pytest.mark.parametrize(
    ("selectors", "message"),
    [
        ([], "The suppression names no rule, so it hides nothing."),
        (["ALL"], "A suppression must name its rules, so this one hides nothing."),
        (
            ["private-kez"],
            (
                'The suppression names the unknown rule "private-kez", did you mean '
                '"private-key", so it hides nothing.'
            ),
        ),
    ],
)
def test_comment_without_a_rule_hides_nothing_and_is_told(selectors, message):
    outcome = apply([finding(5)], [directive(5, selectors)])

    assert outcome.findings == (finding(5),)
    assert [(notice.code, notice.message) for notice in outcome.notices] == [("RUN911", message)]


def test_comment_in_the_home_directory_is_told_with_its_place():
    comment = IgnoreDirective(".aws/config", "HOME", 2, ("SEC101",), "x")

    assert apply([], [comment]).unused == ("~/.aws/config:2: ignore[SEC101] matches no finding",)


def test_paths_of_the_configuration_hide_their_rules():
    kept = [finding(uri="src/a.py"), finding(uri="tests/b.py", code="SEC201", name="private-key")]
    gone = finding(uri="tests/a.py")
    outcome = apply_path_ignores(
        Outcome((*kept, gone)), {"tests/**": ("SEC101",)}, RULES, "credlint.toml"
    )

    assert list(outcome.findings) == kept
    assert [(s.finding, s.directive.reason) for s in outcome.suppressed] == [
        (gone, 'per-file-ignores "tests/**" in credlint.toml')
    ]


def test_paths_of_the_configuration_never_hide_host_findings():
    host = Finding(
        "SEC101", "aws-access-key-id", "error", "M.", Location("file", "tests/a", "HOME")
    )

    assert apply_path_ignores(Outcome((host,)), {"**": ("SEC",)}, RULES, "c").findings == (host,)


def test_unknown_rule_in_the_configuration_is_refused():
    with pytest.raises(SelectionError, match='unknown rule "SEC9"'):
        apply_path_ignores(Outcome(()), {"**": ("SEC9",)}, RULES, "credlint.toml")


def test_finding_of_an_unknown_rule_can_be_accepted_by_its_code_or_name():
    found = finding(5, code="RUN902", name="check-crashed")

    hidden = [
        len(apply([found], [directive(5, [selector, "SEC101"])]).suppressed)
        for selector in ("RUN902", "check-crashed", "SEC101")
    ]

    assert hidden == [1, 1, 0]


def test_comment_for_another_rule_on_the_line_is_passed_by():
    outcome = apply([finding(5)], [directive(5, ["SEC201"]), directive(5)])

    assert [entry.directive.selectors for entry in outcome.suppressed] == [("SEC101",)]
    assert outcome.unused == ("a.py:5: ignore[SEC201] matches no finding",)


def test_path_pattern_for_another_rule_hides_nothing():
    outcome = apply_path_ignores(Outcome((finding(5),)), {"**": ("SEC201",)}, RULES, "c")

    assert outcome.findings == (finding(5),)
