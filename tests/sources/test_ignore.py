"""Our reading of .gitignore against `git check-ignore` on generated trees."""
# ruff: noqa: E501  tables read better in one piece

from __future__ import annotations

import random

import pytest

from credlint.sources.ignore import IgnoreFile
from credlint.sources.tree import list_files
from tests.sources.repository import git, make_repository

NAMES = ["a", "b", "ab", "a.txt", "b.log", "build", "x y", "é", "[x]", "c-d", ".env", "A"]
PATTERNS = [
    "*.txt", "a", "/a", "a/", "b/a", "/b/*", "**/a", "a/**", "a/**/b", "!a", "!*.txt", "*", "!*/",
    "b*", "?", "a?", "[ab]", "[!a]", "[a-c]*", "[[:alpha:]]", "\\[x\\]", "x\\ y", "x y  ", "# c", "\\#a",
    "", "/", "build/", "!build/a", "**", "*/a", "a*/", "**/b/**", "/**/a.txt", "*.l?g", ".*", "a.txt ",
    "é", "c-d", "[c]-d", "\\!a", "[a", "b/**/", "a**", "**b", "a/b/*.txt", "[^b].txt", "A", "[]a]", "[a-]",
]  # fmt: skip


def _grow(folder, chance, depth=0):
    for name in chance.sample(NAMES, chance.randint(2, 5)):
        path = folder / name
        if depth < 3 and "." not in name and chance.random() < 0.6:
            path.mkdir()
            _grow(path, chance, depth + 1)
        else:
            path.write_text("x")
    if depth == 0 or chance.random() < 0.35:
        lines = chance.sample(PATTERNS, chance.randint(1, 5))
        (folder / ".gitignore").write_text("\n".join(lines) + chance.choice(["", "\n", "\r\n"]))


def _wanted(root):
    """All files that git does not call ignored, asked one by one as git answers for untracked ones."""
    files = sorted(
        str(p.relative_to(root)) for p in root.rglob("*") if p.is_file() and ".git" not in p.parts
    )
    asked = b"\0".join(name.encode() for name in files) + b"\0"
    ignored = set(git(root, "check-ignore", "-z", "--stdin", stdin=asked, check=False).split(b"\0"))
    return [name for name in files if name.encode() not in ignored]


@pytest.mark.parametrize("seed", range(60))
def test_same_files_as_git(tmp_path, seed):
    chance = random.Random(seed)  # noqa: S311
    root = make_repository(tmp_path / "r")
    _grow(root, chance)
    (root / ".git/info/exclude").write_text("\n".join(chance.sample(PATTERNS, 2)))

    assert sorted(f.uri for f in list_files(root, ()).files) == _wanted(root)


@pytest.mark.parametrize("seed", range(60, 70))
def test_same_files_as_git_from_a_folder_inside(tmp_path, seed):
    chance = random.Random(seed)  # noqa: S311
    root = make_repository(tmp_path / "r")
    _grow(root, chance)
    wanted = _wanted(root)
    folders = sorted({name.split("/")[0] for name in wanted if "/" in name})
    for folder in folders:
        listed = sorted(f.uri for f in list_files(root, (folder,)).files)

        assert listed == [name for name in wanted if name.startswith(folder + "/")]


@pytest.mark.parametrize(
    ("pattern", "path"),
    [
        ("*a" * 60 + "b", "a" * 250),
        ("**/a/" * 30 + "b", "a/" * 200 + "c"),
        ("**/" + "*a" * 40 + "b", "a" * 250 + "/" + "a" * 250),
        ("a**" * 40 + "b", "a" * 250),
    ],
)
def test_a_hostile_pattern_comes_to_an_end(pattern: str, path: str) -> None:
    """Backtracking from star to star would take longer than anyone waits."""
    assert IgnoreFile(pattern).decide(path, folder=False) is None
