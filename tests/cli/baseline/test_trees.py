"""Which tree a baseline speaks of, and what git makes of two of them."""

from __future__ import annotations

import pytest

from tests.cli.baseline.support import NAME, SECRETS, env_of, git, report


def test_a_checkout_of_windows_is_read(run, tree):
    run("baseline", "create")
    text = (tree / NAME).read_text().replace('in="', 'in="sub\\\\').replace("\n", "\r\n")
    (tree / NAME).write_bytes(text.encode())

    assert run("scan")[0] == 0


def test_it_is_found_from_a_folder_below_and_by_the_hook(run, tree):
    run("baseline", "create")
    (tree / "sub").mkdir()
    (tree / "sub" / "copy.env").write_text(env_of(SECRETS[0]))
    (tree / "sub" / "new.env").write_text(env_of(SECRETS[5]))
    git(tree, "add", ".")

    assert [f["location"]["uri"] for f in report(run, cwd=tree / "sub")["findings"]] == ["new.env"]
    for mode in ("--staged", "--hook"):
        staged = report(run, mode)
        assert [f["location"]["uri"] for f in staged["findings"]] == ["sub/new.env"]
        assert staged["summary"]["baselined"] == 2
    # From below, the whole tree of the baseline is looked at.
    assert run("baseline", "prune", cwd=tree / "sub")[0] == 0
    assert run("baseline", "update", cwd=tree / "sub")[0] == 0
    assert run("scan")[0] == 0
    assert not (tree / "sub" / NAME).exists()


def test_the_configuration_names_another_file(run, tree):
    (tree / "ci").mkdir()
    (tree / "credlint.toml").write_text('baseline = "ci/accepted"\n')
    assert run("scan")[0] == 2  # it is not there
    (tree / "ci" / "accepted").write_text(f"credlint-baseline/1\nsalt {'0' * 32}\n")
    assert run("scan")[0] == 1
    for path in ("../accepted", "/etc/passwd", "C:\\\\x", ""):
        (tree / "credlint.toml").write_text(f'baseline = "{path}"\n')
        code, said = run("scan")
        assert (code, "below the configuration" in said) == (2, True)


def test_branches_merge_as_git_merges_them(run, tree):
    """Each branch adds secrets and updates; the merge is what an update of the whole writes."""
    (tree / ".gitattributes").write_text(f"{NAME} merge=union\n")
    run("baseline", "create", "--reason", "base")
    git(tree, "add", ".")
    assert git(tree, "commit", "-qm", "base").returncode == 0
    for branch, secrets in {"mine": SECRETS[2:4], "yours": SECRETS[4:6]}.items():
        git(tree, "checkout", "-qb", branch, "main")
        (tree / f"{branch}.env").write_text(env_of(*secrets))
        run("baseline", "update", "--reason", branch)
        git(tree, "add", ".")
        assert git(tree, "commit", "-qm", branch).returncode == 0
    merge = git(tree, "merge", "-q", "mine")

    assert merge.returncode == 0, merge.stdout
    assert run("scan")[0] == 0
    # git joins conflicts that are near each other, and then has the lines between them twice.
    merged = sorted(set((tree / NAME).read_text().splitlines()))
    run("baseline", "update")
    assert sorted((tree / NAME).read_text().splitlines()) == merged
    assert len([line for line in merged if line.startswith("SEC102")]) == 6
    assert run("baseline", "audit")[0] == 0


@pytest.mark.parametrize("union", [True, False])
def test_baselines_that_were_created_apart(run, tree, union):
    """With union both salts stay and both lists count; a plain merge conflicts, and is refused."""
    if union:
        (tree / ".gitattributes").write_text(f"{NAME} merge=union\n")
    git(tree, "add", ".")
    git(tree, "commit", "-qm", "base")
    for branch, secrets in {"mine": SECRETS[2:4], "yours": SECRETS[4:6]}.items():
        git(tree, "checkout", "-qb", branch, "main")
        (tree / f"{branch}.env").write_text(env_of(*secrets))
        run("baseline", "create", "--reason", branch)
        git(tree, "add", ".")
        git(tree, "commit", "-qm", branch)
    merge = git(tree, "merge", "-q", "mine")
    text = (tree / NAME).read_text()
    if not union:
        line = next(n for n, row in enumerate(text.splitlines(), 1) if row.startswith("<<<<<<<"))
        assert merge.returncode != 0
        for arguments in (("scan",), ("scan", "--hook"), ("baseline", "update")):
            code, said = run(*arguments)
            assert (code, f"line {line}: a merge conflict" in said) == (2, True)
        return

    assert merge.returncode == 0, merge.stdout
    assert len({row for row in text.splitlines() if row.startswith("salt ")}) == 2
    assert run("scan")[0] == 0
    run("baseline", "update")
    text = (tree / NAME).read_text()
    assert (text.count("salt "), text.count("SEC102")) == (1, 6)
    assert run("scan")[0] == 0
    # The two secrets of the base were accepted twice: both reasons stay.
    assert text.count('reason="mine / yours"') == 2


