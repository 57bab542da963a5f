"""What SARIF can carry of many places and of hidden findings; what does not fit is told."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest

from credlint.model.finding import number_findings
from credlint.model.location import Location
from credlint.report import sarif, sarif_results
from tests.report.sample_reports import (
    ACCEPTED,
    BASELINED,
    COPIES,
    FILE_FINDING,
    PEM_FINDING,
    REPORTS,
    SCAN,
)


def run_of(report, **options):
    return json.loads(sarif.render(report, sarif.SarifOptions(**options)))["runs"][0]


def row(places: int, uri: str = "f"):
    """Return one finding that stands at so many places."""
    leader, *also = number_findings(
        replace(PEM_FINDING, location=Location("file", f"{uri}{number:05}", line=2))
        for number in range(places)
    )
    return replace(leader, also=tuple(also))


def notes_of(run) -> list[str]:
    invocation = run["invocations"][0]
    return [
        note["message"]["text"]
        for note in invocation.get("toolConfigurationNotifications", [])
        if note["descriptor"]["id"] == "RUN912"
    ]


def test_a_result_lists_as_many_places_as_github_keeps_and_counts_all():
    run = run_of(replace(COPIES, findings=(row(251), replace(row(30, "g"), message="Two."))))
    first, second = run["results"]

    assert (first["occurrenceCount"], len(first["relatedLocations"])) == (251, 100)
    assert (second["occurrenceCount"], len(second["relatedLocations"])) == (30, 29)
    assert len(first["locations"]) == 1
    assert "and 247 more places" in first["message"]["text"]
    assert notes_of(run) == ["150 more places of these secrets are counted and not listed."]


def test_related_places_of_the_story_come_first():
    leader = replace(row(3), related=(Location("file", "story", message="the story"),))
    (result,) = run_of(replace(COPIES, findings=(leader,)))["results"]

    assert result["relatedLocations"][0]["message"]["text"] == "the story"
    assert [place["id"] for place in result["relatedLocations"]] == [1, 2, 3]
    assert (
        "See [the story](1). Also in [f00001:2](2) and [f00002:2](3)."
        in (result["message"]["text"])
    )


def test_all_results_together_have_a_bound(monkeypatch):
    monkeypatch.setattr(sarif_results, "_PLACES_OF_RUN", 5)
    run = run_of(replace(COPIES, findings=(row(4, "a"), row(4, "b"), row(4, "c"))))

    assert [len(result.get("relatedLocations", [])) for result in run["results"]] == [3, 2, 0]
    assert [result["occurrenceCount"] for result in run["results"]] == [4, 4, 4]
    assert notes_of(run) == ["4 more places of these secrets are counted and not listed."]


def test_a_report_without_copies_counts_no_occurrences():
    assert not [result for result in run_of(SCAN)["results"] if "occurrenceCount" in result]


def test_hidden_results_are_written_on_request_only():
    plain, whole = run_of(BASELINED), run_of(BASELINED, include_suppressed=True)

    assert [result["baselineState"] for result in plain["results"]] == ["new", "new"]
    told = [
        (
            result["baselineState"],
            [(s["kind"], s["status"], s["justification"]) for s in result.get("suppressions", [])],
        )
        for result in whole["results"]
    ]
    assert told == [
        ("new", []),
        ("new", []),
        ("new", [("inSource", "accepted", "documented sample")]),
        ("unchanged", [("external", "accepted", "revoked, kept as a fixture (until 2027-01-31)")]),
        ("unchanged", [("external", "accepted", "No reason was given.")]),
    ]
    assert not [r for r in run_of(SCAN, include_suppressed=True)["results"] if "baselineState" in r]


def test_hidden_results_give_way_to_findings(monkeypatch):
    monkeypatch.setattr(sarif, "RESULT_LIMIT", 3)
    run = run_of(replace(BASELINED, baselined=(ACCEPTED,) * 4), include_suppressed=True)

    assert len(run["results"]) == 3
    assert [r["baselineState"] for r in run["results"]][:2] == ["new", "new"]
    (note,) = notes_of(run)
    assert note.startswith("4 of 7 findings were left out")


@pytest.mark.parametrize("name", REPORTS)
def test_nothing_quotes_a_line_or_ranks(name):
    """A snippet would be the line that the secret stands on; GitLab reads rank before severity."""
    text = sarif.render(REPORTS[name], sarif.SarifOptions(include_suppressed=True))

    assert not re.search(r'"(?:snippet|contextRegion|rank)"', text)


def test_a_row_of_two_levels_is_told_by_its_leader():
    leader, other = number_findings(
        [FILE_FINDING, replace(FILE_FINDING, level="note", location=Location("file", "z"))]
    )
    (result,) = run_of(replace(COPIES, findings=(replace(leader, also=(other,)),)))["results"]

    assert (result["level"], result["occurrenceCount"]) == ("error", 2)
