"""Edits of scripts: bash itself reads what comes out, and a second run finds nothing to edit."""

from __future__ import annotations

import random
import shutil
import subprocess

import pytest

from credlint.code.analysis import Analyser
from credlint.model.document import Document
from credlint.model.fix import apply_edits
from credlint.rulebook import load_rules

CODES = ("SRC201", "SRC202", "SRC203", "SRC211")
ANALYSER = Analyser(rule for rule in load_rules(("code",)) if rule.id in CODES)
DATA = "http://169.254.169.254/latest/meta-data"
# What a finding's command is; `bash -n` agrees with each as it stands.
COMMANDS = (
    f"curl {DATA}/instance-id",
    f"curl -sf --max-time 2 '{DATA}/placement/region' -o \"$F\"",
    f'wget -qO- "{DATA}/$1"',
    f"sudo curl -s {DATA}/x",
    "aws s3 ls --no-verify-ssl",
    "curl -sk https://sts.amazonaws.com",
    f'curl -H "X-aws-ec2 metadata-token: $T" {DATA}/x',
)
AROUND = (
    "{}",
    "  {}  # why",
    "x=$({})",
    'echo "id: $({} | tr a b)"',
    "x=`{}`",
    "if {}; then\n  date\nfi",
    "if true; then\n\t{}\nelse\n\t:\nfi",
    "for i in 1 2; do {}; done",
    "f() {{\n  local y\n  y=$({}) || return 1\n}}",
    "g() {{ {}; }}",
    "date && {} || exit 1",
    "( cd /; {} )",
    "case $1 in\n  a) {};;\nesac",
    "export R=$({})",
    "cat <<E\n$({})\nE",
    "{} |\n  while read l; do echo $l; done",
    "bash -c '{}'",
    "date; {}; date",
    "{} \\\n  > /tmp/x",
    "while ! {}; do sleep 1; done",
)
OTHERS = ("date", "echo 'it''s'", "# a comment: don't", "A=(1 2)", "set -euo pipefail", "é=1", "")


ASKING = (
    'TOKEN=$(curl -sS -X PUT "http://169.254.169.254/latest/api/token" '
    '-H "X-aws-ec2-metadata-token-ttl-seconds: 21600")'
)


def _bash_reads(text):
    run = subprocess.run(["bash", "-n"], input=text, capture_output=True, check=False)
    return run.returncode == 0


def _edits(result):
    return [
        edit
        for found in result.found
        if found.finding.change is not None and found.finding.change.kind != "display"
        for file in found.finding.change.files
        for edit in file.edits
    ]


def _fixed(text):
    edits = _edits(ANALYSER.analyse(Document("x.sh", text), "shell"))
    return apply_edits(text, edits), edits


def _random_script(source):
    lines = ["#!/bin/bash"]
    for _ in range(source.randrange(1, 6)):
        lines.append(source.choice(OTHERS))
        command = source.choice(COMMANDS)
        around = source.choice(AROUND)
        if "'" in command and "-c '" in around:
            continue
        lines.append(around.format(command))
    text = "\n".join(lines) + "\n"
    return text.replace("\n", source.choice(("\n", "\n", "\r\n"))).encode()


@pytest.mark.skipif(shutil.which("bash") is None, reason="bash is the judge")
@pytest.mark.parametrize("seed", range(60))
def test_bash_reads_what_was_edited(seed):
    text = _random_script(random.Random(seed))  # noqa: S311  a test
    unix = text.replace(b"\r\n", b"\n")
    after, edits = _fixed(text)

    assert _bash_reads(unix)
    assert _bash_reads(after.replace(b"\r\n", b"\n"))
    assert after.count(b"\n") == after.count(b"\r\n") or b"\r\n" not in text
    again = ANALYSER.analyse(Document("x.sh", after), "shell")
    assert [found.finding.message for found in again.found if _edits(again)] == []
    assert edits or b"169" not in text or b"<<E" in text


@pytest.mark.parametrize("around", AROUND)
@pytest.mark.parametrize("command", COMMANDS)
def test_finding_stays_whatever_is_around(around, command):
    if "'" in command and "-c '" in around:
        pytest.skip("quotes in quotes")
    text = around.format(command).encode()

    assert ANALYSER.analyse(Document("x.sh", text), "shell").found


def test_all_of_a_function_share_one_token():
    text = f"f() {{\n  curl {DATA}/a\n  curl {DATA}/b\n}}\ncurl {DATA}/c\n".encode()
    after, _ = _fixed(text)

    assert after.count(b"-X PUT") == 2
    assert after.startswith(b"f() {\n  TOKEN=$(curl ")
    assert b"\n}\nTOKEN=$(curl " in after


def test_a_name_that_is_taken_is_not_taken_again():
    after, _ = _fixed(f"TOKEN=$1\ncurl {DATA}/a\necho $TOKEN\n".encode())

    assert b"\nIMDS_TOKEN=$(curl " in after
    assert b'-H "X-aws-ec2-metadata-token: $IMDS_TOKEN"' in after


def test_numbers_of_a_request_are_kept_and_nothing_else():
    text = f"curl -m 3 --retry 2 --connect-timeout $N -u a:b {DATA}/a\n"
    after, _ = _fixed(text.encode())

    assert b"TOKEN=$(curl -sS -m 3 --retry 2 -X PUT" in after
    assert after.count(b"a:b") == 1


@pytest.mark.parametrize(
    "text",
    [
        f"cat > s.sh <<E\ncurl {DATA}/a\nE\n",
        f'echo "`curl {DATA}/a`"\n',
        f"TOKEN=1 IMDS_TOKEN=2 IMDSV2_TOKEN=3 x\ncurl {DATA}/a\n",
    ],
)
def test_what_cannot_be_written_is_left_alone(text):
    assert _fixed(text.encode())[1] == []


def test_scripts_in_yaml_are_edited_in_their_indentation():
    text = f"#cloud-config\nruncmd:\n  - |\n    curl {DATA}/a\n    date\n".encode()
    document = Document("user-data.yaml", text)
    edits = _edits(ANALYSER.analyse(document, "yaml"))

    assert apply_edits(text, edits).decode().splitlines()[3:] == [
        f"    {ASKING}",
        f'    curl -H "X-aws-ec2-metadata-token: $TOKEN" {DATA}/a',
        "    date",
    ]
