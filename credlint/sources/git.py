"""Runs git so that a hostile repository cannot act, and reads what is staged.

Everything that a repository's own configuration can name as a program is switched off on the
command line, which comes before ``.git/config`` (git-config(1)); protocols are forbidden
altogether, so that a partial clone cannot fetch a missing object behind our back.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, TYPE_CHECKING, Optional, Union

from credlint.model.document import Document
from credlint.model.finding import Skipped
from credlint.sources.errors import UNREADABLE, SourceError
from credlint.sources.files import DEFAULT_MAX_FILE_SIZE, is_binary, too_large

if TYPE_CHECKING:
    import subprocess

TIMEOUT_SECONDS = 120
_SETTINGS = (
    "core.fsmonitor=false",
    "core.hooksPath=/dev/null",
    "core.pager=cat",
    "core.sshCommand=false",
    "core.askPass=false",
    "core.attributesFile=/dev/null",
    "core.quotePath=false",
    "credential.helper=",
    "diff.external=",
    "protocol.allow=never",
    "submodule.recurse=false",
    "gc.auto=0",
    "maintenance.auto=false",
)
# What a hook inherits from `git commit`: the index in use may not be .git/index.
_PASSED_ON = (
    "PATH",
    "HOME",
    "XDG_CONFIG_HOME",
    "SYSTEMROOT",
    "USERPROFILE",
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_QUARANTINE_PATH",
    "GIT_CEILING_DIRECTORIES",
)
_FIXED = {
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_ALLOW_PROTOCOL": "",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_ATTR_NOSYSTEM": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_ASKPASS": "false",
    "GIT_PAGER": "cat",
    "LC_ALL": "C",
}
_LINK, _SUBMODULE = "120000", "160000"
_MISSING_HEAD = (b"unknown revision", b"bad revision", b"ambiguous argument")


class Git:
    """Git in one folder. ``environment`` is the caller's; only what git needs is passed on."""

    def __init__(self, folder: Path, environment: Mapping[str, str]) -> None:
        self._folder = folder
        self._environment = {name: environment[name] for name in _PASSED_ON if name in environment}
        self._environment.update(_FIXED)

    def start(self, arguments: Sequence[str]) -> subprocess.Popen[bytes]:
        """Start a git command with pipes; raises SourceError when there is no git."""
        import subprocess  # noqa: PLC0415  8 ms, and only when git is asked

        settings = [part for setting in _SETTINGS for part in ("-c", setting)]
        command = ["git", "--no-pager", "--literal-pathspecs", *settings, *arguments]
        try:
            return subprocess.Popen(  # noqa: S603  a fixed program, no shell
                command,
                cwd=self._folder,
                env=self._environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
            )
        except FileNotFoundError as error:
            message = "git was not found on PATH; it is needed to read the staged files"
            raise SourceError(message) from error
        except OSError as error:
            message = f"git could not be started: {os.strerror(error.errno or 0).lower()}"
            raise SourceError(message) from error

    def run(self, arguments: Sequence[str]) -> tuple[int, bytes, bytes]:
        """Run a git command to its end and return (exit code, output, error text)."""
        import subprocess  # noqa: PLC0415

        process = self.start(arguments)
        try:
            output, fault = process.communicate(timeout=TIMEOUT_SECONDS)
        except subprocess.TimeoutExpired as error:
            process.kill()
            process.communicate()
            message = f"git {arguments[0]} did not end within {TIMEOUT_SECONDS} seconds"
            raise SourceError(message) from error
        except BaseException:
            process.kill()
            process.wait()
            raise
        return process.returncode, output, fault

    def tracked_but_ignored(self) -> list[str]:
        """Return the tracked paths below the folder that a rule ignores (added by force)."""
        code, output, fault = self.run(["ls-files", "-z", "-c", "-i", "--exclude-standard"])
        if code:
            raise SourceError(_fault(fault))
        return [os.fsdecode(name) for name in output.split(b"\0") if name]

    def from_top(self, paths: Sequence[str]) -> set[str]:
        """Return the paths as the index names them, the repository's top as ``.``.

        Raises SourceError for one that lies outside of the repository.
        """
        code, output, fault = self.run(["rev-parse", "--show-prefix", "--show-toplevel"])
        if code:
            raise SourceError(_fault(fault))
        prefix, top = (os.fsdecode(line) for line in output.splitlines()[:2])
        named = set()
        for path in paths:
            if os.path.isabs(path):  # noqa: PTH117  text only, links kept
                inner = os.path.relpath(path, top)
            else:
                inner = os.path.normpath(os.path.join(prefix, path))  # noqa: PTH118
            inner = inner.replace(os.sep, "/")
            if inner == ".." or inner.startswith("../"):
                message = f'"{path}" is outside of the repository'
                raise SourceError(message)
            named.add(inner)
        return named

    def staged_entries(self) -> list[tuple[str, str, str]]:
        """Return (mode, blob id, path) of what the next commit adds or changes.

        Before the first commit that is the whole index. Raises SourceError.
        """
        compare = ["diff-index", "--cached", "--raw", "-z", "--no-renames", "--no-abbrev"]
        code, output, fault = self.run(
            [*compare, "--no-ext-diff", "--no-textconv", "--ignore-submodules=all", "HEAD", "--"]
        )
        if code == 0:
            return _parse_raw(output)
        if not any(sign in fault for sign in _MISSING_HEAD):
            raise SourceError(_fault(fault))
        # In a subfolder ls-files would list that alone.
        code, output, fault = self.run(["rev-parse", "--show-cdup"])
        if code:
            raise SourceError(_fault(fault))
        top = os.fsdecode(output.strip()) or "."
        code, output, fault = self.run(["-C", top, "ls-files", "--stage", "-z", "--full-name"])
        if code:
            raise SourceError(_fault(fault))
        return _parse_stage(output)


