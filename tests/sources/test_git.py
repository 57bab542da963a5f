"""The index as a source, and repositories that try to act."""
# ruff: noqa: E501  tables read better in one piece

from __future__ import annotations

import io

import pytest

from credlint.model.document import Document
from credlint.model.finding import Skipped
from credlint.sources.errors import SourceError
from credlint.sources.files import WHOLE_LIMIT
from credlint.sources.git import Git
from credlint.sources.git_changes import staged_documents
from credlint.sources.stdin import stdin_document
from tests.sources.repository import ENVIRONMENT, git, make_repository


@pytest.fixture
def repository(tmp_path):
    root = make_repository(tmp_path / "r")
    (root / "old").write_text("old\n")
    git(root, "add", ".")
    git(root, "commit", "-q", "-m", "first")
    return root


def _staged(root, **options):
    return [
        (d.uri, d.data) if isinstance(d, Document) else d
        for d in staged_documents(root, ENVIRONMENT, **options)
    ]


def test_index_counts_and_not_the_work_tree(repository):
    (repository / "new").write_text("staged")
    (repository / "old").write_text("staged too")
    git(repository, "add", ".")
    (repository / "new").write_text("not staged")
    (repository / "other").write_text("untracked")

    assert _staged(repository) == [("new", b"staged"), ("old", b"staged too")]


def test_before_the_first_commit(tmp_path):
    root = make_repository(tmp_path / "r")
    (root / "a").write_text("1")
    git(root, "add", "a")

    assert _staged(root) == [("a", b"1")]


def test_renamed_and_deleted(repository):
    git(repository, "mv", "old", "moved é")

    assert _staged(repository) == [("moved é", b"old\n")]


def test_nothing_staged(repository):
    assert _staged(repository) == []


def test_from_a_folder_inside_the_whole_index_is_read(repository):
    (repository / "sub").mkdir()
    (repository / "sub/a").write_text("1")
    (repository / "b").write_text("2")
    git(repository, "add", ".")

    assert _staged(repository / "sub") == [("b", b"2"), ("sub/a", b"1")]


def test_links_and_submodules_hold_no_text(repository):
    (repository / "link").symlink_to("old")
    head = git(repository, "rev-parse", "HEAD").decode().strip()
    git(repository, "update-index", "--add", "--cacheinfo", f"160000,{head},module")
    git(repository, "add", "link")

    assert _staged(repository) == []


def test_binary_huge_and_missing_are_said(repository):
    (repository / "bin").write_bytes(b"\0\1")
    (repository / "huge").write_text("x" * 5000)
    (repository / "lost").write_text("lost")
    (repository / "z").write_text("z")
    git(repository, "add", ".")
    blob = git(repository, "rev-parse", ":lost").decode().strip()
    (repository / ".git/objects" / blob[:2] / blob[2:]).unlink()
    found = _staged(repository, max_file_size=1000)

    assert [f.code if isinstance(f, Skipped) else f for f in found] == [
        None,
        "RUN903",
        "RUN901",
        ("z", b"z"),
    ]


def test_unmerged_entry_is_said(repository):
    blob = git(repository, "rev-parse", "HEAD:old").decode().strip()
    rows = "".join(f"100644 {blob} {stage}\told\n" for stage in (1, 2, 3))
    git(repository, "rm", "-q", "--cached", "old")
    git(repository, "update-index", "--index-info", stdin=rows.encode())

    assert {(s.path, s.reason) for s in _staged(repository)} == {
        ("old", "unmerged in the index; resolve it first")
    }


def test_index_named_by_the_environment_is_used(repository, tmp_path):
    other = tmp_path / "other-index"
    (repository / "a").write_text("1")
    environment = {**ENVIRONMENT, "GIT_INDEX_FILE": str(other)}
    Git(repository, environment).run(["read-tree", "HEAD"])
    Git(repository, environment).run(["add", "a"])

    assert [d.uri for d in staged_documents(repository, environment)] == ["a"]
    assert _staged(repository) == []


@pytest.mark.parametrize("broken", ["HEAD", "index"])
def test_broken_repository_is_one_clear_line(repository, broken):
    (repository / ".git" / broken).write_bytes(b"garbage garbage garbage")

    with pytest.raises(SourceError, match=r"^(git cannot read|not a git)[^\n]*$"):
        _staged(repository)


def test_no_repository_is_one_clear_line(tmp_path):
    with pytest.raises(SourceError, match="not a git repository"):
        _staged(tmp_path)


def test_missing_git_is_one_clear_line(repository):
    with pytest.raises(SourceError, match="git was not found"):
        list(staged_documents(repository, {"PATH": "/nonexistent"}))


