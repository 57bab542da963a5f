"""One row for each distinct secret."""

from __future__ import annotations

import random
from dataclasses import replace

from credlint.model.finding import Finding, number_findings
from credlint.model.location import Location
from credlint.model.report import Report
from credlint.model.rule import Rule
from credlint.policy.grouping import one_row_per_secret
from credlint.policy.threshold import below_threshold, exit_code


def rule(code: str, severity: float = 8.0, tags: tuple[str, ...] = ()) -> Rule:
    return Rule(code, code, "secrets", "error", severity, "high", (798,), "S.", "E", "R", tags=tags)


RULES = (rule("SEC101"), rule("SEC102", 9.5), rule("SEC900", 9.9, ("generic",)))


def finding(uri: str, identity: str, code: str = "SEC101", level: str = "error", line: int = 1):
    return Finding(code, code, level, "M.", Location("file", uri, line=line), identity=identity)


def places(row: Finding) -> list[tuple[str, int]]:
    return [(one.location.uri, one.location.line) for one in row.everywhere]


def test_equal_secrets_are_one_row_with_all_places_in_order():
    found = number_findings(
        [finding("b", "x", line=7), finding("a", "x"), finding("b", "y"), finding("b", "x", line=2)]
    )
    rows = one_row_per_secret(found, RULES)

    assert [places(row) for row in rows] == [[("a", 1), ("b", 2), ("b", 7)], [("b", 1)]]


def test_the_worst_leads_and_then_what_says_most():
    found = number_findings(
        [
            finding("a", "x", level="note"),
            finding("b", "x", "SEC900"),
            finding("c", "x", "SEC101"),
            finding("d", "x", "SEC102"),
            finding("e", "x", "SEC102", level="warning"),
        ]
    )
    (row,) = one_row_per_secret(found, RULES)

    assert (row.location.uri, row.code, row.level) == ("d", "SEC102", "error")
    assert [one.location.uri for one in row.also] == ["a", "b", "c", "e"]


def test_findings_about_no_value_stay_apart():
    found = number_findings([finding("a", ""), finding("b", "")])

    assert one_row_per_secret(found, RULES) == found


def test_no_place_is_lost_and_no_fingerprint_changes():
    chance = random.Random(5)  # noqa: S311  no secret
    for _ in range(200):
        found = number_findings(
            finding(
                chance.choice("abc"),
                chance.choice(["", "x", "y", "z"]),
                chance.choice(["SEC101", "SEC102", "SEC900", "SEC555"]),
                chance.choice(["note", "warning", "error"]),
                chance.randrange(1, 50),
            )
            for _ in range(chance.randrange(12))
        )
        rows = one_row_per_secret(found, RULES)
        flat = [one.fingerprint for row in rows for one in row.everywhere]
        named = [row.identity for row in rows if row.identity]

        assert sorted(flat) == sorted(one.fingerprint for one in found)
        assert len(named) == len(set(named))
        assert all(one.identity == row.identity for row in rows for one in row.also)


def test_what_leads_does_not_hang_on_the_runs_random_key():
    found = number_findings([finding("a", "1"), finding("b", "2"), finding("c", "1")])
    renamed = tuple(replace(f, identity={"1": "9", "2": "0"}[f.identity]) for f in found)

    assert [row.fingerprint for row in one_row_per_secret(found, RULES)] == [
        row.fingerprint for row in one_row_per_secret(renamed, RULES)
    ]


def test_the_threshold_looks_at_every_place():
    """A row led by a bad place of a mild rule still counts for the severe rule elsewhere."""
    mild, severe = rule("SEC101", 5.0), rule("SEC102", 9.5)
    found = number_findings(
        [finding("a", "x", "SEC101", "error"), finding("b", "x", "SEC102", "note")]
    )
    rows = one_row_per_secret(found, (mild, severe))
    report = Report("scan", "0", (mild, severe), findings=rows)

    assert [row.code for row in rows] == ["SEC101"]
    assert exit_code(report, "high") == 1
    assert below_threshold(report, "critical") == 0
