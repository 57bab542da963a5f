"""``credlint scan`` as a process: inputs, exit codes, outputs."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from credlint import samples
from tests.cli.conftest import Runner

PAIR = f"AWS_ACCESS_KEY_ID={samples.key_id()}\nAWS_SECRET_ACCESS_KEY={samples.secret_key()}\n"


def codes(report: str) -> list[str]:
    return sorted({finding["code"] for finding in json.loads(report)["findings"]})


def test_a_clean_tree_exits_0(credlint: Runner, tmp_path: Path) -> None:
    tree = tmp_path / "tree"
    tree.mkdir()
    (tree / "a.txt").write_text("nothing\n")

    done = credlint("scan", cwd=tree)

    assert (done.code, done.err) == (0, "")
    assert "No findings" in done.out


def test_a_key_exits_1_and_names_its_place(credlint: Runner, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text(PAIR)

    done = credlint("scan", ".env", "--format", "json")

    assert done.code == 1
    assert codes(done.out) == ["SEC110"]
    assert json.loads(done.out)["findings"][0]["location"]["uri"] == ".env"


def test_a_size_may_be_written_as_in_the_configuration(credlint: Runner, tmp_path: Path) -> None:
    (tmp_path / "big.txt").write_text("x" * 3000)

    done = credlint("scan", ".", "--max-file-size", "2kB", "--format", "json")
    wrong = credlint("scan", ".", "--max-file-size", "much")

    skipped = {entry["path"]: entry["reason"] for entry in json.loads(done.out)["skipped"]}
    assert skipped == {"big.txt": "3,000 bytes, more than the limit of 2,000"}
    assert wrong.err == (
        'credlint: --max-file-size must be a number of bytes or a size such as "10MB"\n'
    )


def test_an_empty_tree_exits_3(credlint: Runner, tmp_path: Path) -> None:
    tree = tmp_path / "tree"
    tree.mkdir()

    done = credlint("scan", str(tree))

    assert done.code == 3
    assert "nothing was examined" in done.err


def test_a_path_that_is_not_there_exits_2_in_one_line(credlint: Runner) -> None:
    done = credlint("scan", "nowhere")

    assert done.code == 2
    assert done.out == ""
    assert len(done.err.splitlines()) == 1
    assert "nowhere" in done.err


def test_what_cannot_be_read_is_told_and_fails_only_strict_runs(
    credlint: Runner, tmp_path: Path
) -> None:
    tree = tmp_path / "tree"
    tree.mkdir()
    (tree / "a.txt").write_text("nothing\n")
    os.mkfifo(tree / "pipe")
    (tree / "huge.txt").write_text("x" * 2000)

    relaxed = credlint("scan", "--max-file-size", "1000", cwd=tree)
    strict = credlint("scan", "--max-file-size", "1000", "--strict", cwd=tree)

    assert (relaxed.code, strict.code) == (0, 2)
    assert "huge.txt" in relaxed.out
    assert "skipped" in relaxed.out


def test_standard_input_is_scanned(credlint: Runner) -> None:
    done = credlint("scan", "-", "--format", "json", stdin=PAIR)

    assert done.code == 1
    assert codes(done.out) == ["SEC101", "SEC102"]
    assert json.loads(done.out)["findings"][0]["location"]["kind"] == "stdin"


def test_staged_reads_the_index_and_not_the_working_tree(credlint: Runner, tmp_path: Path) -> None:
    repository = tmp_path / "repository"
    repository.mkdir()
    subprocess.run(["git", "init", "-q"], cwd=repository, check=True)
    (repository / "staged.env").write_text(PAIR)
    subprocess.run(["git", "add", "."], cwd=repository, check=True)
    (repository / "staged.env").write_text("clean now\n")
    (repository / "unstaged.env").write_text(PAIR)

    done = credlint("scan", "--staged", "--format", "json", cwd=repository)

    uris = {finding["location"]["uri"] for finding in json.loads(done.out)["findings"]}
    assert (done.code, uris) == (1, {"staged.env"})


def test_staged_outside_a_repository_exits_2(credlint: Runner, tmp_path: Path) -> None:
    done = credlint("scan", "--staged", cwd=tmp_path, GIT_CEILING_DIRECTORIES=str(tmp_path))

    assert done.code == 2
    assert len(done.err.splitlines()) == 1


def test_the_hook_without_anything_staged_passes(credlint: Runner, tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)

    assert credlint("scan", "--hook").code == 0


def test_an_inline_ignore_hides_and_is_counted(credlint: Runner, tmp_path: Path) -> None:
    line = f"key = {samples.key_id()}  # credlint: ignore[SEC101] a fixture of ours\n"
    (tmp_path / "a.ini").write_text(line)

    hidden = credlint("scan", "a.ini")
    shown = credlint("scan", "a.ini", "--no-ignores")

    assert (hidden.code, shown.code) == (0, 1)
    assert "1 suppressed" in hidden.out


def test_select_names_rules_and_refuses_unknown_ones(credlint: Runner, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text(PAIR)

    chosen = credlint("scan", ".env", "--select", "aws-secret-access-key", "--format", "json")
    unknown = credlint("scan", ".env", "--select", "SEC999")

    assert codes(chosen.out) == ["SEC102"]
    assert unknown.code == 2
    assert "SEC999" in unknown.err


def test_fail_on_never_shows_and_passes(credlint: Runner, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text(PAIR)

    done = credlint("scan", ".env", "--fail-on", "never")

    assert done.code == 0
    assert "SEC110" in done.out


def test_two_formats_in_one_run(credlint: Runner, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text(PAIR)

    done = credlint(
        *("scan", ".env", "--format", "json", "-o", "a.json", "--format", "sarif", "-o", "a.sarif")
    )

    assert (done.code, done.out) == (1, "")
    results = json.loads((tmp_path / "a.sarif").read_text())["runs"][0]["results"]
    findings = json.loads((tmp_path / "a.json").read_text())["findings"]
    assert [result["ruleId"] for result in results] == [finding["code"] for finding in findings]


def test_a_report_that_cannot_be_written_exits_2(credlint: Runner, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("x\n")

    done = credlint("scan", "a.txt", "-o", "nowhere/report.txt")

    assert done.code == 2
    assert "nowhere/report.txt" in done.err


def test_an_interrupted_run_exits_130_and_leaves_the_old_report(tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    report.write_text("old")
    command = [sys.executable, "-m", "credlint", "scan", "-", "--format", "json", "-o", str(report)]
    process = subprocess.Popen(
        command, cwd=tmp_path, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    # The process waits for its input: there is nothing to hurry for but the start.
    time.sleep(1.0)
    process.send_signal(signal.SIGINT)
    _, error = process.communicate(timeout=20)

    assert process.returncode == 130
    assert error.decode().strip() == "credlint: interrupted"
    assert report.read_text() == "old"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["report.json"]


def test_a_reader_that_goes_away_is_no_traceback(tmp_path: Path) -> None:
    for number in range(200):
        (tmp_path / f"{number}.env").write_text(PAIR)
    done = subprocess.run(
        f"{sys.executable} -m credlint scan . | head -1",
        shell=True,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.stderr == ""
    assert "SEC110" in done.stdout


def test_no_rule_of_scan_is_no_all_clear(credlint: Runner, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text(PAIR)

    for options in (("--select", "CHN101"), ("--ignore", "ALL")):
        done = credlint("scan", ".env", *options)

        assert done.code == 3
        assert "no rule of scan is selected" in done.err


def test_a_threshold_that_is_none_is_told(credlint: Runner) -> None:
    done = credlint("scan", ".", "--fail-on", "hihg")

    assert done.code == 2
    assert done.err == (
        "credlint: --fail-on must be one of low, medium, high, critical, note, warning, error, "
        'never, did you mean "high"?\n'
    )


def test_the_hook_takes_the_configuration_of_the_repository(
    credlint: Runner, tmp_path: Path
) -> None:
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "credlint.toml").write_text('ignore = ["SEC"]')
    (tmp_path / "sub" / "a").write_text("nothing")
    (tmp_path / ".env").write_text(PAIR)

    assert credlint("scan", "--hook", "sub/a", ".env").code == 1


def test_a_secret_is_paired_though_the_rule_of_ids_is_off(credlint: Runner, tmp_path: Path) -> None:
    (tmp_path / "pair").write_text(f"{samples.key_id()} {samples.secret_key()}\n")

    only_secret = json.loads(credlint("scan", "pair", "--ignore", "SEC101", "--format", "json").out)
    only_id = json.loads(credlint("scan", "pair", "--ignore", "SEC102", "--format", "json").out)

    assert [finding["code"] for finding in only_secret["findings"]] == ["SEC102"]
    assert [(f["code"], f["level"]) for f in only_id["findings"]] == [("SEC101", "error")]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
@pytest.mark.parametrize("redirection", ["> /dev/full", ">&-"])
def test_an_output_that_takes_nothing_is_one_line_and_exit_2(
    tmp_path: Path, redirection: str
) -> None:
    (tmp_path / ".env").write_text(PAIR)
    done = subprocess.run(
        f"{sys.executable} -m credlint scan . {redirection}",
        shell=True,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, len(done.stderr.splitlines())) == (2, 1)
    assert "standard output" in done.stderr


@pytest.mark.parametrize("folder", ["sub", "."])
def test_paths_of_a_configuration_are_relative_to_its_folder(
    credlint: Runner, tmp_path: Path, folder: str
) -> None:
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    (tmp_path / "credlint.toml").write_text(
        'exclude = ["/sub/left.env"]\n[per-file-ignores]\n"sub/known.env" = ["SEC"]\n'
    )
    (tmp_path / "sub").mkdir()
    for name in ("left.env", "known.env", "open.env"):
        (tmp_path / "sub" / name).write_text(PAIR)

    done = credlint("scan", "--format", "json", cwd=tmp_path / folder)

    report = json.loads(done.out)
    names = {finding["location"]["uri"].rpartition("/")[2] for finding in report["findings"]}
    assert names == {"open.env"}
    assert report["summary"]["suppressed"] == 2


def test_a_configuration_of_a_subfolder_speaks_of_that_folder_only(
    credlint: Runner, tmp_path: Path
) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "credlint.toml").write_text('exclude = ["*.env"]\n')
    for name in ("sub/a.env", "b.env"):
        (tmp_path / name).write_text(PAIR)

    done = credlint("scan", "sub", "b.env", "--format", "json")

    uris = {finding["location"]["uri"] for finding in json.loads(done.out)["findings"]}
    assert uris == {"b.env"}
