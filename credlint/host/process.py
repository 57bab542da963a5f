"""How a credential_process would be found; nothing is ever run."""

from __future__ import annotations

import io
import os
import shlex
import stat
import sys
from collections.abc import Mapping
from typing import Optional

from credlint.host.files import error_name
from credlint.host.filesystem import OWN, FileSystem

_DEFAULT_PATH = "/bin:/usr/bin"
_NOT_THERE = ("ENOENT", "ENOTDIR")
_ELF = b"\x7fELF"
_HEAD_BYTES = 256


def executable_word(command: str) -> tuple[str, int]:
    """Return the first shell word of a command and how many characters follow it.

    botocore splits the value with ``shlex.split`` and runs it without a shell. A command that
    cannot be split, or has no word, gives ("", length).
    """
    stream = io.StringIO(command)
    lexer = shlex.shlex(stream, posix=True)
    lexer.whitespace_split = True
    lexer.commenters = ""
    try:
        word = lexer.get_token()
        position = stream.tell()
        shlex.split(command)
    except ValueError:
        return "", len(command)
    if word is None:
        return "", len(command)
    return word, len(command[position:].strip())


def find_executable(
    command: str, environment: Mapping[str, str], system: FileSystem = OWN
) -> tuple[str, str, Optional[str]]:
    """Return (path, status, error) of the program that ``subprocess.Popen`` would start.

    As CPython 3.11's _execute_child: a word with a slash is taken as it is, else every entry
    of PATH is tried (``/bin:/usr/bin`` when unset) and an error other than ENOENT and ENOTDIR is
    remembered. ``status``: present, absent, not-executable, not-a-file, unreadable. ``error``:
    the errno name (ENOEXEC: neither ELF nor ``#!``), or ValueError (unbalanced quotes) and
    IndexError (no word) as Python raises.
    """
    try:
        words = shlex.split(command)
    except ValueError:
        return "", "absent", "ValueError"
    if not words:
        return "", "absent", "IndexError"
    word = words[0]
    if "\0" in word:
        return word, "absent", "ValueError"
    if "/" in word:
        status, error = _executable_status(word, system)
        return word, status, error
    remembered: Optional[tuple[str, str, Optional[str]]] = None
    last: tuple[str, str, Optional[str]] = (word, "absent", "ENOENT")
    for folder in environment.get("PATH", _DEFAULT_PATH).split(":"):
        candidate = f"{folder.rstrip('/')}/{word}" if folder else word
        status, error = _executable_status(candidate, system)
        last = (candidate, status, error)
        if status == "present":
            return last
        if error not in _NOT_THERE and remembered is None:
            remembered = last
    return remembered or (word, last[1], last[2])


def _executable_status(path: str, system: FileSystem) -> tuple[str, Optional[str]]:
    try:
        facts = system.stat(path)
    except OSError as error:
        name = error_name(error)
        return ("absent" if name in _NOT_THERE else "unreadable"), name
    if not stat.S_ISREG(facts.st_mode):
        return "not-a-file", "EACCES"
    if not system.may_execute(path):
        return "not-executable", "EACCES"
    return _program_status(path, system)


def _program_status(path: str, system: FileSystem) -> tuple[str, Optional[str]]:
    """Judge a program by its first bytes, as execve(2) of Linux does."""
    if not sys.platform.startswith("linux"):
        return "present", None
    head = system.head(path, _HEAD_BYTES)
    if head is None or head.startswith(_ELF):
        return "present", None
    if not head.startswith(b"#!"):
        return "not-executable", "ENOEXEC"
    words = head[2:].partition(b"\n")[0].split()
    if words and not system.exists(os.fsdecode(words[0])):
        return "absent", "ENOENT"
    return "present", None
