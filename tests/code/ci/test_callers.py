"""Workflows that are called: what the caller may do decides, and its file is what is edited."""

from __future__ import annotations

import hashlib

import pytest

from credlint.code.analysis import Analyser
from credlint.model.document import Document
from credlint.model.fix import apply_edits
from credlint.rulebook import load_rules
from tests.code.ci.workflows import loaded
from tests.code.samples import Beside

CALLED = """on: workflow_call
jobs:
  a:
    runs-on: ubuntu-latest
    steps:
      - uses: aws-actions/configure-aws-credentials@v6
        with: { role-to-assume: "arn:aws:iam::123456789012:role/a", aws-region: eu-west-1 }
"""
FOLDER = ".github/workflows"


def look(files, called=CALLED):
    rules = [rule for rule in load_rules(("iac",)) if rule.id == "IAC121"]
    around = Beside({f"{FOLDER}/{name}": text for name, text in files.items()})
    document = Document(f"{FOLDER}/called.yml", called.encode())
    result = Analyser(rules, around=around).analyse(document, "yaml")
    assert result.skipped == ()
    return [found.finding for found in result.found]


def call(name, before="on: push\n", inside=""):
    return f"{before}jobs:\n  go:\n{inside}    uses: ./{FOLDER}/{name}\n"


@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_the_edit_is_of_the_callers_file(mark):
    text = mark + call("called.yml", before="on: push\npermissions:\n  contents: read\n")
    (found,) = look({"main.yml": text})
    (file,) = found.change.files
    after = apply_edits(text.encode(), file.edits)

    assert found.level == "error"
    assert "main.yml" in found.message
    assert file.uri == f"{FOLDER}/main.yml"
    assert file.digest == hashlib.sha256(text.encode()).hexdigest()
    assert loaded(after)["permissions"] == {"id-token": "write", "contents": "read"}
    assert look({"main.yml": after.decode()}) == []


def test_who_calls_the_caller_decides_where_it_says_nothing():
    files = {
        "middle.yml": call("called.yml", before="on: workflow_call\n"),
        "outer.yml": call("middle.yml"),
        "right.yml": call("middle.yml", inside="    permissions: {id-token: write}\n"),
    }

    assert [f.subject for f in look(files)] == ["jobs.a: called by outer.yml, go"]


def test_rings_and_broken_callers_end():
    files = {
        "a.yml": call("b.yml", before="on: workflow_call\n") + call("called.yml")[9:],
        "b.yml": call("a.yml", before="on: workflow_call\n"),
        "c.yml": "jobs: [\n  ./.github/workflows/called.yml",
        "d.yml": call("called.yml").replace("go", "go: &a\n    x: *a\n  other"),
    }

    assert [f.subject for f in look(files)] == ["jobs.a: called by d.yml, other"]


def test_a_workflow_nobody_calls_is_silent():
    assert look({}) == []
    assert look({"other.yml": call("another.yml")}) == []
