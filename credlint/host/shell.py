"""How ``/bin/sh -c`` would find a credential_process; nothing is ever run."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping
from typing import Optional

from credlint.host.filesystem import OWN, FileSystem
from credlint.host.process import find_executable

_HOME = re.compile(r"^(?:~|\$HOME|\$\{HOME\})(?=/)")
_QUOTED = re.compile(r"'[^']*'(?=\s|$)")
_PLAIN = re.compile(r"[A-Za-z0-9_./+:@%,-]+(?=\s|$)")
_OPERATORS = re.compile(r"[;&|<>()`\n]")


def find_for_shell(
    command: str,
    environment: Mapping[str, str],
    home: Optional[str],
    system: FileSystem = OWN,
) -> tuple[str, str]:
    """Return (path, status) of the first program of a shell command.

    ``status`` as ``find_executable`` gives it, or unknown where only a shell could tell. A
    shell runs an executable text without ``#!`` itself.
    """
    try:
        shlex.split(command)
    except ValueError:
        return "", "absent"
    text = command.strip()
    if home is not None:
        text = _HOME.sub(lambda _: home, text)
    if not (_QUOTED.match(text) or _PLAIN.match(text)):
        return "", "unknown"
    path, status, error = find_executable(text, environment, system)
    if error == "ENOEXEC":
        return path, "present"
    if status != "present" and _OPERATORS.search(text):
        return path, "unknown"
    return path, status
