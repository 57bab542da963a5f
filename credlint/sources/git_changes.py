"""What the index or the work tree adds to a commit: documents, and what stood there before."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Callable, Optional, Union

from credlint.model.document import Document
from credlint.model.finding import Skipped
from credlint.model.lean_tuples import NamedTuple
from credlint.sources.errors import NOT_REGULAR, UNREADABLE, SourceError
from credlint.sources.files import (
    DEFAULT_MAX_FILE_SIZE,
    WHOLE_LIMIT,
    Apart,
    archive_form,
    is_binary,
    open_file,
    read_file,
    too_large,
)
from credlint.sources.git import Git, fault_of, is_below
from credlint.sources.git_objects import BlobReader

_LINK, _SUBMODULE = "120000", "160000"
_UNMERGED = "unmerged"
_SHA1_DIGITS = 40
_MISSING_HEAD = (b"unknown revision", b"bad revision", b"ambiguous argument")
_COMPARE = (
    "diff-index",
    "--raw",
    "-z",
    "--no-abbrev",
    "--no-ext-diff",
    "--no-textconv",
    "--no-relative",
)
# Similarity is tried for so many files at most, whatever the configuration says.
_RENAMES = ("-M", "-l400")
_STAGED = (*_COMPARE, *_RENAMES, "--cached", "--ignore-submodules=all", "HEAD", "--")


class Change(NamedTuple):
    """One path that differs, or may differ. ``blob``: the id of its content in the index.

    ``before``: the id of the content that stood there, under the old name for a renamed file;
    None for what is new.
    """

    mode: str
    blob: str
    path: str
    before: Optional[str]


class Long(NamedTuple):
    """A long text or an archive, to be read through :meth:`Changes.open`; ``form`` as Apart."""

    uri: str
    form: str
    blob: Optional[str]


Content = Union[Document, Long, Skipped, None]
Entry = tuple[Content, Optional[str]]


class Changes:
    """The changes of the index against HEAD, or of the work tree against a commit.

    ``only`` limits to these files and folders, relative to ``folder``. Iterating reads: pairs of
    a Document, Long, Skipped, or None for a binary, and the id of what stood there before. To be
    closed, since a git process is kept for the contents. Raises SourceError when git is missing,
    and while it is iterated over when git refuses the repository. Iterate once.
    """

    def __init__(
        self,
        folder: Path,
        environment: Mapping[str, str],
        max_file_size: int = DEFAULT_MAX_FILE_SIZE,
        only: Optional[Sequence[str]] = None,
        revision: Optional[str] = None,
    ) -> None:
        self._git = Git(folder, environment)
        self._limit = max_file_size
        self._top: Optional[str] = None
        self._only = only
        self._revision = revision
        self._reader = BlobReader(self._git, WHOLE_LIMIT)
        # Both work while the caller makes what it needs: 4 of the hook's 60 ms.
        self._asked = self._git.start(_STAGED) if revision is None else None
        if revision is None:
            self._reader.start()

    def close(self) -> None:
        """End git."""
        if self._asked is not None:
            self._asked.end()
        self._reader.close()

    def _entries(self) -> list[Change]:
        if self._revision is None:
            assert self._asked is not None  # noqa: S101  started above
            entries = _staged(self._git, self._git.finish(self._asked, _STAGED))
        else:
            self._top = _top(self._git)
            entries = _worktree(self._git, self._top, self._revision)
        if self._only is not None:
            wanted = self._git.from_top(self._only)
            entries = [entry for entry in entries if is_below(entry.path, wanted)]
        return entries

    def __iter__(self) -> Iterator[Entry]:
        for entry in self._entries():
            name = entry.path
            if entry.mode == _UNMERGED and self._top is None:
                reason = "unmerged in the index; resolve it first"
                yield Skipped(name, reason, UNREADABLE, "SRCROOT"), None
            elif self._top is not None:
                yield from self._from_work_tree(entry, self._top)
            elif entry.mode not in (_LINK, _SUBMODULE):
                yield self._from_index(entry), entry.before

    def _from_index(self, entry: Change) -> Content:
        name = entry.path
        read = self._reader.read(entry.blob, name)
        if isinstance(read, Skipped):
            return read
        data = read if isinstance(read, bytes) else read.head
        size = len(data) if isinstance(read, bytes) else read.size
        form = archive_form(data)
        if not form and is_binary(data):
            return None
        if size > self._limit:
            return too_large(name, size, self._limit)
        uri = name.replace(os.sep, "/")
        if form or not isinstance(read, bytes):
            return Long(uri, form, entry.blob)
        return Document(uri, data, kind="index")

    def _from_work_tree(self, entry: Change, top: str) -> Iterator[Entry]:
        name, same = entry.path, entry.blob == entry.before
        if entry.mode == _SUBMODULE:
            if not same:
                reason = "a repository of its own; scan it from inside"
                yield Skipped(name, reason, NOT_REGULAR, "SRCROOT"), None
            return
        path = os.path.join(top, name)  # noqa: PTH118
        if os.path.isfile(path) and not os.path.islink(path):  # noqa: PTH113, PTH114
            data = read_file(path, name, self._limit)
            # Of a binary file only the index is asked whether it changed.
            if data is not None:
                same = isinstance(data, bytes) and _is_blob(data, entry.before)
            if not same:
                uri = name.replace(os.sep, "/")
                if isinstance(data, bytes):
                    yield Document(uri, data), entry.before
                elif isinstance(data, Apart):
                    yield Long(uri, data.form, None), entry.before
                else:
                    yield data, entry.before

    @contextmanager
    def open(self, long: Long) -> Iterator[Callable[[int], bytes]]:
        """Give what reads a long text or an archive piece by piece; raises OSError."""
        if long.blob is not None:
            with self._reader.open(long.blob) as pipe:
                yield pipe.read
        else:
            path = os.path.join(self._top or "", long.uri)  # noqa: PTH118
            with open_file(path) as stream:
                yield stream.read

    def before(self, blob: str) -> bytes:
        """Return the content of a blob that stood there before, empty when it cannot be had."""
        data = self._reader.read(blob, "")
        return data if isinstance(data, bytes) else b""


def _is_blob(data: bytes, identifier: Optional[str]) -> bool:
    """Tell whether the content is that of the blob (gitformat: ``blob SIZE NUL`` is hashed too)."""
    if identifier is None:
        return False
    import hashlib  # noqa: PLC0415  the index needs none

    digest = hashlib.new("sha1" if len(identifier) == _SHA1_DIGITS else "sha256")
    digest.update(b"blob %d\0" % len(data))
    digest.update(data)
    return digest.hexdigest() == identifier


def _staged(git: Git, answer: tuple[int, bytes, bytes]) -> list[Change]:
    """Return what the next commit adds or changes; before the first one, the whole index.

    ``answer``: what git said to _STAGED.
    """
    code, output, fault = answer
    if code == 0:
        return _parse_raw(output)
    if not any(sign in fault for sign in _MISSING_HEAD):
        raise SourceError(fault_of(fault))
    # In a subfolder ls-files would list that alone.
    top = os.fsdecode(git.ask(["rev-parse", "--show-cdup"]).strip()) or "."
    return _parse_stage(git.ask(["-C", top, "ls-files", "--stage", "-z", "--full-name"]))


def _top(git: Git) -> str:
    """Return the top folder of the work tree; raises SourceError where there is none of ours."""
    from credlint.sources.git_repository import find_repository  # noqa: PLC0415  not for a hook

    top = find_repository(git).top
    if top is None:
        message = "the repository has no work tree to compare with a commit"
        raise SourceError(message)
    return top


def _worktree(git: Git, top: str, revision: str) -> list[Change]:
    """Return every file of the work tree that git knows or does not ignore, and what it was.

    Git itself would compare contents through the filters that the repository names, which are
    programs; so it is only asked for names and ids, and which files differ is for who reads them.
    """
    commit = _commit_of(git, revision)
    before = _tree(git, commit)
    there = ["-C", top]
    index = _parse_stage(git.ask([*there, "ls-files", "--stage", "-z", "--full-name"]))
    if any(change.path not in before for change in index):
        compare = [*there, *_COMPARE, *_RENAMES, "--cached", "--ignore-submodules=all"]
        for change in _parse_raw(git.ask([*compare, commit, "--"])):
            if change.before is not None:
                before.setdefault(change.path, change.before)
    changes = {change.path: change._replace(before=before.get(change.path)) for change in index}
    others = git.ask([*there, "ls-files", "-z", "--others", "--exclude-standard"])
    for row in others.split(b"\0"):
        name = os.fsdecode(row)
        if name:
            mode = _SUBMODULE if name.endswith("/") else "100644"
            changes.setdefault(name, Change(mode, "", name, before.get(name)))
    return [changes[name] for name in sorted(changes)]


def _tree(git: Git, commit: str) -> dict[str, str]:
    """Return the ids of a commit's files, and of the commits of its submodules, by path."""
    tree = {}
    for row in git.ask(["ls-tree", "-r", "-z", "--full-tree", commit]).split(b"\0"):
        head, tab, name = row.partition(b"\t")
        if tab:
            tree[os.fsdecode(name)] = head.split(b" ")[2].decode("ascii", "replace")
    return tree


