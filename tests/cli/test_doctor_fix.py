"""``doctor --fix`` on a home directory of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from credlint.cli.outlet import Conclusions
from credlint.cli.repairs import repaired
from credlint.model.finding import Finding
from credlint.model.lean_dataclasses import replace
from credlint.model.location import HOME, Location

CONFIG = """[dev]
region = eu-west-1 # here
  output = json
[DEFAULT]
region = "eu-west-1"
"""
CREDENTIALS = '[profile dev]\naws_access_key_id = "AKIAIOSFODNN7EXAMPLE"\n'


@pytest.fixture
def home(tmp_path):
    folder = tmp_path / ".aws"
    folder.mkdir(mode=0o755)
    (folder / "config").write_text(CONFIG)
    (folder / "credentials").write_text(CREDENTIALS)
    (folder / "credentials").chmod(0o644)
    return folder


def doctor(home, *arguments):
    environment = {
        "HOME": str(home.parent),
        "PATH": os.environ["PATH"],
        "PYTHONPATH": os.environ.get("PYTHONPATH", os.getcwd()),  # noqa: PTH109
    }
    command = [sys.executable, "-m", "credlint", "doctor", "--sdk", "boto3", "--no-network"]
    done = subprocess.run(
        [*command, *arguments],
        env=environment,
        cwd=home.parent,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr == ""
    return done.stdout


def codes(text):
    return {finding["code"] for finding in json.loads(text)["findings"]}


def test_lines_and_modes_are_repaired_and_judged_again(home):
    text = doctor(home, "--fix", "--format", "json")

    assert (home / "config").read_text() == (
        "[profile dev]\n# here\nregion = eu-west-1\noutput = json\n[default]\nregion = eu-west-1\n"
    )
    assert (home / "credentials").read_text() == "[dev]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\n"
    assert not codes(text) & {"CHN202", "CHN203", "CHN206", "CHN208", "CHN209", "CHN210"}
    notes = json.loads(text)["notes"]
    assert "Edited ~/.aws/config:1 CHN202: Write the section as [profile NAME]." in notes


def test_second_run_changes_nothing(home):
    doctor(home, "--fix")
    before = [(path.read_bytes(), path.stat().st_mtime_ns) for path in sorted(home.iterdir())]
    text = doctor(home, "--fix")

    assert [(p.read_bytes(), p.stat().st_mtime_ns) for p in sorted(home.iterdir())] == before
    assert "Edited" not in text


def test_diff_writes_nothing_and_shows_no_value(home):
    text = doctor(home, "--diff")

    assert (home / "config").read_text() == CONFIG
    assert text.startswith("--- a/~/.aws/config")
    assert "+[profile dev]" in text
    assert "-aws_access_key_id =[REDACTED]" in text
    assert "AKIAIOSFODNN7EXAMPLE" not in text


def test_link_is_left_alone(home):
    (home / "config").rename(home / "real")
    (home / "config").symlink_to("real")
    text = doctor(home, "--fix")

    assert (home / "real").read_text() == CONFIG
    assert "Not edited: ~/.aws/config: it is a link." in " ".join(text.split())


@pytest.mark.parametrize("writes", [True, False])
def test_modes_lose_what_others_may(home, monkeypatch, writes):
    """In-process: in a container, root's own files are not told to be too open."""
    monkeypatch.setenv("HOME", str(home.parent))
    finding = Finding(
        "HST202", "n", "error", "M.", Location("file", ".aws/credentials", HOME), remedy="R"
    )
    before = Conclusions("doctor", (finding,), examined=True)
    after = repaired(before, lambda: replace(before, findings=()), writes=writes)

    assert (home / "credentials").stat().st_mode & 0o777 == (0o600 if writes else 0o644)
    word = "Changed" if writes else "Would change"
    assert after.notes == (f"{word} ~/.aws/credentials HST202: mode 0644 to 0600.",)
    assert after.findings == (() if writes else (finding,))
