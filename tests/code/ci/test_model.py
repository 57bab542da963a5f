"""Permissions, runners, names and expressions as GitHub reads them; hostile files."""

from __future__ import annotations

import time

import pytest

from credlint import samples
from credlint.code.analysis import Analyser
from credlint.code.ci.github.permissions import grant_of
from credlint.code.ci.github.workflow import read_workflow
from credlint.code.ci.written import secrets_of
from credlint.code.credential_names import kind_of_spelling
from credlint.code.file_names import is_test
from credlint.code.marked.yaml_reader import read
from credlint.code.other_stores import goes_elsewhere, is_other_owner
from credlint.model.document import Document
from credlint.rulebook import load_rules

ALL = Analyser(
    rule for rule in load_rules(("iac",)) if rule.id in ("IAC116", *(f"IAC12{n}" for n in range(8)))
)
PATHS = (
    ".github/workflows/a.yml",
    "action.yml",
    ".gitlab-ci.yml",
    ".circleci/config.yml",
    "bitbucket-pipelines.yml",
    "azure-pipelines.yml",
    ".drone.yml",
    ".travis.yml",
)


def workflow(text):
    return read_workflow(read(text.encode(), "a.yml").roots[0])


@pytest.mark.parametrize(
    ("of_workflow", "of_job", "triggers", "expected"),
    [
        ("", "", "push", "none"),
        ("", "", "workflow_call", "caller"),
        ("", "", "[push, workflow_call]", "none"),
        ("write-all", "", "push", "write"),
        ("read-all", "", "push", "none"),
        ("{id-token: write}", "", "push", "write"),
        ("{id-token: write}", "{contents: read}", "push", "none"),
        ("{contents: read}", "{id-token: write}", "push", "write"),
        ("{id-token: write}", "{}", "push", "none"),
        ("{}", "", "workflow_call", "none"),
        ("{id-token: '${{ x }}'}", "", "push", ""),
    ],
)
def test_permissions_of_the_job_replace_those_of_the_workflow(
    of_workflow, of_job, triggers, expected
):
    text = f"on: {triggers}\n"
    text += f"permissions: {of_workflow}\n" if of_workflow else ""
    text += "jobs:\n  a:\n    runs-on: ubuntu-latest\n"
    text += f"    permissions: {of_job}\n" if of_job else ""
    made = workflow(text)

    assert grant_of(made, made.jobs[0]).value == expected


@pytest.mark.parametrize(
    ("runs_on", "expected"),
    [
        ("ubuntu-latest", "hosted"),
        ("[windows-2022]", "hosted"),
        ("ubuntu-latest-16-cores", "hosted"),
        ("[self-hosted, linux]", "self-hosted"),
        ("{labels: [self-hosted]}", "self-hosted"),
        ("{group: big}", ""),
        ("fast", ""),
        ("ubuntu-on-ec2", ""),
        ("${{ inputs.runner }}", ""),
        ("${{ matrix.os }}", "hosted"),
        ("${{ matrix.other }}", ""),
    ],
)
def test_runners(runs_on, expected):
    text = (
        f"on: push\njobs:\n  a:\n    runs-on: {runs_on}\n    strategy:\n      matrix:\n"
        "        os: [ubuntu-latest]\n        include: [{os: macos-14}]\n"
    )

    assert workflow(text).jobs[0].runner() == expected


def test_names():
    assert kind_of_spelling("aws-secret-access-key") == "AWS_SECRET_ACCESS_KEY"
    assert kind_of_spelling("aws_access_key_id") == "AWS_ACCESS_KEY_ID"
    assert kind_of_spelling("AWS_REGION") == ""
    assert secrets_of("${{ secrets.A || secrets['B'] }}") == ("A", "?")
    assert secrets_of("secrets.A") == ()
    assert is_other_owner("R2_ACCESS_KEY")
    assert is_other_owner("PROD_MINIO_SECRET")
    assert not is_other_owner("PRODUCTION_AWS_SECRET_ACCESS_KEY")
    assert not is_other_owner("DOCKER_KEY")


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (b"aws --endpoint-url https://x.example s3 ls", True),
        (b"AWS_ENDPOINT_URL: ${{ vars.X }}", True),
        (b"endpoint=https://s3.eu-west-1.amazonaws.com", False),
        (b"https://x.r2.cloudflarestorage.com", True),
        (b"aws ec2 create-vpc-endpoint --vpc-id x", False),
        (b"aws sagemaker describe-endpoint", False),
    ],
)
def test_other_stores(source, expected):
    assert goes_elsewhere(source) == expected


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        (".github/workflows/test.yml", False),
        ("testing-tools/a.yml", False),
        ("tests/a.yml", True),
        ("a/spec/b.rb", True),
        ("test_a.py", True),
        ("package_tests/fake.py", True),
        ("test_tools/stubber.py", True),
        ("ab_test/run.py", False),
        ("src/latest/run.py", False),
    ],
)
def test_a_file_is_of_a_test_by_its_folder(path, expected):
    assert is_test(path) == expected