def test_hostile_configuration_cannot_act(repository, tmp_path):
    """Everything in .git/config and the attributes that names a program names one that leaves a trace."""
    trace = tmp_path / "trace"
    program = tmp_path / "program"
    program.write_text(f'#!/bin/sh\necho "$0 $*" >> {trace}\ncat\n')
    program.chmod(0o755)
    hooks = repository / "hooks"
    hooks.mkdir()
    for name in ("post-index-change", "pre-commit", "reference-transaction", "post-checkout"):
        (hooks / name).write_text(program.read_text())
        (hooks / name).chmod(0o755)
    settings = {
        "core.fsmonitor": program, "core.hooksPath": hooks, "core.pager": program, "core.editor": program,
        "core.sshCommand": program, "core.askPass": program, "core.gitProxy": program,
        "core.alternateRefsCommand": program, "credential.helper": f"!{program}",
        "diff.external": program, "diff.evil.textconv": program, "diff.evil.command": program,
        "filter.evil.clean": program, "filter.evil.smudge": program, "filter.evil.process": program,
        "pager.diff-index": program, "pager.ls-files": program, "pager.cat-file": program,
        "alias.diff-index": f"!{program}", "alias.cat-file": f"!{program}", "alias.ls-files": f"!{program}",
        "gpg.program": program, "uploadpack.packObjectsHook": program, "interactive.diffFilter": program,
        "remote.origin.url": f"ext::{program} x", "remote.origin.promisor": "true",
        "remote.origin.partialclonefilter": "blob:none", "remote.origin.uploadpack": program,
        "protocol.ext.allow": "always", "extensions.partialClone": "origin",
        "core.repositoryformatversion": "1",
    }  # fmt: skip
    (repository / "a.txt").write_text("staged")
    (repository / "b.txt").write_text("missing")
    (repository / ".gitignore").write_text("ignored\n")
    (repository / ".gitattributes").write_text("* filter=evil diff=evil\n")
    git(repository, "add", "a.txt", "b.txt", ".gitignore", ".gitattributes")
    blob = git(repository, "rev-parse", ":b.txt").decode().strip()
    (repository / ".git/objects" / blob[:2] / blob[2:]).unlink()
    for name, value in settings.items():
        git(repository, "config", name, str(value))
    trace.unlink(missing_ok=True)
    found = _staged(repository)
    Git(repository, ENVIRONMENT).tracked_but_ignored()

    assert ("a.txt", b"staged") in found
    assert [f.path for f in found if isinstance(f, Skipped)] == ["b.txt"]
    assert not trace.exists()


def test_the_hostile_configuration_is_able_to_act(repository, tmp_path):
    """The counterpart: plain git does run a program that the configuration names."""
    trace = tmp_path / "trace"
    program = tmp_path / "program"
    program.write_text(f"#!/bin/sh\necho ran >> {trace}\n")
    program.chmod(0o755)
    git(repository, "config", "core.fsmonitor", str(program))
    git(repository, "status")

    assert trace.exists()


def test_standard_input():
    assert stdin_document(io.BytesIO(b"text")) == Document("stdin", b"text", kind="stdin")
    # What is handed over by name is looked at, text or not: nothing else would tell of it.
    assert stdin_document(io.BytesIO(b"a\0b")) == Document("stdin", b"a\0b", kind="stdin")
    long = stdin_document(io.BytesIO(b"x" * (WHOLE_LIMIT + 9)))
    assert (len(long.read(1 << 30)), long.read(5), long.read(5)) == (
        WHOLE_LIMIT + 1,
        b"x" * 5,
        b"xxx",
    )


def _staged_names(folder, *only):
    documents = staged_documents(folder, ENVIRONMENT, only=only or None)
    return [document.uri for document in documents]


def test_staged_paths_are_relative_to_the_folder_and_may_be_folders(tmp_path):
    root = make_repository(tmp_path / "r")
    for name in ("-top", "sub/a", "sub/deep/b", "subway"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text("x")
    git(root, "add", "--", ".")

    assert _staged_names(root, "sub") == ["sub/a", "sub/deep/b"]
    assert _staged_names(root, "./-top") == ["-top"]
    assert _staged_names(root, str(root / "subway")) == ["subway"]
    assert _staged_names(root / "sub", "a") == ["sub/a"]
    assert _staged_names(root / "sub", "../subway", "deep") == ["sub/deep/b", "subway"]
    assert _staged_names(root / "sub", ".") == ["sub/a", "sub/deep/b"]
    assert len(_staged_names(root, ".")) == 4
    with pytest.raises(SourceError, match="outside of the repository"):
        _staged_names(root, "../elsewhere")
