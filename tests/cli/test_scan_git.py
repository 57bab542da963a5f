"""``credlint scan`` over git's index, differences and history: as a user calls it."""

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
from tests.sources.repository import git, make_repository

ID = samples.key_id("AKIA", "210987654321")


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    root = make_repository(tmp_path / "r")
    for number, text in enumerate(("clean\n", f"clean\nid {ID}\n", "clean\n"), start=1):
        (root / "a.txt").write_text(text)
        git(root, "add", ".")
        git(root, "commit", "-q", "-m", "x", f"--date=2021-03-0{number}T10:00:00Z")
    return root


def test_the_history_tells_commit_date_and_author(credlint: Runner, repository: Path) -> None:
    came, gone = (
        name[:7] for name in git(repository, "rev-parse", "HEAD~1", "HEAD").decode().split()
    )
    done = credlint("scan", "--history", cwd=repository)

    assert done.code == 1
    assert done.out.startswith(f"a.txt@{came}:2:4: ")
    assert f"Added 2021-03-02 by a, removed in {gone}, not in HEAD but in the history." in done.out
    assert ID not in done.out


@pytest.mark.parametrize("form", ["json", "sarif"])
def test_the_history_for_machines(credlint: Runner, repository: Path, form: str) -> None:
    came = git(repository, "rev-parse", "HEAD~1").decode().strip()
    done = credlint("scan", "--history", "--format", form, cwd=repository)
    report = json.loads(done.out)

    if form == "json":
        (finding,) = report["findings"]
        assert (finding["location"]["commit"], finding["location"]["line"]) == (came, 2)
        told = finding["properties"]
        assert (told["author"], told["in-head"], told["versions"]) == ("a", "no", "1")
    else:
        (result,) = report["runs"][0]["results"]
        assert result["properties"]["credlint/commit"] == came
        assert result["properties"]["credlint/author-date"].startswith("2021-03-02")
        assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "a.txt"


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["--history", "HEAD~1.."], 0),
        (["--history=HEAD~2..HEAD~1"], 1),
        (["--history", "HEAD..HEAD"], 0),
        (["--history", "nosuch"], 2),
        (["--history", "HEAD --output=x"], 2),
        (["--diff", "HEAD~1"], 0),
        (["--diff", "HEAD"], 0),
        (["--diff", "nosuch"], 2),
        (["--diff", "HEAD", "--staged"], 2),
        (["--hook", "--history"], 2),
        (["--history", "HEAD", "-"], 2),
        (["--staged"], 3),
    ],
)
def test_exit_codes(credlint: Runner, repository: Path, arguments: list[str], code: int) -> None:
    done = credlint("scan", *arguments, cwd=repository)

    assert done.code == code, done.out + done.err
    assert len(done.err.strip().splitlines()) <= 4
    assert not (repository / "x").exists()


def test_a_shallow_history_is_no_all_clear(
    credlint: Runner, repository: Path, tmp_path: Path
) -> None:
    git(tmp_path, "clone", "-q", "--depth=1", f"file://{repository}", "shallow")
    done = credlint("scan", "--history", cwd=tmp_path / "shallow")

    assert done.code == 0
    assert "a shallow clone: what is older than 1 of its commits is not here" in done.out
    assert credlint("scan", "--history", "--strict", cwd=tmp_path / "shallow").code == 2


def test_an_empty_repository_is_told(credlint: Runner, tmp_path: Path) -> None:
    root = make_repository(tmp_path / "empty")
    done = credlint("scan", "--history", cwd=root)

    assert (done.code, done.err) == (3, "credlint: nothing was examined\n")


def test_staged_tells_what_is_added_and_says_what_it_leaves_out(
    credlint: Runner, tmp_path: Path
) -> None:
    root = make_repository(tmp_path / "r")
    (root / "a").write_text(f"id {ID}\n")
    git(root, "add", ".")
    git(root, "commit", "-q", "-m", "x")
    (root / "a").write_text(f"id {ID}\nmore\n")
    git(root, "add", ".")
    done = credlint("scan", "--staged", cwd=root)

    assert done.code == 0
    assert "1 finding on lines that were there before" in done.out


def test_an_interrupt_ends_everything(repository: Path, tmp_path: Path) -> None:
    """Ctrl-C in the middle of a history: no child is left, not even git."""
    for number in range(400):
        (repository / f"f{number}").write_text(samples.base62(90_000, str(number)))
    git(repository, "add", ".")
    git(repository, "commit", "-q", "-m", "many")
    environment = {**os.environ, "HOME": str(tmp_path)}
    process = subprocess.Popen(
        [sys.executable, "-m", "credlint", "scan", "--history", "-j", "3"],
        cwd=repository,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    time.sleep(0.6)
    os.killpg(process.pid, signal.SIGINT)
    process.wait(timeout=20)

    assert _ends(process.pid)


def _ends(group: int) -> bool:
    """Tell whether all processes of a group end within five seconds."""
    for _ in range(100):
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.05)
    return False


@pytest.mark.parametrize("folder", [".", "sub"])
def test_sarif_tells_the_commit_without_the_remotes_credentials(
    credlint: Runner, repository: Path, folder: str
) -> None:
    (repository / "sub").mkdir(exist_ok=True)
    (repository / "sub" / "a").write_text(f"id {ID}\n")
    git(repository, "remote", "add", "origin", "https:" + "//user:token@example.com/o/r.git")
    done = credlint("scan", ".", "--format", "sarif", cwd=repository / folder)
    (told,) = json.loads(done.out)["runs"][0]["versionControlProvenance"]
    mapped = {"uriBaseId": "%SRCROOT%"} if folder == "." else None

    assert told["repositoryUri"] == "https://example.com/o/r.git"
    assert told["revisionId"] == git(repository, "rev-parse", "HEAD").decode().strip()
    assert told["branch"] == "main"
    assert told["mappedTo"] == (mapped or {"uri": "../", "uriBaseId": "%SRCROOT%"})
    assert "user:token" not in done.out
