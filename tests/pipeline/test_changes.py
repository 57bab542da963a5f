"""Added lines: what a commit, or the work tree, brings; older findings are left out."""

from __future__ import annotations

import pytest

from credlint import samples
from credlint.pipeline.changes import added_lines
from credlint.pipeline.request import ScanRequest
from credlint.pipeline.scan import run_scan
from credlint.rulebook import load_rules
from credlint.sources.errors import SourceError
from tests.sources.repository import ENVIRONMENT, git, make_repository
from tests.support.cache import CACHE

RULES = load_rules(("secrets", "code"))
OLD, NEW = samples.key_id("AKIA", "210987654321", "1"), samples.key_id("AKIA", "210987654321", "2")


def _scan(root, mode="staged", **options):
    options = {"environment": ENVIRONMENT, **options}
    return run_scan(
        ScanRequest(cache_directory=CACHE, rules=RULES, root=root, mode=mode, **options)
    )


def _places(result):
    return sorted((f.location.uri, f.location.line) for f in result.findings)


@pytest.fixture
def root(tmp_path):
    root = make_repository(tmp_path / "r")
    (root / "a").write_text(f"first\nid {OLD}\nlast\n")
    (root / "keep").write_text("keep\n" * 20)
    git(root, "add", ".")
    git(root, "commit", "-q", "-m", "first")
    return root


@pytest.mark.parametrize(
    ("before", "after", "added"),
    [
        (b"", b"a\nb", {1, 2}),
        (b"a\nb\n", b"a\nc\nb\n", {2}),
        (b"a\nb\n", b"b\na\n", set()),  # moved
        (b"a\r\nb\r\n", b"a\nb\n", set()),
        (b"a\n", b"a\na\n", {2}),
        (b"a", b"a\n\rb", {2, 3}),
        ("\ufeffa\n".encode(), b"a\n", set()),
        ("a\n".encode("utf-16"), b"a\n", set()),
    ],
)
def test_added_lines(before, after, added):
    assert added_lines(before, after) == added


def test_only_what_the_commit_adds_is_told(root):
    (root / "a").write_text(f"first\nid {OLD}\nmore\nid {NEW}\nlast\n")
    git(root, "add", ".")
    result = _scan(root)

    assert _places(result) == [("a", 4)]
    assert result.notes == ["1 finding on lines that were there before; scan the tree to see them."]


def test_a_touched_line_counts_and_a_moved_one_does_not(root):
    (root / "a").write_text(f"last\nfirst\nid {OLD}\n")
    git(root, "add", ".")
    assert _places(_scan(root)) == []
    (root / "a").write_text(f"last\nfirst\n  id {OLD}\n")
    git(root, "add", ".")
    assert _places(_scan(root)) == [("a", 3)]


def test_a_renamed_file_is_the_same_file(root):
    git(root, "mv", "a", "b")
    assert _places(_scan(root)) == []
    (root / "b").write_text(f"first\nid {OLD}\nlast\nid {NEW}\n")
    git(root, "add", ".")
    assert _places(_scan(root)) == [("b", 4)]


def test_a_secret_that_gets_its_partner_counts(root):
    (root / "a").write_text(f"first\nid {OLD}\nAWS_SECRET_ACCESS_KEY={samples.secret_key()}\n")
    git(root, "add", ".")

    assert ("a", 3) in _places(_scan(root))


def test_everything_is_new_before_the_first_commit(tmp_path):
    root = make_repository(tmp_path / "r")
    (root / "a").write_text(f"id {OLD}\n")
    git(root, "add", ".")

    assert _places(_scan(root)) == [("a", 1)]