def _commit_of(git: Git, revision: str) -> str:
    """Return the id of the commit; ``REV...`` stands for where HEAD and REV parted."""
    from credlint.sources.git_revisions import check_revision, resolve  # noqa: PLC0415  likewise

    check_revision(revision)
    if not revision.endswith("..."):
        return resolve(git, revision)
    ours, theirs = resolve(git, "HEAD"), resolve(git, revision[:-3])
    code, output, _ = git.run(["merge-base", ours, theirs])
    if code:
        message = f'"{revision[:-3]}" and HEAD have no commit in common here'
        raise SourceError(message)
    return os.fsdecode(output.split()[0])


def _parse_raw(output: bytes) -> list[Change]:
    """Parse ``diff-index --raw -z`` (git-diff-index(1), "raw output format")."""
    fields = iter(output.split(b"\0"))
    changes = []
    for head in fields:
        parts = head.decode("ascii", "replace").lstrip(":").split(" ")
        if len(parts) != 5:  # noqa: PLR2004  what follows the last NUL
            continue
        name = next(fields, b"")
        status = parts[4][:1]
        if status in ("R", "C"):
            name = next(fields, b"")
        if status != "D":
            mode = parts[1] if status != "U" else _UNMERGED
            before = None if status in ("A", "U") else parts[2]
            changes.append(Change(mode, parts[3], os.fsdecode(name), before))
    return changes


def _parse_stage(output: bytes) -> list[Change]:
    changes = []
    for row in output.split(b"\0"):
        head, tab, name = row.partition(b"\t")
        if tab:
            mode, blob, stage = head.decode("ascii", "replace").split(" ")
            mode = mode if stage == "0" else _UNMERGED
            changes.append(Change(mode, blob, os.fsdecode(name), None))
    return changes
