"""What GitHub, GitLab and viewers accept: each point of the must-list is an assertion.

The schema is the final 2.1.0 one (OASIS, errata 01) as shipped by Microsoft's multitool.
"""

from __future__ import annotations

import gzip
import json
import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote

import jsonschema
import pytest

from credlint.model.finding import Finding, number_findings
from credlint.model.location import Location
from credlint.report import json_report, sarif
from credlint.rulebook import load_rules
from tests.report import sample_reports

ROOT = Path(__file__).resolve().parents[2]
SCHEMA = json.loads((ROOT / "fixtures/schemas/sarif-2.1.0.json").read_text("utf-8"))
LEVELS = {"error", "warning", "note"}

HOSTILE = "a\udcffb/\x1b[31mx](1) [y](https://example.com) %20?#ü\u202e.py"
HOSTILE_REPORT = replace(
    sample_reports.SCAN,
    findings=number_findings(
        [
            replace(
                sample_reports.FILE_FINDING,
                message=f"In {HOSTILE} stands a key.",
                location=Location("file", HOSTILE, line=1, logical=f"profile/{HOSTILE}"),
                related=(Location("file", "/etc/absolute", message=HOSTILE),),
            ),
            Finding(
                "SEC999",
                "not-handed-over",
                "note",
                "Its rule is not listed.",
                Location("file", "C:\\x"),
            ),
        ]
    ),
)
REAL_RULES = replace(sample_reports.DOCTOR, rules=load_rules())
REPORTS = {**sample_reports.REPORTS, "hostile": HOSTILE_REPORT, "real-rules": REAL_RULES}

every_report = pytest.mark.parametrize("name", REPORTS)


def load(name, options=None):
    text = sarif.render(REPORTS[name], *([options] if options else []))
    return json.loads(text)["runs"][0]


def walk(value, path=()):
    yield path, value
    if isinstance(value, dict):
        for key, entry in value.items():
            yield from walk(entry, (*path, key))
    elif isinstance(value, list):
        for index, entry in enumerate(value):
            yield from walk(entry, (*path, index))


def uris_of(run):
    for path, value in walk(run):
        if (path and path[-1] == "uri" and "artifactLocation" in path) or path[-2:] == (
            "location",
            "uri",
        ):
            yield value


