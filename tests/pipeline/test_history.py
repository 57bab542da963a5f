"""Scans of histories made with real git: what is found, where it came from, what is told."""

from __future__ import annotations

import base64
import random
import shutil

import pytest

from credlint import samples
from credlint.pipeline import blobs
from credlint.pipeline.request import ScanRequest
from credlint.pipeline.scan import run_scan
from credlint.rulebook import load_rules
from credlint.secrets.facts import ScanFacts
from credlint.sources import git_delta
from credlint.sources.errors import SourceError
from tests.sources.repository import ENVIRONMENT, git, make_repository
from tests.support.cache import CACHE

RULES = load_rules(("secrets", "code"))


def _key(seed="1"):
    return samples.key_id("AKIA", "210987654321", seed)


def _scan(root, revision="", **options):
    facts = ScanFacts(0.0, frozenset(), b"key of this run")
    request = ScanRequest(
        cache_directory=CACHE,
        rules=RULES,
        root=root,
        mode="history",
        revision=revision,
        facts=facts,
        **{"environment": ENVIRONMENT, **options},
    )
    return run_scan(request)


def _commit(root, name="a", text=None, when=1, **variables):
    """Write, or delete, one file and commit; return the commit's id."""
    if text is None:
        (root / name).unlink()
    else:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return _commit_all(root, f"2021-03-{when:02}T12:00:00+0200", **variables)


def _commit_all(root, date, author="Ada"):
    git(root, "add", "-A")
    git(
        root,
        "-c",
        f"user.name={author}",
        "commit",
        "-q",
        "--allow-empty",
        "-m",
        "x",
        f"--date={date}",
        "--author",
        f"{author} <a@example.com>",
        date=date,
    )
    return git(root, "rev-parse", "HEAD").decode().strip()


def _told(result):
    return [
        (f.location.uri, f.location.line, f.location.commit, dict(f.properties)["in-head"])
        for f in result.findings
    ]


@pytest.fixture
def root(tmp_path):
    return make_repository(tmp_path / "r")


def test_a_key_that_was_deleted_is_told_with_its_commits(root):
    _commit(root, text="clean\n", when=1)
    came = _commit(root, text=f"clean\nid {_key()}\n", when=2)
    _commit(root, text=f"more\nclean\nid {_key()}\n", when=3)
    gone = _commit(root, text="more\nclean\n", when=4)
    _commit(root, text="other\n", when=5)
    result = _scan(root)

    assert _told(result) == [("a", 2, came, "no")]
    (finding,) = result.findings
    properties = dict(finding.properties)
    assert finding.location.display() == f"a@{came[:7]}:2"
    assert finding.message.endswith(
        f"Added 2021-03-02 by Ada, removed in {gone[:7]}, not in HEAD but in the history."
    )
    assert (properties["author"], properties["author-date"]) == ("Ada", "2021-03-02T12:00:00+02:00")
    assert (properties["removed-in"], properties["versions"]) == (gone, "2")
    assert (result.commits, result.skipped) == (5, [])


def test_a_key_that_is_still_there_is_told_so(root):
    came = _commit(root, text=f"id {_key()}\n")
    _commit(root, text=f"id {_key()}\nmore\n", when=2)
    result = _scan(root)

    assert _told(result) == [("a", 1, came, "yes")]
    assert result.findings[0].message.endswith("Added 2021-03-01 by Ada, still in HEAD.")


def test_a_moved_file_brings_nothing_new_and_a_copy_does(root):
    first = _commit(root, text=f"id {_key()}\n")
    (root / "sub").mkdir()
    git(root, "mv", "a", "sub/b")
    second = _commit_all(root, "2021-03-02T00:00:00Z")
    (finding,) = _scan(root).findings

    assert _told(_scan(root)) == [("a", 1, first, "yes")]
    assert finding.message.endswith(f"removed in {second[:7]} and still in HEAD, in sub/b.")
    third = _commit(root, "c", f"x\nid {_key()}\n", when=3)
    result = _scan(root)
    assert sorted(_told(result)) == [("a", 1, first, "yes"), ("c", 2, third, "yes")]
    assert len({finding.identity for finding in result.findings}) == 1


