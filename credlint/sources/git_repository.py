"""Where a repository keeps its parts, and whether they are the repository's own."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Optional

from credlint.model.lean_tuples import NamedTuple
from credlint.sources.errors import SourceError
from credlint.sources.git import too_old

if TYPE_CHECKING:
    from credlint.sources.git import Git

_SHA256_DIGITS, _SHA1_DIGITS = 64, 40
_LINKED = (
    "the .git file here names a repository elsewhere that does not name this folder; "
    "set GIT_DIR to read it"
)
_FOREIGN_TREE = (
    "the repository's core.worktree names a folder elsewhere; set GIT_WORK_TREE to read it"
)


class Repository(NamedTuple):
    """Absolute paths of one repository.

    ``digits``: hexadecimal digits of an object id. ``top``: of the work tree, None for a bare one.
    ``foreign``: folders of objects outside of the repository that its ``alternates`` name, which
    are not read.
    """

    git_folder: str
    objects: tuple[str, ...]
    foreign: tuple[str, ...]
    digits: int
    shallow: bool
    top: Optional[str]


def find_repository(git: Git) -> Repository:
    """Return the parts of the repository around git's folder.

    Raises SourceError when there is none, or when it leads elsewhere: a ``.git`` file (as
    worktrees and submodules have) counts only when the repository names the folder in return
    (gitrepository-layout(5), ``gitdir``, and core.worktree of submodules).
    """
    output = git.ask(
        [
            "rev-parse",
            "--absolute-git-dir",
            "--git-common-dir",
            "--git-path",
            "objects",
            "--show-object-format",
            "--is-shallow-repository",
            "--is-inside-work-tree",
            "--show-cdup",
        ]
    )
    lines = [os.fsdecode(line) for line in output.split(b"\n")]
    folder = os.fspath(git.folder)
    git_folder = lines[0]
    _check_references(git, git_folder)
    common = os.path.normpath(os.path.join(folder, lines[1]))  # noqa: PTH118  text only
    objects = os.path.normpath(os.path.join(folder, lines[2]))  # noqa: PTH118
    top = None
    if lines[5] == "true":
        top = os.path.normpath(os.path.join(folder, lines[6]))  # noqa: PTH118
        _check_belongs(git, git_folder, top)
    within = [os.path.realpath(path) for path in (common, top) if path is not None]
    named = git.environment.get("GIT_ALTERNATE_OBJECT_DIRECTORIES", "")
    trusted = [os.path.join(folder, path) for path in named.split(os.pathsep) if path]  # noqa: PTH118
    own, foreign = _object_folders(objects, trusted, within)
    return Repository(
        git_folder=git_folder,
        objects=own,
        foreign=foreign,
        digits=_SHA256_DIGITS if lines[3] == "sha256" else _SHA1_DIGITS,
        shallow=lines[4] == "true",
        top=top,
    )


def _check_references(git: Git, git_folder: str) -> None:
    """Refuse a repository whose references are in tables that the git here does not read.

    Such a git takes it for one without a commit when its format is 0, as extensions mean nothing
    there. What stands in HEAD then is in reftable's own description (Documentation/technical).
    """
    try:
        with open(os.path.join(git_folder, "HEAD"), "rb") as stream:  # noqa: PTH118, PTH123
            head = stream.read(64)
    except OSError:
        return
    if head.rstrip() != b"ref: refs/heads/.invalid":
        return
    code, output, _ = git.run(["rev-parse", "--show-ref-format"])
    if code or output.strip() != b"reftable":
        raise SourceError(too_old("refstorage"))


def _check_belongs(git: Git, git_folder: str, top: str) -> None:
    dot_git = os.path.join(top, ".git")  # noqa: PTH118
    if "GIT_DIR" in git.environment or "GIT_WORK_TREE" in git.environment:
        return
    if os.path.isdir(dot_git):  # noqa: PTH112
        if not _same(dot_git, git_folder):
            raise SourceError(_FOREIGN_TREE)
        return
    if not os.path.isfile(dot_git):  # noqa: PTH113
        raise SourceError(_FOREIGN_TREE)
    try:
        with open(os.path.join(git_folder, "gitdir"), "rb") as stream:  # noqa: PTH118, PTH123
            back = os.fsdecode(stream.read(65536).strip())
    except OSError:
        back = ""
    if back and _same(os.path.join(git_folder, back), dot_git):  # noqa: PTH118
        return
    code, output, _ = git.run(["config", "--local", "--get", "core.worktree"])
    tree = os.fsdecode(output.rstrip(b"\n"))
    if code == 0 and tree and _same(os.path.join(git_folder, tree), top):  # noqa: PTH118
        return
    raise SourceError(_LINKED)


def _same(one: str, other: str) -> bool:
    return os.path.realpath(one) == os.path.realpath(other)


def _object_folders(
    objects: str, trusted: list[str], within: list[str]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Follow ``info/alternates`` (gitrepository-layout(5)); return own folders and foreign ones."""
    own: dict[str, None] = {os.path.realpath(objects): None}
    own.update((os.path.realpath(path), None) for path in trusted)
    foreign: dict[str, None] = {}
    waiting = list(own)
    while waiting:
        folder = waiting.pop()
        for path in _alternates(folder):
            place = os.path.realpath(path)
            if place in own:
                continue
            if any(place.startswith(root + os.sep) for root in within):
                own[place] = None
                waiting.append(place)
            else:
                foreign[place] = None
    return tuple(own), tuple(foreign)


def _alternates(folder: str) -> list[str]:
    try:
        with open(os.path.join(folder, "info", "alternates"), "rb") as stream:  # noqa: PTH118, PTH123
            rows = stream.read(1 << 20).split(b"\n")
    except OSError:
        return []
    names = [os.fsdecode(row) for row in rows if row and not row.startswith(b"#")]
    return [os.path.join(folder, name.strip('"')) for name in names]  # noqa: PTH118
