"""Aliases that switch off the AWS CLI's check of certificates, in start-up files and its own.

Sources: AWS CLI User Guide, "Creating and using aliases" (~/.aws/cli/alias); bash(1), zsh(1) and
fish(1) for the files that an interactive shell reads.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Optional

from credlint.host.captured import Capturer
from credlint.host.files import decode
from credlint.host.filesystem import FileSystem
from credlint.model.host_file import LaxCommand

_START_UP = (
    ".bashrc",
    ".bash_aliases",
    ".bash_profile",
    ".profile",
    ".zshrc",
    ".zprofile",
    ".config/fish/config.fish",
)
_CLI_ALIASES = ".aws/cli/alias"
_SIZE_LIMIT = 256 * 1024
_LINE_LIMIT = 4096
_OPTION = "--no-verify-ssl"
# ``aws`` stands as a word of its own, whatever path leads to it.
_SHELL_ALIAS = re.compile(
    r"\s*alias\s+(?:-\S+\s+)*([\w.:-]{1,64})[=\s].*\baws\s.*?(?<!\S)(--no-verify-ssl)(?![\w-])"
)
_CLI_ALIAS = re.compile(r"\s*([\w.:-]{1,64})\s*=(?:.*?\s)?(--no-verify-ssl)(?![\w-])")


def lax_commands(
    home: Optional[str], system: FileSystem, capturer: Capturer, *, shells: bool
) -> tuple[LaxCommand, ...]:
    """Return one fact per alias; ``shells``: whether start-up files count for the subject."""
    return tuple(_iter_commands(home, system, capturer, shells=shells)) if home else ()


def _iter_commands(
    home: str, system: FileSystem, capturer: Capturer, *, shells: bool
) -> Iterator[LaxCommand]:
    wanted = [("cli", _CLI_ALIASES, _CLI_ALIAS)]
    wanted += [("shell", name, _SHELL_ALIAS) for name in _START_UP] if shells else []
    for kind, name, pattern in wanted:
        raw = system.read(f"{home.rstrip('/')}/{name}", _SIZE_LIMIT)
        if raw.status != "read" or _OPTION.encode() not in raw.data:
            continue
        for number, line in enumerate(decode(raw.data).text.split("\n"), start=1):
            # What is longer is no line of a person, and would be dear to match.
            found = pattern.match(line) if _OPTION in line and len(line) <= _LINE_LIMIT else None
            if found is not None:
                start, end = found.span(2)
                alias = capturer.scrub(found.group(1))
                yield LaxCommand(kind, alias, f"~/{name}", number, start + 1, end + 1)
