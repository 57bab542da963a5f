"""Runs git so that a hostile repository cannot act.

Everything that a repository's own configuration can name as a program is switched off on the
command line, which comes before ``.git/config`` (git-config(1)); protocols are forbidden
altogether, so that a partial clone cannot fetch a missing object behind our back. What could hide
commits or files from us (grafts, replaced objects, a commit-graph that lies, ``diff.relative``)
is switched off as well.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, Union

from credlint.sources.errors import SourceError
from credlint.sources.process import Process, start_process

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
    "diff.relative=false",
    "diff.ignoreSubmodules=none",
    "log.showRoot=true",
    # It would run gpg.program on every commit.
    "log.showSignature=false",
    "log.mailmap=false",
    "color.ui=false",
    "i18n.logOutputEncoding=UTF-8",
    "core.commitGraph=false",
    # That the empty GIT_GRAFT_FILE exists is no news.
    "advice.graftFileDeprecated=false",
    "core.deltaBaseCacheLimit=96m",
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
    "GIT_GRAFT_FILE": os.devnull,
    "GIT_ASKPASS": "false",
    "GIT_PAGER": "cat",
    "LC_ALL": "C",
}


_NEWER_FORMAT = re.compile(r"repo version <= \d+, found (\d+)")


class Git:
    """Git in one folder. ``environment`` is the caller's; only what git needs is passed on."""

    def __init__(self, folder: Path, environment: Mapping[str, str]) -> None:
        self._folder = folder
        self._environment = {name: environment[name] for name in _PASSED_ON if name in environment}
        self._environment.update(_FIXED)

    @property
    def folder(self) -> Path:
        """Return the folder that git is run in."""
        return self._folder

    @property
    def environment(self) -> Mapping[str, str]:
        """Return the variables that git sees."""
        return self._environment

    def start(
        self, arguments: Sequence[str], output: Union[IO[bytes], int, None] = None
    ) -> Process:
        """Start a git command with pipes; raises SourceError when there is no git.

        ``output``: an open file that gets the output instead of a pipe.
        """
        settings = [part for setting in _SETTINGS for part in ("-c", setting)]
        there = ["-C", os.fspath(self._folder)]
        command = ["git", *there, "--no-pager", "--literal-pathspecs", *settings, *arguments]
        try:
            return start_process(command, self._environment, output)
        except FileNotFoundError as error:
            message = "git was not found on PATH; it is needed to read the repository"
            raise SourceError(message) from error
        except OSError as error:
            message = f"git could not be started: {os.strerror(error.errno or 0).lower()}"
            raise SourceError(message) from error

    def run(self, arguments: Sequence[str], given: bytes = b"") -> tuple[int, bytes, bytes]:
        """Run a git command to its end and return (exit code, output, error text).

        ``given``: what it reads from its standard input.
        """
        return self.finish(self.start(arguments), arguments, given)

    def finish(
        self, process: Process, arguments: Sequence[str], given: bytes = b""
    ) -> tuple[int, bytes, bytes]:
        """Wait for a command that was started with the arguments; returns as :meth:`run` does."""
        try:
            output, fault = process.communicate(given, timeout=TIMEOUT_SECONDS)
        except TimeoutError as error:
            process.end()
            message = f"git {arguments[0]} did not end within {TIMEOUT_SECONDS} seconds"
            raise SourceError(message) from error
        except BaseException:
            process.end()
            raise
        return process.returncode or 0, output, fault

    def ask(self, arguments: Sequence[str], given: bytes = b"") -> bytes:
        """Return the output of a git command; raises SourceError when it fails."""
        code, output, fault = self.run(arguments, given)
        if code:
            raise SourceError(fault_of(fault))
        return output

    def tracked_but_ignored(self) -> list[str]:
        """Return the tracked paths below the folder that a rule ignores (added by force)."""
        output = self.ask(["ls-files", "-z", "-c", "-i", "--exclude-standard"])
        return [os.fsdecode(name) for name in output.split(b"\0") if name]

    def from_top(self, paths: Sequence[str]) -> set[str]:
        """Return the paths as the index names them, the repository's top as ``.``.

        Raises SourceError for one that lies outside of the repository.
        """
        output = self.ask(["rev-parse", "--show-prefix", "--show-toplevel"])
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


def is_below(name: str, wanted: set[str]) -> bool:
    """Tell whether the path or a folder above it is wanted."""
    parts = name.split("/")
    return "." in wanted or any("/".join(parts[:n]) in wanted for n in range(1, len(parts) + 1))


def fault_of(text: bytes) -> str:
    """Return what git's error text says, as one line of ours, and what helps where that is known.

    The path of the repository is left out: the line may stand in a report.
    """
    lines = text.decode("utf-8", "replace").strip().splitlines() or ["git failed without a word"]
    place = next((n for n, line in enumerate(lines) if line.startswith("fatal: ")), 0)
    reason = lines[place][:300].removeprefix("fatal: ").removeprefix("error: ")
    if "dubious ownership" in reason or "safe.directory" in reason:
        return (
            "git refuses the repository because another user owns it; if you trust it, run "
            '"git config --global --add safe.directory FOLDER" with its absolute path'
        )
    if "not a git repository" in reason:
        return "not a git repository"
    # Each extension on its own line.
    named = ", ".join(line.strip().lower() for line in lines[place + 1 :] if line[:1] == "\t")[:100]
    if "repository extension" in reason:
        return too_old(named or "one that it does not tell")
    if "v1-only extension" in reason:
        return f"the repository's format is 0, which knows no extension, yet it has {named}"
    version = _NEWER_FORMAT.search(reason)
    if version is not None:
        return (
            f"the repository has the format {version.group(1)}, which the git here does not know; "
            "a newer git can read it"
        )
    return f"git cannot read the repository: {reason[:200]}"


def too_old(extensions: str) -> str:
    """Return why a repository is not read that has extensions the git here does not know."""
    needs = "; git 2.45 and later has it" if "refstorage" in extensions else ""
    return f"the repository needs an extension that the git here lacks: {extensions}{needs}"
