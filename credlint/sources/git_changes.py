"""What the index or the work tree adds to a commit: documents, and what stood there before."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import NamedTuple, Optional, Union

from credlint.model.document import Document
from credlint.model.finding import Skipped
from credlint.sources.errors import NOT_REGULAR, TOO_LARGE, UNREADABLE, SourceError
from credlint.sources.files import (
    DEFAULT_MAX_FILE_SIZE,
    WHOLE_LIMIT,
    Apart,
    ReadResult,
    is_binary,
    read_file,
)
from credlint.sources.git import Git, fault_of, is_below
from credlint.sources.git_objects import BlobReader

_LINK, _SUBMODULE = "120000", "160000"
_UNMERGED = "unmerged"
_MISSING_HEAD = (b"unknown revision", b"bad revision", b"ambiguous argument")
_COMPARE = (
    "diff-index",
    "--raw",
    "-z",
    "-M",
    # Similarity is tried for so many files at most, whatever the configuration says.
    "-l400",
    "--no-abbrev",
    "--no-ext-diff",
    "--no-textconv",
    "--no-relative",
)


class Change(NamedTuple):
    """One path that differs. ``blob``: its id, zeros where only the work tree has the content.

    ``before``: the id of the content that stood there, under the old name for a renamed file;
    None for what is new.
    """

    mode: str
    blob: str
    path: str
    before: Optional[str]


Entry = tuple[Union[Document, Skipped, None], Optional[str]]


class Changes:
    """The changes of the index against HEAD, or of the work tree against a commit.

    ``only`` limits to these files and folders, relative to ``folder``. Iterating reads: pairs of
    a Document, Skipped, or None for a binary, and the id of what stood there before. To be
    closed, since a git process is kept for the contents. Raises SourceError when git is missing
    or refuses the repository.
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
        if revision is None:
            entries = _staged(self._git)
        else:
            self._top = _top(self._git)
            entries = _worktree(self._git, self._top, revision)
        if only is not None:
            wanted = self._git.from_top(only)
            entries = [entry for entry in entries if is_below(entry.path, wanted)]
        self.entries = entries
        self._reader = BlobReader(self._git, max_file_size)

    def close(self) -> None:
        """End git."""
        self._reader.close()

    def __iter__(self) -> Iterator[Entry]:
        for entry in self.entries:
            name = entry.path
            if entry.mode == _UNMERGED and self._top is None:
                reason = "unmerged in the index; resolve it first"
                yield Skipped(name, reason, UNREADABLE, "SRCROOT"), None
            elif entry.mode == _SUBMODULE and self._top is not None:
                reason = "a repository of its own; scan it from inside"
                yield Skipped(name, reason, NOT_REGULAR, "SRCROOT"), None
            elif entry.mode not in (_LINK, _SUBMODULE):
                yield self._document(entry), entry.before

    def _document(self, entry: Change) -> Union[Document, Skipped, None]:
        name = entry.path
        data: ReadResult
        if self._top is None:
            data = self._reader.read(entry.blob, name)
        else:
            data = read_file(os.path.join(self._top, name), name, self._limit)  # noqa: PTH118
        if isinstance(data, Skipped):
            return data
        if isinstance(data, Apart):
            reason = "an archive" if data.form else f"more than {WHOLE_LIMIT:,} bytes"
            return Skipped(
                name, f"{reason}, not compared; scan the file itself", TOO_LARGE, "SRCROOT"
            )
        if data is None or is_binary(data):
            return None
        kind = "index" if self._top is None else "file"
        return Document(name.replace(os.sep, "/"), data, kind=kind)

    def before(self, blob: str) -> bytes:
        """Return the content of a blob that stood there before, empty when it cannot be had."""
        data = self._reader.read(blob, "")
        return b"" if isinstance(data, Skipped) else data


def staged_documents(
    folder: Path,
    environment: Mapping[str, str],
    max_file_size: int = DEFAULT_MAX_FILE_SIZE,
    only: Optional[Sequence[str]] = None,
) -> Iterator[Union[Document, Skipped, None]]:
    """Yield what the index holds for the next commit: Document, Skipped, or None for a binary."""
    with closing(Changes(folder, environment, max_file_size, only)) as changes:
        for document, _ in changes:
            yield document


def _staged(git: Git) -> list[Change]:
    """Return what the next commit adds or changes; before the first one, the whole index."""
    code, output, fault = git.run([*_COMPARE, "--cached", "--ignore-submodules=all", "HEAD", "--"])
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
    """Return what differs between a commit and the files, those that git does not know included.

    What .gitignore leaves out is left out. Git compares by size and time where the index knows
    them, and does not read a file, so no filter of the repository is run.
    """
    commit = _commit_of(git, revision)
    output = git.ask(["-C", top, *_COMPARE, "--ignore-submodules=dirty", commit, "--"])
    changes = _parse_raw(output)
    others = git.ask(["-C", top, "ls-files", "-z", "--others", "--exclude-standard"])
    for name in others.split(b"\0"):
        if name.endswith(b"/"):
            changes.append(Change(_SUBMODULE, "", os.fsdecode(name), None))
        elif name:
            changes.append(Change("100644", "", os.fsdecode(name), None))
    return sorted(changes, key=lambda change: change.path)


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