def _is_below(name: str, wanted: set[str]) -> bool:
    """Tell whether the path or a folder above it is wanted."""
    parts = name.split("/")
    return "." in wanted or any("/".join(parts[:n]) in wanted for n in range(1, len(parts) + 1))


def _fault(text: bytes) -> str:
    line = text.decode("utf-8", "replace").strip().splitlines()[:1] or ["git failed without a word"]
    reason = line[0].removeprefix("fatal: ")
    if "dubious ownership" in reason or "safe.directory" in reason:
        return "git refuses the repository because another user owns it; see git's safe.directory"
    if "not a git repository" in reason:
        return "not a git repository, so there is no index to read"
    return f"git cannot read the repository: {reason[:200]}"


def _parse_raw(output: bytes) -> list[tuple[str, str, str]]:
    """Parse ``diff-index --raw -z`` (git-diff-index(1), "raw output format")."""
    fields = output.split(b"\0")
    entries = []
    for head, name in zip(fields[0::2], fields[1::2]):
        parts = head.decode("ascii", "replace").lstrip(":").split(" ")
        if parts[-1] != "D":
            mode = parts[1] if parts[-1] != "U" else "unmerged"
            entries.append((mode, parts[3], os.fsdecode(name)))
    return entries


def _parse_stage(output: bytes) -> list[tuple[str, str, str]]:
    entries = []
    for row in output.split(b"\0"):
        head, tab, name = row.partition(b"\t")
        if tab:
            mode, blob, stage = head.decode("ascii", "replace").split(" ")
            entries.append((mode if stage == "0" else "unmerged", blob, os.fsdecode(name)))
    return entries


def staged_documents(
    folder: Path,
    environment: Mapping[str, str],
    max_file_size: int = DEFAULT_MAX_FILE_SIZE,
    only: Optional[Sequence[str]] = None,
) -> Iterator[Union[Document, Skipped, None]]:
    """Yield what the index holds for the next commit: Document, Skipped, or None for a binary.

    ``only`` limits to these files and folders, relative to ``folder``. The work tree is not
    looked at. Raises SourceError when git is missing or refuses the repository.
    """
    git = Git(folder, environment)
    entries = git.staged_entries()
    if only is not None:
        wanted = git.from_top(only)
        entries = [entry for entry in entries if _is_below(entry[2], wanted)]
    blobs = []
    for mode, blob, name in entries:
        if mode == "unmerged":
            yield Skipped(name, "unmerged in the index; resolve it first", UNREADABLE, "SRCROOT")
        elif mode not in (_LINK, _SUBMODULE):
            blobs.append((blob, name))
    if not blobs:
        return
    process = git.start(["cat-file", "--batch"])
    try:
        yield from _read_batch(process, blobs, max_file_size)
    finally:
        process.kill()
        process.communicate()


def _read_batch(
    process: subprocess.Popen[bytes], blobs: Sequence[tuple[str, str]], limit: int
) -> Iterator[Union[Document, Skipped, None]]:
    """Ask for one blob after the other: neither pipe can fill while the other side waits."""
    inlet, outlet = process.stdin, process.stdout
    assert inlet is not None  # noqa: S101  start() always makes pipes
    assert outlet is not None  # noqa: S101
    for blob, name in blobs:
        try:
            inlet.write(blob.encode() + b"\n")
            inlet.flush()
        except OSError:
            yield Skipped(name, "git ended before it gave the content", UNREADABLE, "SRCROOT")
            continue
        head = outlet.readline().split()
        if len(head) != 3 or head[1] != b"blob":  # noqa: PLR2004
            reason = "the repository does not hold its content (missing object)"
            yield Skipped(name, reason, UNREADABLE, "SRCROOT")
            continue
        size = int(head[2])
        if size > limit:
            _drain(outlet, size + 1)
            yield too_large(name, size, limit)
            continue
        data = outlet.read(size)
        outlet.read(1)
        yield None if is_binary(data) else Document(name.replace(os.sep, "/"), data, kind="index")


def _drain(stream: IO[bytes], count: int) -> None:
    while count > 0:
        piece = stream.read(min(count, 1 << 20))
        if not piece:
            return
        count -= len(piece)