def test_diff_reads_the_work_tree_and_what_git_does_not_know(root):
    (root / ".gitignore").write_text("ignored\n")
    (root / "ignored").write_text(f"id {NEW}\n")
    (root / "sub").mkdir()
    (root / "sub/unknown").write_text(f"id {NEW}\n")
    (root / "a").write_text(f"id {NEW}\nfirst\nid {OLD}\nlast\n")
    (root / "staged").write_text(f"id {NEW}\n")
    git(root, "add", "staged")
    (root / "staged").write_text("clean now\n")

    for folder in (root, root / "sub"):
        result = _scan(folder, "diff", revision="HEAD")
        assert _places(result) == [("a", 1), ("sub/unknown", 1)]
    assert _places(_scan(root, "diff", revision="HEAD", paths=("sub",))) == [("sub/unknown", 1)]
    assert _places(_scan(root, "diff", revision="HEAD", exclude=("sub/",))) == [("a", 1)]


def test_diff_against_where_two_branches_parted(root):
    git(root, "checkout", "-q", "-b", "side")
    (root / "b").write_text(f"id {NEW}\n")
    git(root, "add", ".")
    git(root, "commit", "-q", "-m", "side")
    git(root, "checkout", "-q", "main")
    (root / "a").write_text("clean\n")
    git(root, "commit", "-q", "-am", "main")
    git(root, "checkout", "-q", "side")

    assert _places(_scan(root, "diff", revision="main...")) == [("b", 1)]
    assert _places(_scan(root, "diff", revision="main")) == [("a", 2), ("b", 1)]
    assert _scan(root, "diff", revision="HEAD").nothing_differs


def test_diff_knows_what_the_index_renamed(root):
    git(root, "mv", "a", "b")
    (root / "b").write_text(f"first\nid {OLD}\nid {NEW}\n")

    assert _places(_scan(root, "diff", revision="HEAD")) == [("b", 3)]


def test_diff_with_conflicts_links_binaries_and_repositories_within(root):
    git(root, "checkout", "-q", "-b", "side")
    (root / "a").write_text(f"side {NEW}\n")
    git(root, "commit", "-q", "-am", "side")
    git(root, "checkout", "-q", "main")
    (root / "a").write_text("main\n")
    git(root, "commit", "-q", "-am", "main")
    git(root, "merge", "-q", "side", check=False)
    (root / "link").symlink_to("a")
    (root / "bin").write_bytes(b"\0" + NEW.encode())
    make_repository(root / "inner")
    (root / "inner/x").write_text("x")
    result = _scan(root, "diff", revision="HEAD")

    assert [f.location.uri for f in result.findings] == ["a"]
    assert result.binary == 1
    assert {s.path for s in result.skipped} == {"inner/"}


@pytest.mark.parametrize(
    "revision", ["nosuch", "--output=x", "-p", "", "a\nb", "HEAD:a", "gone..."]
)
def test_a_revision_that_is_none_is_one_line(root, revision):
    with pytest.raises(SourceError, match=r"\A[^\n]+\Z"):
        _scan(root, "diff", revision=revision)
    assert not (root / "x").exists()


@pytest.mark.usefixtures("root")
def test_a_bare_repository_has_nothing_to_compare(tmp_path):
    git(tmp_path, "clone", "-q", "--bare", "r", "bare.git")

    with pytest.raises(SourceError, match="no work tree"):
        _scan(tmp_path / "bare.git", "diff", revision="HEAD")


def test_a_repository_elsewhere_is_refused_unless_named(root, tmp_path):
    lair = tmp_path / "lair"
    lair.mkdir()
    (lair / ".git").write_text(f"gitdir: {root}/.git\n")
    for mode in ("diff", "history"):
        with pytest.raises(SourceError, match=r"core\.worktree|names a repository elsewhere"):
            _scan(lair, mode, revision="HEAD")
    named = {**ENVIRONMENT, "GIT_DIR": f"{root}/.git"}
    assert _scan(lair, "history", revision="HEAD", environment=named).files

    git(root, "config", "core.worktree", str(tmp_path))
    for mode in ("diff", "history"):
        with pytest.raises(SourceError, match=r"core\.worktree"):
            _scan(root, mode, revision="HEAD")
