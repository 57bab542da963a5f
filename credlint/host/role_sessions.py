"""The sessions of roles that the AWS CLI keeps: whose they are and until when, nothing else.

awscli 1.46.3 customizations/assumerole.py: one JSON file each in ~/.aws/cli/cache, named after a
digest of the request; botocore 1.44.5 credentials.py ``AssumeRoleCredentialFetcher`` writes the
whole answer of STS.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from typing import Optional

from credlint.host.captured import Capturer
from credlint.host.filesystem import FileSystem
from credlint.model.host_file import PathFact

FOLDER = "~/.aws/cli/cache"
_FILE_LIMIT = 64 * 1024
_COUNT_LIMIT = 200
_NAME = re.compile(r"[0-9a-f]{40}\.json\Z")
_SESSION = re.compile(
    r"arn:[a-z0-9-]{1,32}:sts::([0-9]{12}):assumed-role/([A-Za-z0-9_+=,.@-]{1,64})/"
)
_TIME = re.compile(r"[0-9TZ:.+-]{19,40}\Z")


def role_sessions(
    home: Optional[str], system: FileSystem, capturer: Capturer
) -> tuple[PathFact, ...]:
    """Return one fact per kept session; never raises."""
    return tuple(_iter_sessions(home, system, capturer)) if home else ()


def _iter_sessions(home: str, system: FileSystem, capturer: Capturer) -> Iterator[PathFact]:
    folder = home.rstrip("/") + FOLDER[1:]
    if system.is_blocked(folder):
        return
    try:
        entries = os.listdir(system.locate(folder))  # noqa: PTH208  names alone
        names = sorted(name for name in entries if _NAME.match(name))
    except OSError:
        return
    for name in names[:_COUNT_LIMIT]:
        raw = system.read(f"{folder}/{name}", _FILE_LIMIT)
        found = _session(raw.data) if raw.status == "read" else None
        if found is None:
            continue
        role, expires = found
        yield PathFact(
            purpose="role-session",
            setting=f"role-session/{name}",
            path=f"{FOLDER}/{name}",
            status="present",
            expires=expires,
            named=capturer.scrub(role, identifier=True),
        )


def _session(data: bytes) -> Optional[tuple[str, str]]:
    """Return account/role and expiry of a kept session, None for anything else."""
    try:
        answer = json.loads(data)
        role = _SESSION.match(answer["AssumedRoleUser"]["Arn"])
        expires = _TIME.match(answer["Credentials"]["Expiration"])
    except (ValueError, RecursionError, KeyError, TypeError):
        return None
    if role is None or expires is None:
        return None
    return f"{role.group(1)}/{role.group(2)}", expires.group()