def test_unused_is_said_only_where_the_whole_tree_was_asked_for(run, tree):
    run("baseline", "create", "--reason", "r")
    (tree / "b.env").unlink()
    (tree / "sub").mkdir()
    (tree / "sub" / "text").write_text("nothing\n")

    def unused(*arguments: str, **more) -> bool:
        return "RUN916" in [notice["code"] for notice in report(run, *arguments, **more)["notices"]]

    assert unused()
    assert unused("a.env", ".")
    assert unused("..", cwd=tree / "sub")
    assert not unused(cwd=tree / "sub")
    assert not unused("sub")
    assert not unused("--exclude", "b.env")
    assert not unused("--select", "SEC101")
    git(tree, "add", ".")
    assert not unused("--staged")


def test_what_stands_in_the_history_alone_is_accepted_apart(run, tree):
    """A scan of the tree cannot say of it that it is unused; one of the history can."""
    git(tree, "add", ".")
    git(tree, "commit", "-qm", "first")
    (tree / "b.env").unlink()
    git(tree, "add", ".")
    git(tree, "commit", "-qm", "second")
    run("baseline", "create", "--reason", "r")
    assert run("scan")[0] == 0
    assert run("scan", "--history")[0] == 1

    assert "1 added" in run("baseline", "update", "--history", "--reason", "r")[1]
    text = (tree / NAME).read_text()
    assert [line.count('only="history"') for line in text.splitlines() if "SEC" in line] in (
        [0, 1], [1, 0],
    )  # fmt: skip
    assert run("scan", "--history")[0] == 0
    for more in ((), ("--history",)):
        assert [n["code"] for n in report(run, *more)["notices"]] == ["RUN913"]
        assert run("baseline", "audit", *more)[0] == 0
        assert "0 removed" in run("baseline", "prune", *more)[1]

    # What leaves the tree is told by a scan of the tree, until the history was asked.
    (tree / "a.env").write_text("nothing\n")
    assert "RUN916" in [n["code"] for n in report(run)["notices"]]
    assert "0 removed" in run("baseline", "prune", "--history")[1]
    assert (tree / NAME).read_text().count('only="history"') == 2
    assert run("baseline", "audit")[0] == run("baseline", "audit", "--history")[0] == 0
    assert run("scan", "--history")[0] == 0
    # And what comes back into it is one of the tree's again.
    (tree / "back.env").write_text(env_of(SECRETS[0]))
    run("baseline", "update", "--history")
    assert (tree / NAME).read_text().count('only="history"') == 1


def test_a_file_elsewhere_speaks_of_the_working_directory(run, tree, tmp_path):
    accepted = str(tmp_path / "accepted")
    assert "2 added" in run("baseline", "create", "--baseline", accepted)[1]
    assert run("scan", "--baseline", accepted)[0] == 0
    (tree / "b.env").unlink()
    assert [n["code"] for n in report(run, "--baseline", accepted)["notices"]] == ["RUN916"]
    assert "1 removed" in run("baseline", "prune", "--baseline", accepted)[1]
    assert not (tree / NAME).exists()


def test_a_file_that_the_configuration_names_speaks_of_its_folder(run, tree):
    (tree / "ci").mkdir()
    (tree / "credlint.toml").write_text('baseline = "ci/accepted"\n')
    assert run("baseline", "update")[0] == 2  # there is none yet
    assert "2 added" in run("baseline", "create", "--reason", "r")[1]
    assert (tree / "ci" / "accepted").exists()
    assert run("scan")[0] == run("baseline", "audit", cwd=tree / "ci")[0] == 0
