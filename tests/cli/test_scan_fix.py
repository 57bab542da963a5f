"""``scan --fix`` and ``--diff``: what is written, shown, refused and judged afterwards."""

from __future__ import annotations

import json
import os

import pytest

from credlint import samples

STEP = """\
      - uses: aws-actions/configure-aws-credentials@v4
        with:
          aws-access-key-id: ${{ secrets.AWS_ACCESS_KEY_ID }}
          aws-secret-access-key: ${{ secrets.AWS_SECRET_ACCESS_KEY }}
          aws-region: eu-west-1
"""
HEAD = """\
on: push
jobs:
  deploy:
    runs-on: ubuntu-latest
    steps:
"""
WORKFLOW = ".github/workflows/deploy.yml"


@pytest.fixture
def scan(credlint, tmp_path):
    tree = tmp_path / "tree"
    tree.mkdir()

    def run(*arguments):
        done = credlint("scan", *arguments, cwd=tree)
        return done.code, done.out + done.err

    return run


@pytest.fixture
def workflow(scan, tmp_path):
    del scan  # makes the tree
    path = tmp_path / "tree" / WORKFLOW
    path.parent.mkdir(parents=True)
    path.write_text(HEAD + STEP)
    return path


def notes(text):
    return json.loads(text)["notes"]


def test_edit_is_made_and_what_is_left_is_judged(scan, workflow):
    code, text = scan("--fix=unsafe", "--format", "json")

    assert code == 0
    assert json.loads(text)["findings"] == []
    assert "role-to-assume: <ROLE-ARN>" in workflow.read_text()
    assert "id-token: write" in workflow.read_text()
    assert notes(text)[0].startswith(f"Edited {WORKFLOW}:8 IAC120: ")
    assert notes(text)[1] == "To be filled in by you: <ROLE-ARN>."


def test_second_run_changes_nothing(scan, workflow):
    scan("--fix=unsafe")
    before = workflow.read_bytes(), workflow.stat().st_mtime_ns
    code, text = scan("--fix=unsafe", "--format", "json")

    assert (workflow.read_bytes(), workflow.stat().st_mtime_ns) == before
    assert (code, notes(text)) == (0, [])


def test_safe_edits_alone_leave_what_may_change_the_program(scan, workflow):
    code, text = scan("--fix", "--format", "json")

    assert code == 1
    assert workflow.read_text() == HEAD + STEP
    assert notes(text) == ["1 edit more may change what a program does: --fix=unsafe makes them."]


def test_diff_shows_and_writes_nothing(scan, workflow):
    code, text = scan("--fix=unsafe", "--diff")

    assert code == 1
    assert workflow.read_text() == HEAD + STEP
    assert text.startswith(f"--- a/{WORKFLOW}\n+++ b/{WORKFLOW}\n@@ ")
    assert "\n+          role-to-assume: <ROLE-ARN>\n" in text


def test_diff_hides_keys_that_stand_beside_the_edit(scan, workflow):
    key = samples.secret_key("beside")
    workflow.write_text(f"{HEAD}      # aws_secret_access_key = {key}\n{STEP}")
    for arguments in ((), ("--select", "IAC")):
        _, text = scan("--fix=unsafe", "--diff", *arguments)

        assert "aws_secret_access_key = [REDACTED]" in text
        assert [n for n in range(0, 32, 4) if key[n : n + 8] in text] == []


def test_accepted_finding_is_not_edited(scan, workflow):
    directive = "      # credlint: ignore[IAC120] no trust yet\n"
    lines = (HEAD + STEP).splitlines(keepends=True)
    place = next(n for n, line in enumerate(lines) if "aws-access-key-id" in line)
    text = "".join([*lines[:place], directive, *lines[place:]])
    workflow.write_text(text)
    code, _ = scan("--fix=unsafe")

    assert code == 0
    assert workflow.read_text() == text


def test_file_with_a_second_name_is_told(scan, workflow, tmp_path):
    os.link(workflow, tmp_path / "second")  # Path.hardlink_to came with 3.10
    code, text = scan("--fix=unsafe", "--format", "json")

    assert code == 1
    assert notes(text)[0].startswith(f"Not edited: {WORKFLOW}: it has further names")
    assert workflow.read_text() == HEAD + STEP


def test_path_behind_the_option_is_a_path(scan, workflow):
    code, _ = scan("--fix", str(workflow.relative_to(workflow.parents[2])))

    assert code == 1


@pytest.mark.parametrize("arguments", [["--fix", "-"], ["--fix", "--history"], ["--diff", "-"]])
def test_what_is_no_file_cannot_be_edited(scan, arguments):
    code, text = scan(*arguments)

    assert code == 2
    assert "there is no file to edit" in text


def test_sarif_carries_the_edit(scan, workflow):
    _, text = scan("--format", "sarif")
    (result,) = json.loads(text)["runs"][0]["results"]
    (fix,) = result["fixes"]
    (change,) = fix["artifactChanges"]

    assert "To be filled in: <ROLE-ARN>." in fix["description"]["text"]
    assert change["artifactLocation"]["uri"] == WORKFLOW
    inserted = [each.get("insertedContent", {}).get("text", "") for each in change["replacements"]]
    assert any("id-token: write" in text for text in inserted)
    lines = workflow.read_text().splitlines()
    for replacement in change["replacements"]:
        region = replacement["deletedRegion"]
        assert 1 <= region["startLine"] <= region["endLine"] <= len(lines) + 1
