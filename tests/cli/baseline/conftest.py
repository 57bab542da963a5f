"""A repository with two secrets, and the command in it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.baseline.support import SECRETS, env_of, git


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A repository with two secrets, in a folder of its own."""
    folder = tmp_path / "tree"
    folder.mkdir()
    (folder / "a.env").write_text(env_of(SECRETS[0]))
    (folder / "b.env").write_text(env_of(SECRETS[1], SECRETS[0]))
    assert git(folder, "init", "-q", "-b", "main").returncode == 0
    return folder


@pytest.fixture
def run(credlint, tree):
    """The command in the tree; returns (exit code, output of both streams)."""

    def call(*arguments: str, cwd: Path = tree) -> tuple[int, str]:
        done = credlint(*arguments, cwd=cwd)
        return done.code, done.out + done.err

    return call
