"""What ssh lets in and sends along: AcceptEnv, SendEnv and SetEnv that concern AWS. Pure.

Source: sshd_config(5), ssh_config(5). Include lines are followed by the caller's list of files.
"""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Iterator
from typing import Optional

from credlint.host.machine.assignments import RawAssignment

_LINE = re.compile(r"[ \t]*([A-Za-z]+)(?:[ \t]*=[ \t]*|[ \t]+)(.*)")
_WORD = re.compile(r'"([^"]*)"|([^\s"]+)')
_NAMES = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE")


def parse_ssh(text: str, path: str, user: Optional[str] = None) -> Iterator[RawAssignment]:
    """Yield a pattern that lets AWS variables through, and each variable that is set.

    Kinds: ssh-accept-env and ssh-send-env (``variable`` is the pattern, no value), ssh-set-env.
    """
    for number, raw in enumerate(text.split("\n"), 1):
        line = _LINE.match(raw)
        if line is None or raw.lstrip(" \t").startswith("#"):
            continue
        keyword = line.group(1).lower()
        if keyword not in ("acceptenv", "sendenv", "setenv"):
            continue
        for word in _WORD.finditer(line.group(2)):
            group = 1 if word.group(1) is not None else 2
            offset = line.start(2) + word.start(group)
            one = _word(keyword, word.group(group), path, number, offset, user)
            if one is not None:
                yield one


def _word(
    keyword: str, word: str, path: str, number: int, offset: int, user: Optional[str]
) -> Optional[RawAssignment]:
    if keyword == "setenv":
        name, equals, value = word.partition("=")
        start = offset + len(name) + 1
        if not equals:
            return None
        return RawAssignment(
            "ssh-set-env", path, number, start + 1, start + 1 + len(value), name, value, user=user
        )
    pattern = word.lstrip("-")
    if word.startswith("-") or not any(fnmatch.fnmatchcase(name, pattern) for name in _NAMES):
        return None
    kind = "ssh-accept-env" if keyword == "acceptenv" else "ssh-send-env"
    return RawAssignment(
        kind,
        path,
        number,
        offset + 1,
        offset + 1 + len(word),
        pattern,
        "",
        literal=False,
        user=user,
    )
