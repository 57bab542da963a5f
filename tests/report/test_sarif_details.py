from __future__ import annotations

import json
from dataclasses import replace

import pytest

from credlint.model.finding import Skipped, number_findings
from credlint.model.location import Location, imds
from credlint.model.trace import Offer
from credlint.report import sarif
from credlint.report.names import role_name
from credlint.report.sarif_places import encode_uri
from tests.report.sample_reports import (
    BOTO3,
    CLEAN,
    DOCTOR,
    ENV_FINDING,
    NOTE_FINDING,
    RULES,
    SCAN,
    STEPS,
)


def run_of(report, **options):
    return json.loads(sarif.render(report, sarif.SarifOptions(**options)))["runs"][0]


@pytest.mark.parametrize(
    ("version", "expected"),
    [("1.2.3", "1.2.3"), ("0.2.0.dev1", "0.2.0-dev1"), ("1.0.0rc1", "1.0.0-rc1"), ("x", None)],
)
def test_version_is_semantic(version, expected):
    driver = run_of(replace(CLEAN, version=version))["tool"]["driver"]

    assert driver["version"] == version
    assert driver.get("semanticVersion") == expected


def test_commit_is_written_without_user():
    control = sarif.VersionControl("https://u:p@example.com/r.git", "0" * 40, "main")

    assert run_of(CLEAN, version_control=control)["versionControlProvenance"] == [
        {
            "repositoryUri": "https://example.com/r.git",
            "branch": "main",
            "mappedTo": {"uriBaseId": "%SRCROOT%"},
            "revisionId": "0" * 40,
        }
    ]


def test_commit_of_a_local_remote_is_left_out():
    control = sarif.VersionControl("/srv/r.git")

    assert "versionControlProvenance" not in run_of(CLEAN, version_control=control)
    assert sarif.public_address("https://[broken") is None


def test_listing_is_made_of_the_places_when_none_was_captured():
    run = run_of(replace(DOCTOR, environment_listing=(), chains=()))
    (artifact,) = [a for a in run["artifacts"] if a["location"]["uri"] == "environment"]

    assert artifact["contents"]["text"] == "AWS_ACCESS_KEY_ID=[REDACTED]\nAWS_REGION=[REDACTED]\n"


def test_variable_that_is_not_listed_stays_inside_the_listing():
    finding = replace(
        NOTE_FINDING, location=replace(NOTE_FINDING.location, line=99, logical="environment/OTHER")
    )
    run = run_of(replace(DOCTOR, findings=number_findings([finding])))

    assert run["results"][0]["locations"][0]["physicalLocation"]["region"] == {"startLine": 3}


def test_end_column_alone_ends_on_the_same_line():
    finding = replace(NOTE_FINDING, location=Location("file", "./a.py", line=4, end_column=9))
    place = run_of(replace(SCAN, findings=(finding,)))["results"][0]["locations"][0]

    assert place["physicalLocation"]["artifactLocation"]["uri"] == "a.py"
    assert place["physicalLocation"]["region"] == {
        "startColumn": 1,
        "endColumn": 9,
        "endLine": 4,
        "startLine": 4,
    }


@pytest.mark.parametrize(
    ("uri", "expected"),
    [("a b/ü.py", "a%20b/%C3%BC.py"), ("C:\\x", "C%3A/x"), ("", "."), ("././a", "a")],
)
def test_uri_encoding(uri, expected):
    assert encode_uri(uri) == expected


def test_crashed_check_names_its_rule():
    skip = Skipped("CHN101", "a check failed: KeyError", "RUN902")
    (note,) = run_of(replace(CLEAN, skipped=(skip,)))["invocations"][0][
        "toolExecutionNotifications"
    ]

    assert note["associatedRule"] == {"id": "CHN101", "index": 0}
    assert note["descriptor"]["id"] == "RUN902"
    assert note["message"]["text"] == "CHN101 was not examined: a check failed: KeyError."


def test_finding_about_the_run_points_to_a_rule():
    finding = replace(NOTE_FINDING, code="RUN901", name="unreadable-file", sdks=())
    run = run_of(replace(CLEAN, findings=number_findings([finding])))
    rules = run["tool"]["driver"]["rules"]

    assert rules[run["results"][0]["ruleIndex"]]["id"] == "RUN901"


def test_long_descriptions_are_cut_to_the_limit():
    rule = replace(RULES[0], summary="s" * 2000, explain="## What it does\n" + "x" * 3000)
    (written,) = run_of(replace(CLEAN, rules=(rule,)))["tool"]["driver"]["rules"]

    assert len(written["shortDescription"]["text"]) == 1024
    assert len(written["fullDescription"]["text"]) == 1024


def test_explanation_without_a_heading_is_described_whole():
    rule = replace(RULES[0], explain="Just words.\n\nMore.")
    (written,) = run_of(replace(CLEAN, rules=(rule,)))["tool"]["driver"]["rules"]

    assert written["fullDescription"]["text"] == f"{rule.summary} Just words."


def test_only_findings_about_precedence_link_what_is_hidden():
    finding = replace(NOTE_FINDING, code="CHN402")
    run = run_of(replace(DOCTOR, findings=number_findings([finding])))

    assert "relatedLocations" not in run["results"][0]
    assert run["results"][0]["codeFlows"]


def test_flow_without_a_matching_chain_is_left_out():
    run = run_of(replace(DOCTOR, findings=number_findings([replace(ENV_FINDING, sdks=("rust",))])))

    assert "codeFlows" not in run["results"][0]


def test_every_different_chain_has_its_flow():
    other = replace(BOTO3, sdk="rust", steps=STEPS[:1])
    finding = replace(ENV_FINDING, sdks=("boto3", "rust"))
    report = replace(DOCTOR, chains=(BOTO3, other), findings=number_findings([finding]))
    flows = run_of(report)["results"][0]["codeFlows"]

    assert [flow["message"]["text"] for flow in flows] == [
        "AWS provider chain of boto3",
        "AWS provider chain of Rust SDK",
    ]


def test_line_hash_needs_the_file_and_the_line():
    short = run_of(SCAN, read_text=lambda _: "one line")["results"]
    gone = run_of(SCAN, read_text=lambda _: None)["results"]
    hashed = [r["ruleId"] for r in short if "primaryLocationLineHash" in r["partialFingerprints"]]

    assert hashed == ["SEC201"]
    assert not [r for r in gone if "primaryLocationLineHash" in r["partialFingerprints"]]


def test_same_place_is_linked_once():
    finding = replace(ENV_FINDING, related=(imds(), imds(message="again")))
    report = replace(DOCTOR, chains=(), findings=number_findings([finding]))

    assert len(run_of(report)["results"][0]["relatedLocations"]) == 1


def test_shadowed_profile_is_named_in_the_link():
    step = replace(STEPS[4], offer=Offer("static", profile="[x](http://y)"))
    chain = replace(BOTO3, steps=(STEPS[0], step))
    report = replace(
        DOCTOR, chains=(chain,), findings=number_findings([replace(ENV_FINDING, related=())])
    )

    assert run_of(report)["results"][0]["message"]["text"].endswith(
        "See [credentials file, profile \\[x\\](http://y), never used](1)."
    )


@pytest.mark.parametrize(
    ("role", "expected"),
    [
        ("app", "app"),
        ("arn:aws:iam::123456789012:role/a/b", "123456789012/b"),
        ("arn:odd", "arn:odd"),
    ],
)
def test_role_names(role, expected):
    assert role_name(role) == expected
