"""``credlint demo`` shows the shadowed role and leaves its reports in its own folder."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli.conftest import Runner


def test_the_demo_tells_the_story(credlint: Runner) -> None:
    done = credlint("demo")

    assert done.code == 0, done.err
    assert "Instance role app-reader is never used." in done.out
    assert "CHN101" in done.out
    assert "SRC101" in done.out


def test_the_demo_leaves_both_reports(credlint: Runner, tmp_path: Path) -> None:
    credlint("demo", "--directory", "show")

    report = json.loads((tmp_path / "show" / "report.json").read_text())
    sarif = json.loads((tmp_path / "show" / "report.sarif").read_text())
    codes = {finding["code"] for finding in report["findings"]}
    assert {"CHN101", "CHN110", "SEC110", "SRC101"} <= codes
    assert {result["ruleId"] for result in sarif["runs"][0]["results"]} == codes


def test_no_check_crashes_on_the_demo(credlint: Runner) -> None:
    done = credlint("demo")

    assert "RUN902" not in done.out


def test_the_demo_writes_only_its_folder(credlint: Runner, tmp_path: Path) -> None:
    credlint("demo", "--directory", "show")

    assert sorted(path.name for path in tmp_path.iterdir()) == ["empty-home", "show"]
    assert list((tmp_path / "empty-home").iterdir()) == []


def test_the_demo_reads_nothing_of_the_caller(credlint: Runner) -> None:
    done = credlint("demo", AWS_PROFILE="callers-profile", AWS_ACCESS_KEY_ID="callers-key")

    assert "callers" not in done.out


def test_a_folder_with_other_things_is_refused(credlint: Runner, tmp_path: Path) -> None:
    (tmp_path / "work").mkdir()
    (tmp_path / "work" / "mine.txt").write_text("mine")

    done = credlint("demo", "--directory", "work")

    assert done.code == 2
    assert sorted(path.name for path in (tmp_path / "work").iterdir()) == ["mine.txt"]
