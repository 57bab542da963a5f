"""One row for each secret, through the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from credlint import samples

KEY_ID = samples.key_id("AKIA", "123456789012", "rows")
SECRET = samples.secret_key("rows")
OTHER = samples.secret_key("another")


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    (tmp_path / "b").mkdir()
    for name in ("a.env", "b/copy.env", "z.env"):
        text = f"AWS_ACCESS_KEY_ID={KEY_ID}\nAWS_SECRET_ACCESS_KEY={SECRET}\n"
        (tmp_path / name).write_text(text)
    (tmp_path / "other.env").write_text(f"AWS_SECRET_ACCESS_KEY={OTHER}\n")
    (tmp_path / "app.py").write_text(
        f"import boto3\nboto3.client('s3', aws_secret_access_key='{SECRET}',\n"
        f"             aws_access_key_id='{KEY_ID}')\n"
    )
    return tmp_path


def scan(credlint, *arguments: str) -> dict:
    return json.loads(credlint("scan", ".", "--format", "json", *arguments).out)


@pytest.mark.usefixtures("tree")
def test_each_secret_is_one_row_with_all_its_places(credlint):
    report = scan(credlint)
    rows = {(f["code"], f["location"]["uri"]): f for f in report["findings"]}

    # The call that is given the secret key is one more place of that key.
    assert set(rows) == {("SRC101", "app.py"), ("SEC110", "a.env"), ("SEC110", "other.env")}
    assert [p["location"]["uri"] for p in rows["SRC101", "app.py"]["also"]] == [
        "a.env", "b/copy.env", "z.env",
    ]  # fmt: skip
    assert (report["summary"]["findings"], report["summary"]["places"]) == (3, 8)


@pytest.mark.usefixtures("tree")
def test_per_place_gives_a_row_to_each(credlint):
    report = scan(credlint, "--per-place")

    assert (report["summary"]["findings"], report["summary"]["places"]) == (8, 8)
    assert not any(finding["also"] for finding in report["findings"])


@pytest.mark.usefixtures("tree")
def test_two_runs_give_the_same_report(credlint):
    """The identities of a run come from a random key: nothing of it may show."""
    for form in ("text", "json", "sarif"):
        first, second = (credlint("scan", ".", "--format", form).out for _ in range(2))
        assert first == second


def test_an_ignored_place_is_suppressed_and_the_others_stay(credlint, tree):
    (tree / "a.env").write_text(
        f"# credlint: ignore[SEC110] a fixture\nAWS_SECRET_ACCESS_KEY={SECRET}\n"
    )
    (tree / "other.env").write_text(
        f"# credlint: ignore[SEC110] a fixture\nAWS_SECRET_ACCESS_KEY={OTHER}\n"
    )
    report = scan(credlint)
    rows = {f["code"]: f for f in report["findings"]}

    assert [s["location"]["uri"] for s in report["suppressed"]] == ["a.env", "other.env"]
    assert "SEC102" not in rows  # the other secret is wholly ignored
    assert [p["location"]["uri"] for p in rows["SRC101"]["also"]] == ["b/copy.env", "z.env"]