@every_report
def test_schema_accepts_every_report(name):
    document = json.loads(sarif.render(REPORTS[name]))
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    validator = jsonschema.Draft202012Validator(
        SCHEMA, format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER
    )

    assert SCHEMA["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert [error.message for error in validator.iter_errors(document)] == []


@every_report
def test_file_has_its_shape(name):
    text = sarif.render(REPORTS[name])
    document = json.loads(text)
    run = document["runs"][0]

    assert text.endswith("}\n")
    assert text.encode("utf-8").decode("utf-8") == text
    assert document["$schema"] == "https://json.schemastore.org/sarif-2.1.0.json"
    assert document["version"] == "2.1.0"
    assert len(document["runs"]) == 1
    assert isinstance(run["results"], list)
    assert run["columnKind"] == "unicodeCodePoints"
    assert run["redactionTokens"] == ["[REDACTED]"]
    assert run["tool"]["driver"]["name"] == "credlint"
    assert all(value is not None for _, value in walk(document))


@every_report
def test_same_report_gives_same_bytes(name):
    assert sarif.render(REPORTS[name]) == sarif.render(REPORTS[name])


@every_report
def test_every_result_has_an_artifact_and_a_level(name):
    for result in load(name)["results"]:
        (place,) = result["locations"]

        assert place["physicalLocation"]["artifactLocation"]["uri"]
        assert place["physicalLocation"]["region"]["startLine"] >= 1
        assert result["level"] in LEVELS
        assert result.get("kind", "fail") == "fail"
        assert "rank" not in result


@every_report
def test_every_place_has_an_artifact(name):
    """A related or flow location without one may make GitHub refuse the file as well."""
    run = load(name)
    places = [
        value
        for path, value in walk(run["results"])
        if path and (path[-1] == "location" or (len(path) > 1 and path[-2] == "relatedLocations"))
    ]

    assert all("physicalLocation" in place for place in places)


@every_report
def test_every_result_points_to_its_rule(name):
    run = load(name)
    rules = run["tool"]["driver"]["rules"]

    assert [rules[r["ruleIndex"]]["id"] for r in run["results"]] == [
        r["ruleId"] for r in run["results"]
    ]


@every_report
def test_indices_point_to_what_they_stand_for(name):
    run = load(name)
    for path, value in walk(run):
        if path and path[-1] == "artifactLocation":
            listed = run["artifacts"][value["index"]]["location"]
            assert (listed["uri"], listed["uriBaseId"]) == (value["uri"], value["uriBaseId"])
        if len(path) > 1 and path[-2] == "logicalLocations" and path[0] != "logicalLocations":
            listed = run["logicalLocations"][value["index"]]
            assert listed["fullyQualifiedName"] == value["fullyQualifiedName"]
        if path and path[-1] == "descriptor":
            assert run["tool"]["driver"]["notifications"][value["index"]]["id"] == value["id"]


@every_report
def test_every_rule_has_its_texts_in_bounds(name):
    driver = load(name)["tool"]["driver"]
    for rule in [*driver["rules"], *driver.get("notifications", [])]:
        assert rule["id"]
        assert 0 < len(rule["shortDescription"]["text"]) <= 1024
        assert 0 < len(rule["fullDescription"]["text"]) <= 1024
        assert rule["help"]["text"]
        assert rule["help"]["markdown"]
        assert len(rule.get("name", "")) <= 255
        assert rule["helpUri"].startswith("https://")
        assert rule["defaultConfiguration"]["level"] in LEVELS


@every_report
def test_security_severity_is_a_text_that_holds_a_number(name):
    for rule in load(name)["tool"]["driver"]["rules"]:
        properties = rule["properties"]
        if "security-severity" in properties:
            assert isinstance(properties["security-severity"], str)
            assert 0.0 < float(properties["security-severity"]) <= 10.0
            assert "problem.severity" not in properties
        else:
            assert properties["problem.severity"] in {"error", "warning", "recommendation"}
        assert properties["precision"] in {"very-high", "high", "medium", "low"}


@every_report
def test_tags_are_ten_at_most(name):
    driver = load(name)["tool"]["driver"]

    assert all(len(rule["properties"]["tags"]) <= 10 for rule in driver["rules"])


def test_tags_beyond_ten_are_left_out():
    rule = replace(sample_reports.RULES[0], tags=tuple(f"tag-{n}" for n in range(30)))
    report = replace(sample_reports.CLEAN, rules=(rule,))
    (written,) = json.loads(sarif.render(report))["runs"][0]["tool"]["driver"]["rules"]

    assert len(written["properties"]["tags"]) == 10
    assert written["properties"]["tags"][:2] == ["security", "external/cwe/cwe-266"]


@every_report
def test_uris_are_relative_and_encoded(name):
    for uri in uris_of(load(name)):
        assert re.fullmatch(r"(?:[A-Za-z0-9._~/-]|%[0-9A-F]{2})+", uri)
        assert not uri.startswith("/")
        assert "\\" not in unquote(uri, errors="surrogateescape")


def test_uri_keeps_the_bytes_of_an_undecodable_name():
    uri = next(u for u in uris_of(load("hostile")) if "%FF" in u)

    assert unquote(uri, errors="surrogateescape") == HOSTILE


@every_report
def test_no_path_of_this_machine_is_written(name):
    run = load(name)
    bases = run["originalUriBaseIds"]

    assert all(set(base) == {"description"} for base in bases.values())
    # What rules say of images and hosts in general may name the home of root.
    said = {**run, "tool": {}, "results": [{**each, "message": ""} for each in run["results"]]}
    assert str(Path.home()) not in json.dumps(said)
    assert {u["uriBaseId"] for p, u in walk(run) if p and p[-1] == "artifactLocation"} <= set(bases)


@every_report
def test_run_is_successful_and_names_no_category_or_machine(name):
    run = load(name)
    (invocation,) = run["invocations"]

    assert invocation["executionSuccessful"] is True
    assert "automationDetails" not in run
    assert set(invocation) <= {
        "executionSuccessful",
        "toolExecutionNotifications",
        "toolConfigurationNotifications",
    }


def test_category_ends_with_a_slash():
    run = load("clean", sarif.SarifOptions(category="aws"))

    assert run["automationDetails"] == {"id": "aws/"}


def test_more_results_than_github_keeps_are_cut_by_severity_and_told():
    count = 5003
    many = [
        replace(
            sample_reports.PEM_FINDING if n % 2 else sample_reports.FILE_FINDING,
            location=Location("file", f"f{n:05}.py"),
            related=(),
        )
        for n in range(count - 1)
    ]
    least = replace(sample_reports.NOTE_FINDING, location=Location("file", "a.py"))
    report = replace(sample_reports.SCAN, findings=number_findings([least, *many]))
    text = sarif.render(report)
    run = json.loads(text)["runs"][0]
    notes = run["invocations"][0]["toolConfigurationNotifications"]

    assert len(run["results"]) == 5000
    assert {r["level"] for r in run["results"]} == {"error"}
    assert sum(r["ruleId"] == "SEC101" for r in run["results"]) == 2501
    assert "3 of 5,003 findings were left out" in notes[-1]["message"]["text"]
    assert len(gzip.compress(text.encode())) < 10_000_000


@every_report
def test_results_stand_in_order(name):
    found = [
        (
            unquote(r["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]),
            r["locations"][0]["physicalLocation"]["region"]["startLine"],
            r["ruleId"],
        )
        for r in load(name)["results"]
    ]

    assert found == sorted(found)


@every_report
def test_related_places_are_linked_from_the_message(name):
    for result in load(name)["results"]:
        ids = [place["id"] for place in result.get("relatedLocations", [])]
        links = re.findall(r"(?<!\\)\[(?:\\.|[^\]\\])*\]\((\d+)\)", result["message"]["text"])

        assert ids == list(range(1, len(ids) + 1))
        linked = [int(number) for number in links]
        # Of a secret that stands in many places the first are linked, and the rest is counted.
        assert linked == ids[: len(linked)]
        assert (
            linked == ids
            or f" and {result['occurrenceCount'] - 1 - 3:,} more place"
            in (result["message"]["text"])
        )


def test_text_of_others_makes_no_link():
    (result,) = [r for r in load("hostile")["results"] if r["ruleId"] == "SEC101"]

    assert "\\[y](https://example.com)" in result["message"]["text"]


def test_chain_finding_has_every_step_in_order():
    (result,) = [r for r in load("doctor")["results"] if r["ruleId"] == "CHN101"]
    (flow,) = result["codeFlows"]
    steps = flow["threadFlows"][0]["locations"]

    assert flow["message"]["text"] == "AWS provider chain of boto3, AWS CLI v1 and v2"
    assert [step["executionOrder"] for step in steps] == list(range(1, 10))
    assert [(step["kinds"], step["importance"]) for step in steps[3:7]] == [
        (["absent"], "unimportant"),
        (["shadowed"], "important"),
        (["absent"], "unimportant"),
        (["error"], "essential"),
    ]
    assert steps[4]["location"]["message"]["text"] == (
        "5. credentials file, profile default: profile default has a key pair, shadowed"
    )
    place = steps[4]["location"]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == ".aws/credentials"
    assert place["artifactLocation"]["uriBaseId"] == "HOME"


def test_shadowed_steps_are_related_places():
    (result,) = [r for r in load("doctor")["results"] if r["ruleId"] == "CHN101"]

    assert [p["message"]["text"] for p in result["relatedLocations"]] == [
        "the role app-reader is attached here",
        "this line exports the key",
        "credentials file, profile default, never used",
    ]


def test_variables_are_lines_of_a_redacted_listing():
    run = load("doctor")
    (result,) = [r for r in run["results"] if r["ruleId"] == "CHN402"]
    place = result["locations"][0]["physicalLocation"]
    artifact = run["artifacts"][place["artifactLocation"]["index"]]

    assert artifact["contents"]["text"].splitlines()[place["region"]["startLine"] - 1] == (
        "AWS_REGION=[REDACTED]"
    )
    assert artifact["description"]["text"]
    assert run["logicalLocations"][result["locations"][0]["logicalLocations"][0]["index"]] == {
        "name": "AWS_REGION",
        "fullyQualifiedName": "environment/AWS_REGION",
        "kind": "variable",
    }


def test_anchor_moves_host_places_into_the_repository():
    run = load("doctor", sarif.SarifOptions(anchor="infra/host.md"))
    uris = {(u["uri"], u["uriBaseId"]) for p, u in walk(run) if p and p[-1] == "artifactLocation"}

    assert uris == {("infra/host.md", "%SRCROOT%")}
    assert set(run["originalUriBaseIds"]) == {"%SRCROOT%"}


def test_suppressed_results_are_written_on_request_only():
    without = load("scan")["results"]
    with_them = load("scan", sarif.SarifOptions(include_suppressed=True))["results"]

    assert all("suppressions" not in result for result in without)
    assert [r["suppressions"] for r in with_them if "suppressions" in r] == [
        [{"kind": "inSource", "status": "accepted", "justification": "documented sample"}]
    ]
    assert len(with_them) == len(without) + 1


def test_skipped_and_settings_are_notifications_with_descriptors():
    run = load("scan")
    (invocation,) = run["invocations"]
    told = {
        kind: [(n["descriptor"]["id"], n["level"], n["message"]["text"]) for n in invocation[kind]]
        for kind in ("toolExecutionNotifications", "toolConfigurationNotifications")
    }

    assert told == {
        "toolExecutionNotifications": [
            ("RUN901", "warning", "secret/locked.bin was not examined: permission denied.")
        ],
        "toolConfigurationNotifications": [
            ("RUN913", "note", "credlint.toml leaves out paths: tests/."),
            ("RUN910", "note", "the suppression gives no reason."),
            ("RUN909", "warning", "src/old.py:7: ignore[SEC101] matches no finding."),
        ],
    }


def test_weaknesses_are_listed_once_and_pointed_to():
    run = load("scan")
    (taxonomy,) = run["taxonomies"]
    rules = run["tool"]["driver"]["rules"]
    named = {r["target"]["id"] for rule in rules for r in rule.get("relationships", [])}

    assert [taxon["id"] for taxon in taxonomy["taxa"]] == sorted(named, key=int)
    assert run["tool"]["driver"]["supportedTaxonomies"][0]["guid"] == taxonomy["guid"]


def test_line_hash_is_written_only_with_a_reader_and_inside_the_tree():
    texts = {"keys/ünï.pem": "", "deploy/settings file.py": "\n" * 20}
    with_reader = load("scan", sarif.SarifOptions(read_text=texts.get))["results"]
    host = load("doctor", sarif.SarifOptions(read_text=lambda uri: uri))["results"]
    hashes = {
        r["ruleId"]: r["partialFingerprints"].get("primaryLocationLineHash") for r in with_reader
    }

    assert hashes["SEC201"] == "c129715d7a2bc9a3:1"
    assert hashes["SEC101"]
    assert all("primaryLocationLineHash" not in r["partialFingerprints"] for r in host)
    assert all(
        "primaryLocationLineHash" not in r["partialFingerprints"] for r in load("scan")["results"]
    )


@pytest.mark.parametrize(
    ("remote", "expected"),
    [
        ("https:" + "//user:token@github.com/o/r.git?x=1", "https://github.com/o/r.git"),
        ("git@github.com:o/r.git", "ssh://github.com/o/r.git"),
        ("ssh://git@host:2222/o/r", "ssh://host:2222/o/r"),
        ("/srv/git/r.git", None),
        ("file:///srv/git/r.git", None),
        ("C:/repo", None),
    ],
)
def test_provenance_shows_no_user_and_no_path(remote, expected):
    assert sarif.public_address(remote) == expected


@every_report
def test_json_and_sarif_tell_the_same(name):
    run = load(name)
    report = json.loads(json_report.render(REPORTS[name]))

    assert [
        (r["ruleId"], r["partialFingerprints"]["credlintFinding/v1"]) for r in run["results"]
    ] == [(f["code"], f["fingerprint"]) for f in report["findings"]]


def multitool():
    """Return the command of Microsoft's multitool, None when it is not at hand."""
    script = shutil.which("sarif-multitool-linux")
    if script is None:
        return None
    # npm's script hands its arguments to a shell, which takes the ; of --rule-kind for its own.
    program = Path(script).resolve().parent / "Sarif.Multitool"
    return [str(program)] if program.is_file() else None


def multitool_errors(command, path):
    """Run the multitool and return its errors; it exits 0 even when there are some."""
    out = path.with_suffix(".out.sarif")
    subprocess.run(
        [*command, "validate", str(path), "--rule-kind", "Sarif;Ghas", "--output", str(out),
         "--log", "ForceOverwrite"],
        capture_output=True, check=True, timeout=120,
    )  # fmt: skip
    run = json.loads(out.read_text("utf-8-sig"))["runs"][0]
    return [
        (result["ruleId"], result["message"])
        for result in run["results"]
        if result.get("level", "warning") == "error"
    ]


@pytest.fixture(scope="module")
def validator():
    command = multitool()
    if command is None:
        pytest.skip("npm's @microsoft/sarif-multitool-linux is not on PATH")
    return command


@every_report
def test_multitool_finds_no_error(name, validator, tmp_path):
    path = tmp_path / f"{name}.sarif"
    path.write_text(sarif.render(REPORTS[name]), "utf-8")

    assert multitool_errors(validator, path) == []


def test_multitool_would_find_an_error(validator, tmp_path):
    """The check above can fail: the tool is asked about a file that is wrong."""
    path = tmp_path / "wrong.sarif"
    path.write_text(sarif.render(REPORTS["scan"]).replace('"startLine": 12', '"startLine": 0'))

    assert multitool_errors(validator, path)
