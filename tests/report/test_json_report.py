from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import jsonschema
import pytest

from credlint.report.json_report import dump, render
from tests.report.sample_reports import DOCTOR, ENV_FINDING, REPORTS, SCAN

SCHEMA = json.loads(
    (Path(__file__).resolve().parents[2] / "docs/report.schema.json").read_text("utf-8")
)


@pytest.mark.parametrize("name", REPORTS)
def test_schema_accepts_every_report(name):
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    errors = jsonschema.Draft202012Validator(SCHEMA).iter_errors(json.loads(render(REPORTS[name])))

    assert [error.message for error in errors] == []


def test_contract_keys_of_the_first_version_are_all_there():
    report = json.loads(render(DOCTOR))
    chain, finding = report["chains"][0], report["findings"][0]

    assert {"schema", "command", "context", "chains", "findings", "skipped", "summary"} <= set(
        report
    )
    assert {"sdk", "outcome", "winner", "error", "region", "steps"} <= set(chain)
    assert {"source", "profile", "key_id", "account", "kind"} <= set(chain["winner"])
    assert {"value", "source"} <= set(chain["region"])
    assert {"source", "status", "detail", "location"} <= set(chain["steps"][0])
    assert {
        "code", "name", "level", "security_severity", "message", "location", "related", "remedy",
        "fingerprint", "fix",
    } <= set(finding)  # fmt: skip
    assert {
        "kind", "uri", "line", "column", "end_line", "end_column", "logical"
    } <= set(finding["location"])  # fmt: skip
    assert {"files", "bytes", "findings", "suppressed", "baselined", "skipped"} <= set(
        report["summary"]
    )


def test_winner_and_region_are_told_exactly():
    chain = json.loads(render(DOCTOR))["chains"][0]

    assert chain["winner"] == {
        "source": "env",
        "profile": None,
        "key_id": "AKIA…WXYZ",
        "account": "123456789012",
        "kind": "static",
        "role": None,
        "has_token": False,
    }
    assert (chain["region"]["value"], chain["region"]["source"]) == (
        "eu-west-1",
        "env:AWS_DEFAULT_REGION",
    )


def test_chain_that_ends_in_an_error_has_no_winner():
    chain = json.loads(render(REPORTS["broken"]))["chains"][1]

    assert chain["outcome"] == "error"
    assert chain["winner"] is None
    assert chain["error"] == {
        "name": "ProfileNotFound",
        "message": "the profile deploy is in neither file.",
        "location": None,
        "at_first_use": False,
    }


def test_remedy_of_the_rule_is_used_when_the_finding_has_none():
    findings = json.loads(render(DOCTOR))["findings"]

    assert {f["code"]: f["remedy"] for f in findings}["CHN402"] == "Mend two-region-variables."


def test_numbers_are_counted_from_the_lists():
    summary = json.loads(render(replace(SCAN, summary=replace(SCAN.summary, findings=99))))[
        "summary"
    ]

    assert (summary["findings"], summary["suppressed"], summary["skipped"]) == (2, 1, 1)


def test_findings_without_fingerprints_are_numbered():
    report = json.loads(render(replace(DOCTOR, findings=(ENV_FINDING,))))

    assert report["findings"][0]["fingerprint"] == next(
        f.fingerprint for f in DOCTOR.findings if f.code == "CHN101"
    )


def test_undecodable_names_make_valid_utf8():
    report = replace(SCAN, title=None, notes=("name \udcff\u202e\x9b",))
    text = render(report)

    assert "\\\\xff\\u202e\\u009b" in text
    assert text.encode("utf-8")


def test_dump_refuses_what_is_no_plain_value():
    with pytest.raises(TypeError):
        dump({"a": object()})
    with pytest.raises(ValueError, match="not JSON compliant"):
        dump(float("nan"))
