"""The hooks of .pre-commit-hooks.yaml, run by the real pre-commit on real repositories."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from credlint import samples

ROOT = Path(__file__).resolve().parents[2]
HOOKS = ROOT / ".pre-commit-hooks.yaml"
MUST_MATCH = (".env", "credentials", "id_rsa", ".netrc", "main.py", "config.toml", "Dockerfile")


def _run(command: list[str], directory: Path, environment: dict[str, str]) -> tuple[int, str]:
    done = subprocess.run(
        command, cwd=directory, env=environment, capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout + done.stderr


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """An empty git repository."""
    folder = tmp_path / "repository"
    folder.mkdir()
    subprocess.run(["git", "init", "-q"], cwd=folder, check=True)
    return folder


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """The environment of a developer with an own pre-commit cache and a git identity."""
    return {
        **os.environ,
        "PRE_COMMIT_HOME": str(tmp_path / "pre-commit"),
        "XDG_CACHE_HOME": str(tmp_path / "cache"),
        "GIT_AUTHOR_NAME": "test",
        "GIT_AUTHOR_EMAIL": "test@localhost",
        "GIT_COMMITTER_NAME": "test",
        "GIT_COMMITTER_EMAIL": "test@localhost",
    }


def _hook_repository(tmp_path: Path) -> Path:
    """A repository that offers our hooks with `language: system`: the credlint under test.

    pre-commit would otherwise build the package anew in an environment of its own for every
    test; that whole way is taken by the one test below that is about it.
    """
    folder = tmp_path / "hooks"
    folder.mkdir()
    text = HOOKS.read_text().replace("language: python", "language: system")
    command = f"{sys.executable} -m credlint scan"
    (folder / ".pre-commit-hooks.yaml").write_text(text.replace("credlint scan", command))
    for arguments in (["init", "-q"], ["add", "."], ["commit", "-qm", "hooks"]):
        identity = ["-c", "user.name=test", "-c", "user.email=test@localhost"]
        subprocess.run(["git", *identity, *arguments], cwd=folder, check=True)
    return folder


def _try(
    hooks: Path, repository: Path, environment: dict[str, str], *arguments: str
) -> tuple[int, str]:
    command = [sys.executable, "-m", "pre_commit", "try-repo", str(hooks), *arguments]
    return _run([*command, "--verbose"], repository, environment)


def test_a_staged_key_blocks(tmp_path: Path, repository: Path, environment: dict[str, str]) -> None:
    (repository / ".env").write_text(
        f"AWS_ACCESS_KEY_ID={samples.key_id()}\nAWS_SECRET_ACCESS_KEY={samples.secret_key()}\n"
    )
    subprocess.run(["git", "add", "."], cwd=repository, check=True)

    code, output = _try(_hook_repository(tmp_path), repository, environment, "credlint")

    assert code == 1
    assert "SEC110" in output
    assert ".env:1" in output
    assert samples.secret_key() not in output


def test_clean_staged_files_pass(
    tmp_path: Path, repository: Path, environment: dict[str, str]
) -> None:
    (repository / "main.py").write_text("print('hello')\n")
    subprocess.run(["git", "add", "."], cwd=repository, check=True)

    code, output = _try(_hook_repository(tmp_path), repository, environment, "credlint")

    assert code == 0, output
    assert "Passed" in output


def test_the_whole_tree_hook_sees_committed_files(
    tmp_path: Path, repository: Path, environment: dict[str, str]
) -> None:
    (repository / "old.txt").write_text(
        f"aws_access_key_id = {samples.key_id()}\naws_secret_access_key = {samples.secret_key()}\n"
    )
    subprocess.run(["git", "add", "."], cwd=repository, check=True)
    subprocess.run(["git", "commit", "-qm", "old"], cwd=repository, check=True, env=environment)

    code, output = _try(
        _hook_repository(tmp_path), repository, environment, "credlint-repo", "--all-files"
    )

    assert code == 1
    assert "old.txt:1" in output


@pytest.mark.parametrize("name", MUST_MATCH)
def test_the_hook_is_given_files_that_hold_keys(name: str, tmp_path: Path) -> None:
    from identify import identify  # noqa: PLC0415  comes with pre-commit

    path = tmp_path / name
    path.write_text("text\n")

    assert "text" in identify.tags_from_path(str(path))
    assert re.search(r"types: \[text\]", HOOKS.read_text())


@pytest.mark.skipif(
    not os.environ.get("CREDLINT_TEST_HOOK_INSTALL"),
    reason="installs from the package index; CREDLINT_TEST_HOOK_INSTALL=1, as CI sets, runs it",
)
def test_pre_commit_builds_the_hook_from_the_repository(
    tmp_path: Path, repository: Path, environment: dict[str, str]
) -> None:
    """The way a user gets it: pre-commit clones this repository and installs it."""
    clone = tmp_path / "credlint"
    clone.mkdir()
    for name in ("credlint", "rules", "pyproject.toml", "README.md", "LICENSE"):
        source = ROOT / name
        if source.is_dir():
            ignore = shutil.ignore_patterns("__pycache__")
            shutil.copytree(source, clone / name, ignore=ignore)
        else:
            shutil.copy(source, clone / name)
    shutil.copy(HOOKS, clone / HOOKS.name)
    for arguments in (["init", "-q"], ["add", "."], ["commit", "-qm", "all"]):
        subprocess.run(["git", *arguments], cwd=clone, check=True, env=environment)
    (repository / "settings.ini").write_text(
        f"[default]\naws_access_key_id={samples.key_id()}\n"
        f"aws_secret_access_key={samples.secret_key()}\n"
    )
    subprocess.run(["git", "add", "."], cwd=repository, check=True)

    code, output = _try(clone, repository, environment, "credlint")

    assert code == 1, output
    assert "settings.ini:2" in output