@pytest.mark.parametrize("kept_by", ["branch", "tag", "stash", "amended", "note"])
def test_everything_that_is_named_is_read(root, kept_by):
    _commit(root, text="clean\n")
    if kept_by in ("branch", "tag"):
        git(root, "checkout", "-q", "-b", "side")
        _commit(root, text=f"id {_key()}\n", when=2)
        if kept_by == "tag":
            git(root, "tag", "-a", "-m", "t", "v1")
        git(root, "checkout", "-q", "main")
        if kept_by == "tag":
            git(root, "branch", "-q", "-D", "side")
    elif kept_by == "stash":
        (root / "a").write_text(f"id {_key()}\n")
        git(root, "stash", "-q")
    elif kept_by == "note":
        git(root, "notes", "add", "-m", f"id {_key()}")
    else:
        _commit(root, text=f"id {_key()}\n", when=2)
        (root / "a").write_text("clean again\n")
        git(root, "add", "a")
        git(root, "commit", "-q", "--amend", "--no-edit")

    result = _scan(root)
    assert {f.code for f in result.findings} == {"SEC101"}
    assert all(f.location.commit for f in result.findings)


def test_what_no_commit_names_is_told_as_an_object(root):
    _commit(root, text="clean\n")
    (root / "b").write_text(f"id {_key()}\n")
    git(root, "add", "b")
    blob = git(root, "rev-parse", ":b").decode().strip()
    (finding,) = _scan(root).findings

    assert finding.location.uri == f".git/objects/{blob[:2]}/{blob[2:]}"
    assert "which no commit, tag or stash names" in finding.message


def test_what_a_merge_brings_is_the_merges(root):
    _commit(root, text="one\n")
    git(root, "checkout", "-q", "-b", "side")
    _commit(root, text="two\n", when=2)
    git(root, "checkout", "-q", "main")
    _commit(root, text="three\n", when=3)
    git(root, "merge", "-q", "side", check=False)
    merge = _commit(root, text=f"id {_key()}\n", when=4)

    assert _told(_scan(root)) == [("a", 1, merge, "yes")]


def test_a_range_tells_what_its_commits_bring(root):
    _commit(root, text=f"old {_key('old')}\n")
    git(root, "tag", "start")
    came = _commit(root, text=f"old {_key('old')}\nnew {_key('new')}\n", when=2)
    git(root, "mv", "a", "b")
    _commit_all(root, "2021-03-03T00:00:00Z")

    assert _told(_scan(root, "start..")) == [("a", 2, came, "yes")]
    assert _told(_scan(root, "start..main -n1")) == []
    assert len(_told(_scan(root, "HEAD"))) == 2
    assert len(_told(_scan(root, "--all --until=2021-03-01T23:00:00Z"))) == 1
    assert _scan(root, "HEAD..HEAD").nothing_differs


@pytest.mark.parametrize(
    "words",
    ["--output=x", "-p", "--ext-diff", "--all --textconv", "nosuch", "a..nosuch", "-", "'open"],
)
def test_a_range_that_is_none_is_one_line(root, words):
    _commit(root, text="clean\n")

    with pytest.raises(SourceError, match=r"^[^\n]+$"):
        _scan(root, words)
    assert not (root / "x").exists()


def test_paths_and_excludes_limit_it(root):
    for number, name in enumerate(("in/a", "out/a", "in/b")):
        _commit(root, name, f"id {_key(name)}\n", when=number + 1)

    assert sorted(f.location.uri for f in _scan(root, paths=("in",)).findings) == ["in/a", "in/b"]
    result = _scan(root, exclude=("in/",))
    assert [f.location.uri for f in result.findings] == ["out/a"]
    assert result.ignored == 2


def test_a_comment_in_the_newest_version_accepts_it(root):
    _commit(root, text=f"id {_key()}\n")
    _commit(root, text=f"x\nid {_key()} # credlint: ignore[SEC101] ours\n", when=2)
    _commit(root, text="gone\n", when=3)
    result = _scan(root)

    assert [f.location.line for f in result.findings] == [1]
    assert [(d.uri, d.line, d.selectors) for d in result.directives] == [("a", 1, ("SEC101",))]


