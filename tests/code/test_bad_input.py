"""Bad input through the whole command: bounded, told, and never a crash, whatever is to be edited.

Time and memory are those of the command's own process (``wait4``), measured against a run over an
ordinary file of the same machine, so that a slow one does not fail.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import NamedTuple

import pytest

from credlint import samples
from tests.code.samples import can_be_read

EDIT = ("--isolated", "--no-gitignore", "--select", "SRC,IAC,RUN", "--fix=unsafe")
KEY, SECRET = samples.key_id("AKIA", "210987654321"), samples.secret_key()
# Beyond the start of the command: seconds for a megabyte that is full of faults to be edited in
# some rounds (measured: 6 at most), and bytes of memory for one (measured: 200 MiB at most).
SECONDS = 40
MEBIBYTES = 700

PYTHON = f"import boto3\nboto3.client('s3', aws_secret_access_key='{SECRET}')\n"
TEMPLATE = (
    "AWSTemplateFormatVersion: '2010-09-09'\nResources:\n"
    "  S: {Type: AWS::EC2::Instance, Properties: {ImageId: ami-1}}\n"
)
TERRAFORM = 'resource "aws_instance" "a" {\n  ami = "ami-1"\n}\n'
DOCKERFILE = f"FROM alpine\nENV AWS_SECRET_ACCESS_KEY={SECRET}\nRUN make\n"
SHELL = "#!/bin/sh\ncurl http://169.254.169.254/latest/meta-data/\n"
POD = (
    "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n  containers:\n    - name: a\n"
    f"      env:\n        - {{name: AWS_SECRET_ACCESS_KEY, value: {SECRET}}}\n---\n"
)
STEP = (
    "    runs-on: ubuntu-latest\n    steps:\n"
    "      - uses: aws-actions/configure-aws-credentials@v4\n        with:\n"
    "          aws-access-key-id: ${{ secrets.A }}\n"
    "          aws-secret-access-key: ${{ secrets.B }}\n          aws-region: eu-west-1\n"
)
ORDINARY = {"a.py": PYTHON, "a.yaml": TEMPLATE, "main.tf": TERRAFORM, "a.sh": SHELL}


class Done(NamedTuple):
    """What a run gave: its report, processor seconds, MiB, and whether the file was changed."""

    code: int
    report: dict
    seconds: float
    mebibytes: float
    changed: bool


@pytest.fixture
def scan(tmp_path):
    tree = tmp_path / "tree"

    def run(uri, data):
        path = tree / uri
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data.encode() if isinstance(data, str) else data)
        before = path.read_bytes()
        # By a small process of its own: what this one has in memory would count as the child's.
        measure = (
            "import os, sys\n"
            "pid = os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ)\n"
            "_, status, used = os.wait4(pid, 0)\n"
            "print(used.ru_maxrss, used.ru_utime + used.ru_stime, file=sys.stderr)\n"
            "sys.exit(os.waitstatus_to_exitcode(status))\n"
        )
        command = [sys.executable, "-m", "credlint", "scan", *EDIT, "--format", "json"]
        done = subprocess.run(
            [sys.executable, "-S", "-c", measure, *command],
            cwd=tree,
            env={**os.environ, "HOME": str(tmp_path)},
            capture_output=True,
            check=False,
            timeout=240,
        )
        *faults, used = done.stderr.decode().splitlines()
        memory, seconds = map(float, used.split())
        report = json.loads(done.stdout)

        assert faults == []
        assert done.returncode in (0, 1)
        assert [skip for skip in report["skipped"] if skip["code"] == "RUN902"] == []
        changed = path.read_bytes() != before
        return Done(done.returncode, report, seconds, memory / 1024, changed)

    return run


def told(done):
    return {skip["code"] for skip in done.report["skipped"]}


def needs(uri):
    if not can_be_read({"path": uri}):
        pytest.skip("there is no reader for it on this Python")


DEEP = 20_000
ENTITIES = '<!DOCTYPE a [<!ENTITY a "b"><!ENTITY b "&a;&a;">]>'
NOT_READ = {
    "Python 2": ("a.py", PYTHON + "print 'x'\n"),
    "a template of Python": ("a.py", "{% if x %}\n" + PYTHON + "{% endif %}\n"),
    "3 MB in one line": (
        "a.py",
        "import boto3; " + "boto3.client('s3', aws_session_token=token); " * 65_000,
    ),
    "brackets in Python": ("a.py", f"{PYTHON}x = {'(' * DEEP}{')' * DEEP}\n"),
    "signs in Python": ("a.py", f"{PYTHON}x = {'-' * DEEP}1\n"),
    "attributes in Python": ("a.py", f"{PYTHON}x = a{'.b' * 100_000}\n"),
    "sums in Python": ("a.py", f"{PYTHON}x = {'1 + ' * 50_000}1\n"),
    "lists in YAML": ("a.yaml", f"{TEMPLATE}x: {'[' * 100_000}{']' * 100_000}\n"),
    "mappings in YAML": ("a.yaml", f"{TEMPLATE}x: {'{a: ' * 100_000}{'}' * 100_000}\n"),
    "blocks in YAML": (
        "a.yaml",
        f"{TEMPLATE}x:\n" + "".join(" " * (depth + 1) + "a:\n" for depth in range(1_500)),
    ),
    "a template of YAML": ("a.yaml", "{{- if .Values.x }}\n" + TEMPLATE + "{{- end }}\n"),
    "lists in JSON": (
        "a.json",
        '{"Resources": {"S": {"Type": "AWS::EC2::Instance"}}, "x": '
        + "[" * 1_000_000
        + "]" * 1_000_000
        + "}",
    ),
    "50 MB of JSON": (
        "a.json",
        '{"Resources": {"S": {"Type": "AWS::EC2::Instance"}}, "x": "' + "y" * 52_000_000 + '"}',
    ),
    "an open heredoc in HCL": ("main.tf", f"{TERRAFORM}resource a b {{\n  user_data = <<EOF\n x\n"),
    "many open heredocs in HCL": ("main.tf", TERRAFORM + "x = <<A\n" * 20_000),
    "blocks in HCL": ("main.tf", TERRAFORM + "a {\n" * DEEP + "}\n" * DEEP),
    "open templates in HCL": ("main.tf", TERRAFORM + "locals { x = " + '"${' * DEEP),
    "a template of HCL": ("main.tf", "{% for x in y %}\n" + TERRAFORM + "{% endfor %}\n"),
    "a notebook cut off": (
        "a.ipynb",
        '{"cells": [{"cell_type": "code", "source": ["import boto3\\n", "aws_secret_access_key"',
    ),
    "half a character in a notebook": (
        "a.ipynb",
        '{"cells": [{"cell_type": "code", "source": ["boto3 \\ud800 aws_secret_access_key"]}]}',
    ),
    "instructions in a Dockerfile": ("Dockerfile", "FROM a\n" + "ENV AWS_PROFILE=a\n" * 50_000),
    "heredocs in a shell": ("a.sh", "#!/bin/sh\n" + "cat <<A\n" * DEEP + SHELL),
    "commands in a shell": ("a.sh", f"{SHELL}{'$(' * DEEP}{SHELL}{')' * DEEP}"),
    "entities in XML": (
        "core-site.xml",
        f"{ENTITIES}<configuration><property><name>fs.s3a.access.key</name><value>&b;</value>",
    ),
}


@pytest.mark.parametrize("case", NOT_READ)
def test_what_is_not_read_is_told(scan, case):
    uri, data = NOT_READ[case]
    needs(uri)
    done = scan(uri, data)

    assert "RUN907" in told(done)
    assert done.seconds < SECONDS
    assert done.mebibytes < MEBIBYTES


BOMB = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{number + 1}: &a{number + 1} [{', '.join([f'*a{number}'] * 9)}]\n" for number in range(30)
)
MERGED = "m0: &m0 {a: 1}\n" + "".join(
    f"m{number + 1}: &m{number + 1} {{<<: [*m{number}, *m{number}], k{number}: 1}}\n"
    for number in range(60)
)
READ = {
    "an alias bomb": ("a.yaml", BOMB + TEMPLATE),
    "merged mappings": ("a.yaml", MERGED + TEMPLATE),
    "an alias of its own": ("a.yaml", "a: &a\n  b: *a\n  c: [*a, *a]\n" + TEMPLATE),
    "lists in HCL": ("main.tf", f"{TERRAFORM}locals {{\n x = {'[' * DEEP}{']' * DEEP}\n}}\n"),
    "a line on 100,000 lines": (
        "Dockerfile",
        "FROM a\nENV AWS_SECRET_ACCESS_KEY=" + SECRET + " \\\n" + " X=1 \\\n" * 100_000 + "\n",
    ),
    "quotes in a shell": ("a.sh", SHELL + "'\"`" * 50_000),
    "shells in a shell": ("a.sh", SHELL + "bash -c '" * 5_000),
}


@pytest.mark.parametrize("case", READ)
def test_what_is_read_in_spite_of_it_is_edited_once(scan, case):
    uri, data = READ[case]
    needs(uri)
    first, second = scan(uri, data), scan(uri, data)

    assert (first.changed, second.changed) == (True, False)
    assert first.seconds < SECONDS
    assert first.mebibytes < MEBIBYTES


MANY = {
    "main.tf": lambda count: "".join(
        TERRAFORM.replace('"a"', f'"a{number}"') for number in range(count)
    ),
    "pods.yaml": lambda count: POD * count,
    "a.py": lambda count: "import boto3\n" + PYTHON.splitlines()[1].join("\n" * count),
    "Dockerfile": lambda count: "FROM a\n" + f"ENV AWS_SECRET_ACCESS_KEY={SECRET}\n" * count,
    "a.sh": lambda count: SHELL * count,
    ".github/workflows/a.yml": lambda count: (
        "on: push\njobs:\n" + "".join(f"  j{number}:\n{STEP}" for number in range(count))
    ),
}


@pytest.mark.parametrize("uri", MANY)
def test_time_grows_with_the_number_of_findings(scan, uri, tmp_path):
    """Eight times as many within the bound of findings: not sixty-four times the time."""
    needs(uri)
    start = min(scan("start/a.txt", "x").seconds for _ in range(2))
    few = scan(f"few/{uri}", MANY[uri](110))
    (tmp_path / "tree" / "few" / uri).unlink()
    many = scan(f"many/{uri}", MANY[uri](880))

    assert (few.changed, many.changed) == (True, True)
    # A tenth of a second is what two starts may differ by.
    assert many.seconds - start < 20 * (few.seconds - start + 0.1)
    assert many.mebibytes < MEBIBYTES


def test_more_findings_than_a_run_tells_are_told_and_edited_in_rounds(scan):
    uri, data = "many.yaml", POD * 2_500
    first = scan(uri, data)
    second = scan(uri, data)

    assert first.changed
    assert (second.changed, second.report["findings"], told(second)) == (False, [], set())
    assert first.seconds < SECONDS


@pytest.mark.parametrize(
    "uri", ["a.py", "a.yaml", "main.tf", "a.sh", "Dockerfile", ".github/workflows/a.yml"]
)
@pytest.mark.parametrize("form", ["crlf", "bom", "latin-1", "no last line end"])
def test_every_other_byte_stays_in_any_form(scan, tmp_path, uri, form):
    needs(uri)
    text = {**ORDINARY, "Dockerfile": DOCKERFILE}.get(uri, f"on: push\njobs:\n  j:\n{STEP}")
    plain, other = scan(f"plain/{uri}", text), tmp_path / "tree" / "plain" / uri
    expected = other.read_bytes()
    forms = {
        "crlf": lambda data: data.replace(b"\n", b"\r\n"),
        "bom": lambda data: b"\xef\xbb\xbf" + data,
        "latin-1": lambda data: data + b"# \xe9\n",
        "no last line end": lambda data: data.rstrip(b"\n") + b"\n#",
    }
    made = scan(f"made/{uri}", forms[form](text.encode()))

    assert (plain.changed, made.changed) == (True, True)
    assert (tmp_path / "tree" / "made" / uri).read_bytes() == forms[form](expected)


@pytest.mark.parametrize("uri", ["a.yaml", "main.tf", "a.sh", "Dockerfile"])
def test_utf16_is_told_and_never_edited(scan, uri):
    needs(uri)
    text = {**ORDINARY, "Dockerfile": DOCKERFILE}[uri]
    done = scan(uri, text.encode("utf-16"))

    assert not done.changed
    assert done.report["findings"] or "RUN907" in told(done)
    assert {finding["fix"] for finding in done.report["findings"]} <= {"display", "none"}


def test_a_dockerfile_with_nul_bytes_is_counted_as_binary(scan):
    done = scan("Dockerfile", DOCKERFILE.replace("make", "ma\0ke"))

    assert (done.changed, done.report["summary"]["binary_files"]) == (False, 1)


@pytest.mark.skipif(not hasattr(os, "symlink"), reason="needs links")
def test_links_are_not_written_through(scan, tmp_path):
    outside = tmp_path / "outside.py"
    outside.write_text(PYTHON)
    (tmp_path / "tree").mkdir()
    (tmp_path / "tree" / "link.py").symlink_to(outside)
    scan("other.txt", "x")

    assert outside.read_text() == PYTHON
    assert (tmp_path / "tree" / "link.py").is_symlink()


def test_a_file_that_is_read_only_is_told(scan, tmp_path):
    path = tmp_path / "tree" / "a.py"
    path.parent.mkdir()
    path.write_text(PYTHON)
    path.chmod(0o444)
    if os.access(path, os.W_OK):
        pytest.skip("nothing is read-only for this user")
    done = scan("a.py", PYTHON)

    assert not done.changed
    assert done.report["notes"][0] == "Not edited: a.py: it is read-only."
