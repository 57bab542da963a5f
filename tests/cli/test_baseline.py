"""``credlint baseline`` and its use by ``scan``, through the command line and real git."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import subprocess
from pathlib import Path
from urllib.parse import quote

import pytest

from credlint import samples
from credlint.policy.baseline_file import SIZE_LIMIT

NAME = ".credlint-baseline"
SECRETS = [samples.secret_key(f"baseline {number}") for number in range(6)]
TOKEN = samples.github_token()


def env_of(*secrets: str) -> str:
    return "".join(f"AWS_SECRET_ACCESS_KEY={secret}\n" for secret in secrets)


def git(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "GIT_CONFIG_NOSYSTEM": "1",
        **dict.fromkeys(("GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL"), "x@y"),
        **dict.fromkeys(("GIT_COMMITTER_NAME", "GIT_COMMITTER_EMAIL"), "x@y"),
    }
    return subprocess.run(
        ["git", *arguments],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


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


def report(run, *arguments: str, **more) -> dict:
    return json.loads(run("scan", "--format", "json", *arguments, **more)[1])


def test_what_is_there_is_accepted_and_what_is_new_is_found(run, tree):
    assert run("scan")[0] == 1
    code, said = run("baseline", "create", "--reason", "old", "--until", "2099-12-31")
    assert (code, "2 entries, 2 added" in said) == (0, True)

    found = report(run)
    assert (found["summary"]["findings"], found["summary"]["baselined"]) == (0, 2)
    assert found["baseline"] == NAME
    assert {e["acceptance"]["reason"] for e in found["baselined"]} == {"old"}
    assert [n["code"] for n in found["notices"]] == ["RUN913"]
    assert run("scan")[0] == 0

    # Another secret on the very line of an accepted one, and one in a new file.
    (tree / "a.env").write_text(env_of(SECRETS[2]))
    found = report(run)
    assert [f["location"]["uri"] for f in found["findings"]] == ["a.env"]
    assert run("scan")[0] == 1


def test_an_entry_survives_moves_renames_and_reformatting(run, tree):
    run("baseline", "create")
    before = (tree / NAME).read_bytes()
    (tree / "a.env").unlink()
    (tree / "b.env").unlink()
    (tree / "some where").mkdir()
    text = "# moved\n\n" + env_of(SECRETS[1]) + "export " + env_of(SECRETS[0])
    for name, data in {
        "crlf.env": text.replace("\n", "\r\n").encode(),
        "wide.env": b"\xff\xfe" + text.encode("utf-16-le"),
        "marked.env": b"\xef\xbb\xbf" + text.encode(),
        "quoted.py": "\n".join(f"aws_secret_access_key = '{s}'" for s in SECRETS[:2]).encode(),
        "long.yml": ("x" * 5000 + "\n" + f"    aws_secret_access_key:   {SECRETS[0]}").encode(),
    }.items():
        (tree / "some where" / name).write_bytes(data)

    found = report(run)
    assert (found["summary"]["findings"], found["summary"]["baselined"]) == (0, 2)
    assert run("baseline", "update")[0] == 0
    assert (tree / NAME).read_bytes() == before


def test_a_checkout_of_windows_is_read(run, tree):
    run("baseline", "create")
    text = (tree / NAME).read_text().replace('in="', 'in="sub\\\\').replace("\n", "\r\n")
    (tree / NAME).write_bytes(text.encode())

    assert run("scan")[0] == 0


def test_create_never_overwrites_and_the_others_need_one(run, tree):
    assert run("baseline", "update")[0] == 2
    assert run("baseline", "prune")[0] == 2
    assert run("baseline", "audit")[0] == 2
    (tree / NAME).symlink_to("nowhere")
    assert run("baseline", "create")[0] == 2
    (tree / NAME).unlink()
    assert run("baseline", "create")[0] == 0
    before = (tree / NAME).read_bytes()
    code, said = run("baseline", "create")
    assert (code, "is there already" in said) == (2, True)
    assert (tree / NAME).read_bytes() == before


def test_update_keeps_reasons_and_prune_removes_what_is_gone(run, tree):
    run("baseline", "create", "--reason", "kept")
    (tree / "b.env").unlink()
    (tree / "c.env").write_text(env_of(SECRETS[3]))
    assert "1 added, 0 removed" in run("baseline", "update", "--reason", "later")[1]
    text = (tree / NAME).read_text()
    assert (text.count('reason="kept"'), text.count('reason="later"')) == (2, 1)

    code, said = run("baseline", "audit")
    assert (code, said.count("[unused]"), "no place of this tree; it was in b.env" in said) == (
        1, 1, True,
    )  # fmt: skip
    assert [n["code"] for n in report(run)["notices"]] == ["RUN913", "RUN916"]
    # A part of the tree cannot tell.
    assert [n["code"] for n in report(run, "a.env")["notices"]] == ["RUN913"]

    assert "0 added, 1 removed" in run("baseline", "prune")[1]
    assert run("baseline", "audit")[0] == 0
    assert [n["code"] for n in report(run)["notices"]] == ["RUN913"]
    assert (tree / NAME).read_text().count("SEC102") == 2


def test_an_expired_entry_brings_its_finding_back(run):
    run("baseline", "create", "--reason", "for a while", "--until", "2020-01-31")
    found = report(run)

    assert found["summary"]["findings"] == 2
    assert [n["code"] for n in found["notices"]] == ["RUN917"]
    assert "ended on 2020-01-31" in found["notices"][0]["message"]
    assert run("scan")[0] == 1
    code, said = run("baseline", "update", "--until", "2099-01-01")
    assert (code, "2 expired" in said) == (0, True)
    assert run("scan")[0] == 1
    assert run("baseline", "audit")[0] == 1


def test_a_day_that_is_none_is_refused(run):
    code, said = run("baseline", "create", "--until", "2027-02-30")

    assert (code, "2027-01-31" in said) == (2, True)


def test_what_a_comment_hides_is_not_added_and_a_partly_accepted_secret_stays(run, tree):
    (tree / "a.env").write_text(f"# credlint: ignore[SEC102] fixture\n{env_of(SECRETS[4])}")
    run("baseline", "create")

    assert (tree / NAME).read_text().count("SEC102") == 2  # those of b.env
    assert report(run)["summary"]["suppressed"] == 1


def test_no_ignores_sets_it_aside_and_isolated_looks_for_none(run, tree):
    run("baseline", "create")

    assert report(run, "--no-ignores")["summary"]["findings"] == 2
    assert report(run, "--no-ignores")["baseline"] is None
    assert report(run, "--isolated")["summary"]["findings"] == 2
    named = report(run, "--isolated", "--baseline", NAME)
    assert (named["summary"]["findings"], named["notices"]) == (0, [])
    # --no-ignores shows everything even where the file is damaged.
    (tree / NAME).write_text("<<<<<<< HEAD\n")
    assert run("scan", "--no-ignores")[0] == 1


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
    merged = sorted((tree / NAME).read_text().splitlines())
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
    assert text.count("salt ") == 2
    assert run("scan")[0] == 0
    run("baseline", "update")
    text = (tree / NAME).read_text()
    assert (text.count("salt "), text.count("SEC102")) == (1, 6)
    assert run("scan")[0] == 0
    # The two secrets of the base were accepted twice: both reasons stay.
    assert text.count('reason="mine / yours"') == 2


BAD = {
    "conflict": (b"credlint-baseline/1\n<<<<<<< HEAD\n", "line 2: a merge conflict"),
    "version": (b"credlint-baseline/9\n", "line 1: this version reads"),
    "not text": (b"credlint-baseline/1\n\xc3\x28\n", "line 2: not UTF-8"),
    "binary": (b"credlint-baseline/1\n\0", "cannot be used"),
    "empty": (b"", "line 1: no baseline"),
    "huge": (b"#" * (SIZE_LIMIT + 1), "more than the limit"),
    "TOML": (b'[accepted]\nx = "y"\n', "line 1: no baseline"),
}


@pytest.mark.parametrize("case", BAD)
def test_a_bad_baseline_stops_every_command(run, tree, case):
    content, said = BAD[case]
    (tree / NAME).write_bytes(content)

    for arguments in (("scan",), ("scan", "--hook"), ("baseline", "update"), ("baseline", "audit")):
        code, output = run(*arguments)
        assert (code, said in output) == (2, True), output
        assert output.count("\n") == 1 or arguments[0] == "baseline"
    assert (tree / NAME).read_bytes() == content


def test_a_baseline_of_100_megabytes_is_refused_unread(run, tree):
    with (tree / NAME).open("wb") as stream:
        stream.truncate(100_000_000)
        stream.write(b"credlint-baseline/1\n" * 10_000)

    code, said = run("scan")
    assert (code, "cannot be used" in said) == (2, True)


def test_links_pipes_and_folders_are_no_baseline(run, tree):
    run("baseline", "create")
    (tree / NAME).rename(tree / "real")
    (tree / NAME).symlink_to("real")
    code, said = run("scan")
    assert (code, "symbolic link" in said) == (2, True)
    # Who names a link means what it leads to; it is never written through.
    assert run("scan", "--baseline", NAME)[0] == 0
    assert run("baseline", "update", "--baseline", NAME)[0] == 2
    assert (tree / NAME).is_symlink()
    (tree / NAME).unlink()
    os.mkfifo(tree / NAME)
    assert run("scan")[0] == 2
    assert run("scan", "--baseline", NAME)[0] == 2
    (tree / NAME).unlink()
    (tree / NAME).mkdir()
    assert run("scan")[0] == 2
    (tree / NAME).rmdir()
    assert run("scan", "--baseline", "missing")[0] == 2


def test_nothing_of_a_secret_stands_in_the_file_or_is_said(run, tree):
    """Whole, in pieces, encoded, or as any digest without the salt."""
    name = SECRETS[2].replace("/", "x").replace("+", "y")
    (tree / f"{name}.env").write_text(env_of(SECRETS[2]) + f"GITHUB_TOKEN={TOKEN}\n")
    said = run("baseline", "create", "--reason", f"it is {SECRETS[3]}")[1]
    said += run("baseline", "audit")[1] + run("scan", "--verbose")[1]
    for form in ("json", "sarif"):
        said += run("scan", "--format", form, "--sarif-suppressed", "--verbose")[1]
    text = (tree / NAME).read_text() + said
    salt = bytes.fromhex(next(row[5:] for row in text.splitlines() if row.startswith("salt ")))

    assert text.count("SEC102") > 3
    for value in (*SECRETS[:4], TOKEN, name):
        data = value.encode()
        forms = [
            value,
            base64.b64encode(data).decode().rstrip("="),
            quote(value, safe=""),
            data.hex(),
        ]
        forms += [value[start : start + 8] for start in range(len(value) - 8)]
        for algorithm in ("md5", "sha1", "sha256", "sha512", "blake2b"):
            for made in (data, salt + data, data + salt):
                digest = hashlib.new(algorithm, made)
                forms += [digest.hexdigest()[:12], base64.b64encode(digest.digest()).decode()[:12]]
        assert not [form for form in forms if form in text]


def test_its_own_file_is_nothing_to_find(run):
    run("baseline", "create", "--reason", "password = token of the key")
    found = report(run, "--no-ignores", "--per-place")

    assert {f["location"]["uri"] for f in found["findings"]} == {"a.env", "b.env"}


def test_sarif_tells_what_is_new_and_what_is_accepted(run, tree):
    run("baseline", "create", "--reason", "old", "--until", "2099-12-31")
    (tree / "c.env").write_text(env_of(SECRETS[2]))
    (tree / "d.env").write_text(f"# credlint: ignore[SEC102] mine\n{env_of(SECRETS[3])}")

    def results(*more: str) -> list[dict]:
        return json.loads(run("scan", "--format", "sarif", *more)[1])["runs"][0]["results"]

    assert [r["baselineState"] for r in results()] == ["new"]
    assert not [r for r in results("--no-ignores") if "baselineState" in r]
    told = [
        (r["baselineState"], [(s["kind"], s["justification"]) for s in r.get("suppressions", [])])
        for r in results("--sarif-suppressed")
    ]
    assert told == [
        ("new", []),
        ("new", [("inSource", "mine")]),
        ("unchanged", [("external", "old (until 2099-12-31)")]),
        ("unchanged", [("external", "old (until 2099-12-31)")]),
    ]


def test_many_workers_give_the_same_answer(run, tree):
    for number in range(300):
        (tree / f"n{number}.env").write_text(env_of(SECRETS[number % 6]))
    run("baseline", "create")
    (tree / "n299.env").write_text(env_of(samples.secret_key("new")))

    assert (tree / NAME).read_text().count("SEC102") == 6
    for jobs in ("1", "2", "5"):
        found = report(run, "--jobs", jobs)
        assert (found["summary"]["findings"], found["summary"]["baselined"]) == (1, 6)


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