def _again(rows, seed):
    """A line that stands there already, or says what one says otherwise."""
    known = [row for row in rows if "AKIA" in row]
    return f"{known[0]}{seed if seed > '1' else ''}" if known else ""


# Lines that only their neighbours make secrets, that are told by others, and comments.
_OTHER_ACTS = {
    4: (
        lambda _, seed: f"  {samples.secret_key(seed)}",
        lambda _, seed: f"aws_secret_access_key = {samples.secret_key(seed)}",
        lambda _, seed: f"password = '{samples.secret_key(seed)[:24]}'",
    ),
    5: (_again, lambda _, seed: "# credlint: ignore[SEC101] known" + seed),
    6: (
        lambda _, seed: base64.b64encode(
            f"aws_secret = {samples.secret_key(seed)}".encode()
        ).decode(),
        lambda _, seed: f"const token = fetch_token_{seed}()",
    ),
}


def _busy(root, commits, seed=3):
    """Make a history whose files have many versions, with keys that come, change and go."""
    chance = random.Random(seed)  # noqa: S311  no secret
    lines = {f"f{n}": [f"{n} {chance.random()}" for _ in range(300)] for n in range(4)}
    keys = set()
    for number in range(commits):
        for name, rows in lines.items():
            at = chance.randrange(len(rows))
            act = chance.randrange(12)
            if act == 0:
                key = _key(str(len(keys)))
                keys.add(key)
                rows.insert(at, f"id = {key}")
            elif act == 1:
                # A key that shares its beginning with one that stands elsewhere.
                key = _key(str(len(keys)))
                keys.add(key)
                rows[at] = f"{rows[at]} {key} {rows[at - 1]}"
            elif act == 2:
                rows[:] = [row for row in rows if "AKIA" not in row]
            elif act == 3:
                rows[:] = rows[at:] + rows[:at]
            elif act in _OTHER_ACTS:
                rows.insert(at, chance.choice(_OTHER_ACTS[act])(rows, str(chance.randrange(4))))
            else:
                rows[at : at + 2] = [f"{number} {chance.random()}"]
            (root / name).write_text("\n".join(rows) + "\n")
        git(root, "add", ".")
        git(root, "commit", "-q", "-m", str(number))
    return keys


@pytest.mark.parametrize("seed", [3, 5, 8])
def test_only_what_is_new_is_looked_at_and_nothing_is_missed(root, seed):
    keys = _busy(root, 60, seed)
    loose = _scan(root)
    git(root, "repack", "-q", "-a", "-d", "-f", "--depth=60", "--window=60")
    packed = _scan(root, jobs=1)

    # Each key once where it came; the loose objects are all read as a whole.
    assert packed == loose
    assert len({f.identity for f in packed.findings if f.code == "SEC101"}) == len(keys)
    assert _scan(root, jobs=3) == packed


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_versions_with_long_lists_of_changes_are_compared_with_each_other(root, seed, monkeypatch):
    _busy(root, 40, seed)
    loose = _scan(root)
    git(root, "repack", "-q", "-a", "-d", "-f", "--depth=60", "--window=60")
    compared = []

    def regions_between(base, data):
        compared.append(data)
        return git_delta.regions_between(base, data)

    monkeypatch.setattr(blobs, "regions_between", regions_between)
    monkeypatch.setattr(blobs, "_LONG_DELTA", 40)

    assert _scan(root, jobs=1) == loose
    assert len(compared) > 20


def test_a_change_of_a_file_that_is_judged_otherwise_is_looked_at_as_a_whole(root):
    chance = random.Random(1)  # noqa: S311  no secret
    rows = [f"{chance.random()}" for _ in range(300)]
    # Among translations a word without digits is one of them.
    rows[10] = "mysql_password=" + "ahWq" + "kepRtuz"
    _commit(root, "locale/a.conf", "\n".join([*rows, "the end"]))
    _commit(root, "a.conf", "\n".join(rows), when=2)
    git(root, "repack", "-q", "-a", "-d", "-f")

    assert [finding.location.uri for finding in _scan(root).findings] == ["a.conf"]


