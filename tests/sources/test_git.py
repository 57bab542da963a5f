"""The index as a source, and repositories that try to act."""
# ruff: noqa: E501  tables read better in one piece

from __future__ import annotations

import io
import os
from contextlib import closing

import pytest

from credlint.model.document import Document
from credlint.model.finding import Skipped
from credlint.sources.errors import SourceError
from credlint.sources.files import WHOLE_LIMIT
from credlint.sources.git import Git
from credlint.sources.git_changes import Changes
from credlint.sources.git_history import HistoryLog, files_of_head
from credlint.sources.stdin import stdin_document
from tests.sources.repository import ENVIRONMENT, git, make_repository


@pytest.fixture
def repository(tmp_path):
    root = make_repository(tmp_path / "r")
    (root / "old").write_text("old\n")
    git(root, "add", ".")
    git(root, "commit", "-q", "-m", "first")
    return root


def _documents(root, environment=ENVIRONMENT, **options):
    with closing(Changes(root, environment, **options)) as changes:
        return [document for document, _ in changes]


def _staged(root, **options):
    return [(d.uri, d.data) if isinstance(d, Document) else d for d in _documents(root, **options)]


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

    assert [d.uri for d in _documents(repository, environment)] == ["a"]
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
        _documents(repository, {"PATH": "/nonexistent"})


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
        "log.showSignature": "true", "gpg.ssh.program": program,
        "diff.relative": "true", "log.showRoot": "false",
        "alias.log": f"!{program}", "pager.log": program, "filter.evil.required": "true",
    }  # fmt: skip
    (repository / "a.txt").write_text("staged")
    (repository / "b.txt").write_text("missing")
    (repository / ".gitignore").write_text("ignored\n")
    (repository / ".gitattributes").write_text("* filter=evil diff=evil\n")
    git(repository, "add", "a.txt", "b.txt", ".gitignore", ".gitattributes")
    blob = git(repository, "rev-parse", ":b.txt").decode().strip()
    (repository / ".git/objects" / blob[:2] / blob[2:]).unlink()
    git(repository, "update-ref", "refs/heads/main", _signed_commit(repository))
    for name, value in settings.items():
        git(repository, "config", name, str(value))
    trace.unlink(missing_ok=True)
    found = _staged(repository)
    Git(repository, ENVIRONMENT).tracked_but_ignored()
    (repository / "old").write_text("changed")
    (repository / "unknown").write_text("unknown")
    changed = [
        d.uri
        for d, _ in Changes(repository, ENVIRONMENT, revision="HEAD")
        if isinstance(d, Document)
    ]
    log = HistoryLog(Git(repository, ENVIRONMENT))
    introduced = log.introductions(lambda _: True)
    files_of_head(Git(repository, ENVIRONMENT))
    log.facts(range(len(log.commits)))
    log.close()

    assert ("a.txt", b"staged") in found
    assert [f.path for f in found if isinstance(f, Skipped)] == ["b.txt"]
    assert {"old", "unknown", "a.txt"} <= set(changed)
    assert introduced.paths == ["old"]
    assert not trace.exists()


def _signed_commit(repository):
    """Return a commit with a signature that gpg.program would be asked to verify."""
    raw = git(repository, "cat-file", "commit", "HEAD")
    head, _, message = raw.partition(b"\n\n")
    signature = b"\ngpgsig -----BEGIN PGP SIGNATURE-----\n \n abc\n -----END PGP SIGNATURE-----"
    signed = git(
        repository,
        "hash-object",
        "-t",
        "commit",
        "-w",
        "--stdin",
        stdin=head + signature + b"\n\n" + message,
    )
    return signed.decode().strip()


def test_the_hostile_configuration_is_able_to_act(repository, tmp_path):
    """The counterpart: plain git does run a program that the configuration names."""
    trace = tmp_path / "trace"
    program = tmp_path / "program"
    program.write_text(f"#!/bin/sh\necho ran >> {trace}\n")
    program.chmod(0o755)
    git(repository, "config", "core.fsmonitor", str(program))
    git(repository, "status")

    assert trace.exists()
    trace.unlink()
    git(repository, "config", "--unset", "core.fsmonitor")
    git(repository, "update-ref", "refs/heads/main", _signed_commit(repository))
    git(repository, "config", "gpg.program", str(program))
    git(repository, "config", "log.showSignature", "true")
    git(repository, "log", "-1", check=False)
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
    return [document.uri for document in _documents(folder, only=only or None)]


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


def test_a_list_of_commits_that_is_cut_off_anywhere_is_read_so_far(tmp_path):
    repository = make_repository(tmp_path / "repository")
    for number in range(2):
        (repository / "a").write_text(f"{number}")
        git(repository, "add", ".")
        git(repository, "commit", "-q", "-m", str(number))
    log = HistoryLog(Git(repository, ENVIRONMENT))
    whole = log.introductions(lambda _: True)
    wanted = list(whole.blobs)
    count = len(list(log.records(wanted)))
    size = os.fstat(log._file.fileno()).st_size
    told = []
    for length in range(size, -1, -1):
        os.truncate(log._file.fileno(), length)
        told.append((len(log.introductions(lambda _: True).blobs), len(list(log.records(wanted)))))
    log.close()

    assert told[0] == (len(wanted), count)
    assert told[-1] == (0, 0)
    assert sorted(told, reverse=True) == told
