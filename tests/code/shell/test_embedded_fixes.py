"""Edits of scripts inside of other files: they fit what is around, or are not offered."""

from __future__ import annotations

import pytest

from credlint.code.analysis import Analyser
from credlint.model.document import Document
from credlint.model.fix import apply_edits
from credlint.rulebook import load_rules

ANALYSER = Analyser(rule for rule in load_rules(("code",)) if rule.id == "SRC201")
GET = "curl http://169.254.169.254/latest/meta-data/x"
ASK = (
    'TOKEN=$(curl -sS -X PUT "http://169.254.169.254/latest/api/token" '
    '-H "X-aws-ec2-metadata-token-ttl-seconds: 21600")'
)
SENT = GET.replace("curl", 'curl -H "X-aws-ec2-metadata-token: $TOKEN"')


def _fixed(uri, text):
    document = Document(uri, text.encode())
    name = ANALYSER.selects(document, has_key=True)
    found = ANALYSER.analyse(document, name, has_key=True).found
    changes = [each.finding.change for each in found]
    edits = [e for change in changes for file in change.files for e in file.edits]
    return [change.kind for change in changes], apply_edits(document.data, edits).decode()


@pytest.mark.parametrize(
    ("uri", "text", "after"),
    [
        ("a.yaml", "#cloud-config\nruncmd:\n  - '{}'\n", "#cloud-config\nruncmd:\n  - '{}'\n"),
        (
            "main.tf",
            'resource "aws_instance" "a" {{\n  user_data = <<-E\n    date\n    {}\n    E\n}}\n',
            'resource "aws_instance" "a" {{\n  user_data = <<-E\n    date\n    {}\n    E\n}}\n',
        ),
        ("Dockerfile", "FROM a\nRUN {}\n", "FROM a\nRUN {}\n"),
        ("Makefile", "a:\n\t@{}\n", "a:\n\t@{}\n"),
        ("justfile", "a:\n  @{}\n", "a:\n  @{}\n"),
    ],
)
def test_edit_fits_its_surroundings(uri, text, after):
    if uri == "main.tf":
        pytest.importorskip("tree_sitter_hcl")
    joint = "\n    " if uri == "main.tf" else "; "
    expected = ASK + joint + SENT
    if uri == "Makefile":
        expected = expected.replace("$", "$$")

    assert _fixed(uri, text.format(GET)) == (["unsafe"], after.format(expected))


@pytest.mark.parametrize(
    ("uri", "text"),
    [
        ("a.service", "[Service]\nExecStart=/usr/bin/{}\n"),
        ("compose.yaml", "services:\n  a:\n    command: '{}'\n"),
        ("a.yaml", "#cloud-config\nruncmd:\n  - {}\n"),
        ("playbooks/a.yml", "- hosts: all\n  tasks:\n    - command: '{}'\n"),
    ],
)
def test_edit_that_would_not_fit_is_shown_alone(uri, text):
    assert _fixed(uri, text.format(GET)) == (["display"], text.format(GET))
