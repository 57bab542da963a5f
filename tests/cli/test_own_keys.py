"""A key in the tree that this machine's AWS files hold is said to be the same, and not shown."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from credlint import samples
from tests.cli.conftest import Runner

ID = samples.key_id("AKIA", "210987654321", "own")
SECRET = samples.secret_key("own")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    home = tmp_path / "own-home"
    (home / ".aws").mkdir(parents=True)
    (home / ".aws" / "credentials").write_text(
        f"[default]\nregion = eu-west-1\n[work]\naws_access_key_id = {ID}\n"
        f"aws_secret_access_key = {SECRET}\n"
    )
    return home


def _findings(
    credlint: Runner, home: Path, path: str, **environment: str
) -> list[dict[str, object]]:
    arguments = ("scan", path, "--per-place", "--format", "json")
    done = credlint(*arguments, HOME=str(home), **environment)
    assert ID not in done.out
    assert SECRET not in done.out
    found: list[dict[str, object]] = json.loads(done.out)["findings"]
    return found


def test_the_profile_is_named_and_the_id_alone_is_an_error(
    credlint: Runner, tmp_path: Path, home: Path
) -> None:
    (tmp_path / "notes.txt").write_text(f"ask for {ID}\n")

    (finding,) = _findings(credlint, home, "notes.txt")

    assert finding["level"] == "error"
    assert str(finding["message"]).endswith(
        "It is the same key as profile work in ~/.aws/credentials."
    )


def test_another_key_is_not_said_to_be_the_same(
    credlint: Runner, tmp_path: Path, home: Path
) -> None:
    (tmp_path / "notes.txt").write_text(samples.key_id("AKIA", "210987654321", "other"))

    (finding,) = _findings(credlint, home, "notes.txt")

    assert "same key" not in str(finding["message"])


def test_a_variable_is_named(credlint: Runner, tmp_path: Path) -> None:
    (tmp_path / "a.ini").write_text(f"aws_secret_access_key = {SECRET}\n")

    (finding,) = _findings(credlint, tmp_path, "a.ini", AWS_SECRET_ACCESS_KEY=SECRET)

    assert "the variable AWS_SECRET_ACCESS_KEY of this process" in str(finding["message"])


def test_the_file_itself_is_not_compared_with_itself(credlint: Runner, home: Path) -> None:
    findings = _findings(credlint, home, str(home / ".aws" / "credentials"))

    assert [finding["code"] for finding in findings] == ["SEC104", "SEC104"]
    assert not [f for f in findings if "same key" in str(f["message"])]


def test_a_hard_coded_call_is_compared_too(credlint: Runner, tmp_path: Path, home: Path) -> None:
    (tmp_path / "app.py").write_text(
        f"import boto3\nboto3.client('s3', aws_access_key_id='{ID}', "
        f"aws_secret_access_key='{SECRET}')\n"
    )

    (finding,) = _findings(credlint, home, "app.py")

    assert finding["code"] == "SRC101"
    assert "profile work in ~/.aws/credentials" in str(finding["message"])