def test_sha256(tmp_path):
    root = tmp_path / "r"
    root.mkdir()
    git(root, "init", "-q", "-b", "main", "--object-format=sha256")
    came = _commit(root, text=f"id {_key()}\n")
    _commit(root, text="clean\n", when=2)
    git(root, "repack", "-q", "-a", "-d")

    assert len(came) == 64
    assert _told(_scan(root)) == [("a", 1, came, "no")]


def test_bare_worktree_and_submodule(root, tmp_path):
    came = _commit(root, text=f"id {_key()}\n")
    git(tmp_path, "clone", "-q", "--bare", "r", "bare.git")
    git(root, "worktree", "add", "-q", "../tree", "-b", "other")
    outer = make_repository(tmp_path / "outer")
    git(outer, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", "../r", "module")

    for folder in (tmp_path / "bare.git", tmp_path / "tree", outer / "module", root / ".git"):
        assert _told(_scan(folder)) == [("a", 1, came, "yes")], folder


def test_an_empty_repository_holds_nothing(root):
    result = _scan(root)

    assert (result.files, result.findings, result.skipped) == (0, [], [])


def test_a_shallow_clone_says_where_it_ends(root, tmp_path):
    _commit(root, text=f"id {_key()}\n")
    _commit(root, text="clean\n", when=2)
    git(tmp_path, "clone", "-q", "--depth=1", f"file://{root}", "shallow")
    result = _scan(tmp_path / "shallow")

    assert result.findings == []
    assert [s.reason for s in result.skipped] == [
        "a shallow clone: what is older than 1 of its commits is not here"
    ]


@pytest.mark.parametrize("form", ["blob:none", "tree:0"])
def test_a_partial_clone_is_told_and_nothing_is_fetched(root, tmp_path, form):
    for number in range(30):
        _commit(root, f"f{number}", f"id {_key(str(number))}\n")
    git(root, "config", "uploadpack.allowFilter", "true")
    git(tmp_path, "clone", "-q", "--bare", f"--filter={form}", f"file://{root}", "part.git")
    before = sorted((tmp_path / "part.git/objects").rglob("*"))
    result = _scan(tmp_path / "part.git")

    assert result.findings == []
    assert result.skipped
    assert sorted((tmp_path / "part.git/objects").rglob("*")) == before
    if form == "blob:none":
        assert "the contents of 30 files are not here" in result.skipped[0].reason


def test_damage_is_told_and_the_rest_goes_on(root):
    names = {}
    for number in range(6):
        _commit(root, f"f{number}", f"id {_key(str(number))}\n", when=number + 1)
        names[number] = git(root, "rev-parse", f"HEAD:f{number}").decode().strip()
    place = root / ".git/objects" / names[2][:2] / names[2][2:]
    place.chmod(0o644)
    place.write_bytes(place.read_bytes()[:-9] + b"123456789")
    place = root / ".git/objects" / names[3][:2] / names[3][2:]
    place.chmod(0o644)
    place.write_bytes(b"garbage")
    (root / ".git/objects" / names[4][:2] / names[4][2:]).unlink()
    result = _scan(root)

    assert sorted(f.location.uri for f in result.findings) == ["f0", "f1", "f5"]
    assert sorted(s.path for s in result.skipped) == ["f2", "f3", "f4"]


def test_damage_in_a_pack_is_told_with_its_path(root):
    for number in range(6):
        _commit(root, f"f{number}", f"id {_key(str(number))} {samples.base62(3000, str(number))}\n")
    blob = git(root, "rev-parse", "HEAD:f3").decode().strip()
    git(root, "repack", "-q", "-a", "-d")
    (pack,) = (root / ".git/objects/pack").glob("*.pack")
    rows = git(root, "verify-pack", "-v", str(pack)).decode().splitlines()
    offset = next(int(row.split()[4]) for row in rows if row.startswith(blob))
    pack.chmod(0o644)
    data = bytearray(pack.read_bytes())
    data[offset + 900 : offset + 1000] = b"\xff" * 100
    pack.write_bytes(data)
    result = _scan(root)

    assert sorted(f.location.uri for f in result.findings) == ["f0", "f1", "f2", "f4", "f5"]
    assert [s.path for s in result.skipped] == ["f3"]


def test_a_missing_tree_leaves_the_contents(root):
    _commit(root, "a", f"id {_key('a')}\n")
    _commit(root, "sub/b", f"id {_key('b')}\n", when=2)
    tree = git(root, "rev-parse", "HEAD:sub").decode().strip()
    (root / ".git/objects" / tree[:2] / tree[2:]).unlink()
    result = _scan(root)

    assert len(result.findings) == 2
    told = "commits and paths of what was found may be missing"
    assert any(told in skip.reason for skip in result.skipped)


def test_a_pack_without_a_readable_index_is_left_to_git(root):
    _commit(root, text=f"id {_key()}\n")
    git(root, "repack", "-q", "-a", "-d")
    git(root, "-c", "pack.indexVersion=1", "repack", "-q", "-a", "-d", "-F")
    result = _scan(root)

    assert [f.location.uri for f in result.findings] == ["a"]
    assert "a pack of another version" in result.skipped[0].reason


def test_huge_contents_are_told(root):
    _commit(root, "big", "x" * 5000 + f" {_key()}\n")
    _commit(root, "small", f"id {_key('2')}\n", when=2)
    for _ in range(2):
        result = _scan(root, max_file_size=1000)
        assert [f.location.uri for f in result.findings] == ["small"]
        assert [(s.path, s.code) for s in result.skipped] == [("big", "RUN903")]
        git(root, "repack", "-q", "-a", "-d")


def test_odd_names_of_files_and_authors(root):
    name = b'odd \xff\n\t"name'.decode("utf-8", "surrogateescape")
    _commit(root, "start", "x")
    (root / name).write_text(f"id {_key()}\n")
    git(root, "add", "-A")
    tree = git(root, "write-tree").decode().strip()
    raw = (
        f"tree {tree}\nauthor ".encode()
        + b"J\xf6rg \x1b[31m <x@example.com> 99999999999999 +9999\ncommitter c <c> 5 +0000\n\nm\n"
    )
    commit = git(root, "hash-object", "-t", "commit", "-w", "--literally", "--stdin", stdin=raw)
    git(root, "update-ref", "refs/heads/main", commit.decode().strip())
    (finding,) = _scan(root).findings

    assert finding.location.uri == name
    assert dict(finding.properties)["author"].startswith("J\ufffdrg")


def test_alternates_outside_are_not_read_unless_named(root, tmp_path):
    _commit(root, text=f"id {_key()}\n")
    git(tmp_path, "clone", "-q", "--shared", "r", "copy")
    result = _scan(tmp_path / "copy")

    assert result.findings == []
    assert [s for s in result.skipped if "alternates file names, were not read" in s.reason]
    named = {
        **ENVIRONMENT,
        "GIT_ALTERNATE_OBJECT_DIRECTORIES": str(root / ".git/objects"),
    }
    assert len(_scan(tmp_path / "copy", environment=named).findings) == 1
    ranged = _scan(tmp_path / "copy", "HEAD")
    assert ranged.findings == []
    assert ranged.skipped


def test_alternates_inside_are_read(root):
    _commit(root, text=f"id {_key()}\n")
    (root / ".git/more/pack").mkdir(parents=True)
    (root / ".git/more/info").mkdir()
    for place in list((root / ".git/objects").glob("??")):
        shutil.move(str(place), str(root / ".git/more" / place.name))
    (root / ".git/objects/info/alternates").write_text("../more\n")

    assert len(_scan(root).findings) == 1
    assert _scan(root).skipped == []


def test_grafts_and_replaced_objects_hide_nothing(root):
    _commit(root, text=f"id {_key()}\n")
    middle = _commit(root, text="clean\n", when=2)
    clean = git(root, "hash-object", "-w", "--stdin", stdin=b"clean").decode().strip()
    blob = git(root, "rev-parse", "HEAD~1:a").decode().strip()
    git(root, "replace", blob, clean)
    (root / ".git/info/grafts").write_text(f"{middle}\n")

    assert [f.location.uri for f in _scan(root).findings] == ["a"]


def test_many_refs(root):
    came = _commit(root, text=f"id {_key()}\n")
    rows = "".join(f"create refs/changes/{number} {came}\n" for number in range(20_000))
    git(root, "update-ref", "--stdin", stdin=rows.encode())
    git(root, "pack-refs", "--all")

    assert _told(_scan(root)) == [("a", 1, came, "yes")]
