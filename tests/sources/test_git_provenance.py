"""Commit, branch and remote of a folder, from the repository's own files."""

from __future__ import annotations

import pytest

from credlint.sources.git_provenance import Provenance, read_provenance
from tests.sources.repository import git, make_repository

REMOTE = "https:" + "//user:token@example.com/o/r.git"


@pytest.fixture
def root(tmp_path):
    root = make_repository(tmp_path / "r")
    git(root, "commit", "-q", "--allow-empty", "-m", "x")
    git(root, "remote", "add", "origin", REMOTE)
    return root


def _commit(root):
    return git(root, "rev-parse", "HEAD").decode().strip()


@pytest.mark.parametrize("packed", [False, True])
def test_branch_and_commit_as_git_has_them(root, packed):
    if packed:
        git(root, "pack-refs", "--all")

    assert read_provenance(str(root)) == Provenance(REMOTE, _commit(root), "main", 0)


def test_from_a_folder_inside(root):
    (root / "a" / "b").mkdir(parents=True)

    assert read_provenance(str(root / "a" / "b")) == Provenance(REMOTE, _commit(root), "main", 2)


def test_the_remote_of_the_branch_comes_first(root):
    git(root, "remote", "add", "up.stream", "ssh://git@example.com/up")
    git(root, "config", "branch.main.remote", "up.stream")

    assert read_provenance(str(root)).remote == "ssh://git@example.com/up"


def test_without_a_branch_a_remote_or_a_commit(root, tmp_path):
    git(root, "checkout", "-q", "--detach")
    assert read_provenance(str(root)) == Provenance(REMOTE, _commit(root), None, 0)
    empty = make_repository(tmp_path / "empty")
    assert read_provenance(str(empty)) is None
    git(empty, "remote", "add", "origin", REMOTE)
    assert read_provenance(str(empty)) == Provenance(REMOTE, None, "main", 0)
    assert read_provenance(str(tmp_path)) is None


def test_bare_worktree_and_submodule(root, tmp_path):
    git(tmp_path, "clone", "-q", "--bare", str(root), "bare")
    git(tmp_path / "bare", "remote", "set-url", "origin", REMOTE)
    assert read_provenance(str(tmp_path / "bare")) == Provenance(REMOTE, _commit(root), "main", 0)

    git(root, "worktree", "add", "-q", "-b", "side", str(tmp_path / "tree"))
    assert read_provenance(str(tmp_path / "tree")) == Provenance(REMOTE, _commit(root), "side", 0)

    outer = make_repository(tmp_path / "outer")
    git(outer, "-c", "protocol.file.allow=always", "submodule", "add", "-q", str(root), "sub")
    found = read_provenance(str(outer / "sub"))
    assert (found.remote, found.revision) == (str(root), _commit(root))


def test_a_git_file_that_leads_elsewhere_tells_nothing(root, tmp_path):
    (tmp_path / "trap").mkdir()
    (tmp_path / "trap" / ".git").write_text(f"gitdir: {root / '.git'}\n")

    assert read_provenance(str(tmp_path / "trap")) is None


@pytest.mark.parametrize(
    "head", [b"", b"\xff\xfe", b"ref: refs/heads/../../../etc/passwd\n", b"ref: x\n", b"0" * 39]
)
def test_an_odd_head_is_no_commit(root, head):
    (root / ".git" / "HEAD").write_bytes(head)
    found = read_provenance(str(root))

    assert (found.revision, found.branch) == (None, None)


def test_references_in_tables_are_not_read(root):
    (root / ".git" / "HEAD").write_text("ref: refs/heads/.invalid\n")

    assert read_provenance(str(root)) == Provenance(REMOTE, None, None, 0)