HOSTILE = (
    "",
    "jobs:",
    "jobs: {a: {steps: [null, 1, [], {with: 3, env: [], uses: {}, run: []}]}}",
    "on: [{}]\njobs: {a: [], b: null, c: {runs-on: {labels: {}}, permissions: []}}",
    "jobs: &a {b: *a}",
    "runs: {steps: {}}\njobs: 1",
    "variables: [1, {name: [], value: {}}]\nscript: {a: b}",
    "orbs: {a: {b: c}}\njobs: [{steps: [a/setup: 1]}]",
    "env: {global: {AWS_SECRET_ACCESS_KEY: {secure: x}}}\ndeploy: [s3, {provider: s3}]",
    "steps: [{image: plugins/s3, settings: {secret_key: [], access_key: {from_secret: {}}}}]",
    "jobs:\n  a:\n    env:\n      AWS_SECRET_ACCESS_KEY:\n",
    "? [a]\n: b\n? {AWS_SECRET_ACCESS_KEY: x}\n: y\n",
)


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("text", HOSTILE)
def test_wrong_shapes_are_read_over(path, text):
    result = ALL.analyse(Document(path, text.encode()), "yaml")

    assert [skip.reason for skip in result.skipped if skip.code == "RUN902"] == []


@pytest.mark.parametrize("path", PATHS)
def test_large_files_take_time_by_their_size(path):
    step = (
        "      - uses: aws-actions/configure-aws-credentials@v6\n"
        "        with: {aws-access-key-id: '${{ secrets.A }}',"
        " aws-secret-access-key: '${{ secrets.B }}'}\n"
        "        env: {AWS_SECRET_ACCESS_KEY: '${{ secrets.B }}', AWS_ACCESS_KEY_ID: $A}\n"
        "        script: ['export AWS_SECRET_ACCESS_KEY=$A AWS_ACCESS_KEY_ID=$B']\n"
    )

    def seconds(count):
        data = ("jobs:\n  a:\n    steps:\n" + step * count).encode()
        start = time.process_time()
        ALL.analyse(Document(path, data), "yaml")
        return time.process_time() - start

    seconds(10)
    assert seconds(1600) < 12 * seconds(400) + 0.5


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("azure-pipelines.yml", "variables:\n  AWS_SECRET_ACCESS_KEY: ${{ '%s' }}\n"),
        ("azure-pipelines.yml", "variables:\n  AWS_SECRET_ACCESS_KEY: $(%s)\n"),
        (
            ".circleci/config.yml",
            "orbs: {a: circleci/aws-cli@3}\nsteps:\n  - a/setup: {aws-secret-access-key: %s}\n",
        ),
        (
            ".circleci/config.yml",
            "orbs: {a: circleci/aws-cli@3}\nsteps:\n  - a/setup: {aws-secret-access-key: '<%s>'}\n",
        ),
        (".gitlab-ci.yml", "variables:\n  AWS_SECRET_ACCESS_KEY: %s\n"),
        (".gitlab-ci.yml", "a:\n  script: export AWS_SECRET_ACCESS_KEY=%s\n"),
        (
            ".drone.yml",
            "steps:\n- image: plugins/s3\n  settings: {secret_key: {from_secret: %s}}\n",
        ),
        (".travis.yml", "deploy: {provider: s3, secret_access_key: '%s'}\n"),
        (".github/workflows/a.yml", "jobs: {a: {env: {AWS_SECRET_ACCESS_KEY: '%s'}}}\n"),
        (
            ".github/workflows/a.yml",
            "jobs: {a: {env: {AWS_SECRET_ACCESS_KEY: \"${{ secrets.A || '%s' }}\"}}}\n",
        ),
    ],
)
def test_no_finding_shows_a_key(path, text):
    key = samples.secret_key("abc").replace("+", "a").replace("/", "b")
    result = ALL.analyse(Document(path, (text % key).encode()), "yaml", has_key=True)

    assert result.found
    assert key not in repr(result.found)
    assert key not in repr(result.skipped)
