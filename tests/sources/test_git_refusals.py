"""Repositories that git refuses or only a newer one reads: refused with what helps, never empty."""

from __future__ import annotations

import os
import shlex
import shutil
from pathlib import Path

import pytest

from credlint import samples
from credlint.pipeline.request import ScanRequest
from credlint.pipeline.scan import run_scan
from credlint.rulebook import load_rules
from credlint.sources.errors import SourceError
from tests.sources.repository import ENVIRONMENT, git
from tests.support.cache import CACHE

RULES = load_rules(("secrets", "code"))
ID = samples.key_id("AKIA", "210987654321")
HELP = 'run "git config --global --add safe.directory FOLDER" with its absolute path'


def _scan(root, mode="history", **options):
    environment = options.pop("environment", ENVIRONMENT)
    request = ScanRequest(
        cache_directory=CACHE, rules=RULES, root=root, mode=mode, environment=environment, **options
    )
    return run_scan(request)


@pytest.fixture(params=["sha1", "sha256"])
def root(tmp_path, request):
    root = tmp_path / "r"
    root.mkdir()
    git(root, "init", "-q", "-b", "main", f"--object-format={request.param}")
    (root / "a").write_text(f"id {ID}\n")
    git(root, "add", ".")
    git(root, "commit", "-q", "-m", "x")
    return root


@pytest.fixture
def of_another(tmp_path):
    """An environment in which git takes every repository for another user's."""
    folder = tmp_path / "bin"
    folder.mkdir()
    real = shlex.quote(str(shutil.which("git")))
    shim = folder / "git"
    shim.write_text(f'#!/bin/sh\nGIT_TEST_ASSUME_DIFFERENT_OWNER=1 exec {real} "$@"\n')
    shim.chmod(0o755)
    return {**ENVIRONMENT, "PATH": f"{folder}{os.pathsep}{ENVIRONMENT['PATH']}"}


@pytest.mark.parametrize("mode", ["history", "staged", "diff"])
def test_of_another_user_is_refused_with_what_to_run(root, of_another, mode):
    with pytest.raises(SourceError, match=HELP):
        _scan(root, mode, environment=of_another, revision="HEAD" if mode == "diff" else "")


def test_of_another_user_and_trusted_is_read(root, of_another, tmp_path):
    home = tmp_path / "home"
    home.mkdir()
    (home / ".gitconfig").write_text(f"[safe]\n\tdirectory = {root}\n")

    assert len(_scan(root, environment={**of_another, "HOME": str(home)}).findings) == 1


def test_the_tree_of_another_user_is_read_and_what_git_would_tell_is_said_to_be_missing(
    root, of_another
):
    (root / ".gitignore").write_text("*.log\n")
    (root / "b.log").write_text(f"id {ID}\n")
    result = _scan(root, "tree", environment=of_another)
    (skipped,) = result.skipped

    assert [finding.location.uri for finding in result.findings] == ["a"]
    assert skipped.reason.startswith("files that are tracked although ignored could not be listed")
    assert HELP in skipped.reason
    assert str(root) not in skipped.reason


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can")
def test_a_folder_that_was_given_away(root):
    os.chown(root / ".git", 12345, 12345)
    os.chown(root, 12345, 12345)

    with pytest.raises(SourceError, match="another user owns it"):
        _scan(root)


def _set(root: Path, version: str, **extensions: str) -> None:
    rows = [f"\t{name} = {value}\n" for name, value in extensions.items()]
    with (root / ".git" / "config").open("a") as config:
        config.write(f"[core]\n\trepositoryformatversion = {version}\n")
        config.write("".join(["[extensions]\n", *rows]))


@pytest.mark.parametrize("mode", ["history", "staged"])
def test_an_unknown_extension_is_named(root, mode):
    _set(root, "1", fromlater="1", alsolater="1")

    with pytest.raises(SourceError, match=r"^the repository needs an extension .*fromlater.*$"):
        _scan(root, mode)


@pytest.mark.parametrize("mode", ["history", "staged"])
def test_an_unknown_format_is_named(root, mode):
    _set(root, "99")

    with pytest.raises(SourceError, match=r"^the repository has the format 99, which"):
        _scan(root, mode)


def test_an_unknown_kind_of_ids_is_refused(root):
    _set(root, "1", objectformat="sha999")

    with pytest.raises(SourceError, match=r"^git cannot read the repository: .*config"):
        _scan(root)


@pytest.mark.parametrize("version", ["0", "1"])
def test_references_in_tables_are_never_read_as_none(root, version):
    shutil.rmtree(root / ".git" / "refs")
    (root / ".git" / "refs").mkdir()
    (root / ".git" / "refs" / "heads").write_text("this repository uses the reftable format\n")
    (root / ".git" / "HEAD").write_text("ref: refs/heads/.invalid\n")
    (root / ".git" / "reftable").mkdir()
    (root / ".git" / "reftable" / "tables.list").write_text("")
    _set(root, version, refstorage="reftable")

    with pytest.raises(SourceError, match=r"lacks: refstorage|format is 0"):
        _scan(root)


@pytest.mark.parametrize("mode", ["history", "staged", "tree"])
def test_every_kind_of_ids_is_read(root, mode):
    if mode == "staged":
        (root / "b").write_text(f"id {ID}\n")
        git(root, "add", ".")

    assert {finding.code for finding in _scan(root, mode).findings} == {"SEC101"}
