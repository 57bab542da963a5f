"""How a credential_process would be found; nothing is ever run."""

from __future__ import annotations

import os
import shlex
import stat
from typing import Mapping, Optional

_DEFAULT_PATH = "/bin:/usr/bin"


def executable_word(command: str) -> tuple[str, int]:
    """Return the first shell word of a command and how many characters follow it.

    botocore splits the value with ``shlex.split`` and runs it without a shell. A command that
    cannot be split has no first word: ("", length).
    """
    try:
        words = shlex.split(command)
    except ValueError:
        return "", len(command)
    if not words:
        return "", len(command)
    # The word itself may be quoted, so the rest is measured from behind the raw first word.
    lexer = shlex.shlex(command, posix=True, punctuation_chars=False)
    lexer.whitespace_split = True
    lexer.commenters = ""
    lexer.get_token()
    rest = command[lexer.instream.tell() :].strip()
    return words[0], len(rest)


def find_executable(command: str, environment: Mapping[str, str]) -> tuple[str, str, Optional[str]]:
    """Return (path, status, error) of the program that ``subprocess.Popen`` would start.

    As CPython 3.11's _execute_child: a word with a slash is taken as it is, else every entry
    of PATH is tried (``/bin:/usr/bin`` when unset) and an error other than ENOENT and ENOTDIR is
    remembered. ``status``: present, absent, not-executable, not-a-file, unreadable. ``error``:
    the errno name, or ValueError (unbalanced quotes) and IndexError (no word) as Python raises.
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
        status, error = _executable_status(word)
        return word, status, error
    remembered: Optional[tuple[str, str, Optional[str]]] = None
    for folder in environment.get("PATH", _DEFAULT_PATH).split(":"):
        candidate = os.path.join(folder, word)
        status, error = _executable_status(candidate)
        if status == "present":
            return candidate, status, error
        if status != "absent" and remembered is None:
            remembered = (candidate, status, error)
    return remembered or (word, "absent", "ENOENT")


def _executable_status(path: str) -> tuple[str, Optional[str]]:
    try:
        facts = os.stat(path)
    except FileNotFoundError:
        return "absent", "ENOENT"
    except NotADirectoryError:
        return "absent", "ENOTDIR"
    except (OSError, ValueError) as error:
        return "unreadable", "ELOOP" if getattr(error, "errno", None) == 40 else "EACCES"  # noqa: PLR2004
    if not stat.S_ISREG(facts.st_mode):
        return "not-a-file", "EACCES"
    if not os.access(path, os.X_OK):
        return "not-executable", "EACCES"
    return "present", None
