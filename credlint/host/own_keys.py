"""Which AWS keys this machine holds itself, as keyed digests: for "that is your own live key".

Read where the SDKs read: the files of ``aws_reading.requested_files`` and the variables
``AWS_ACCESS_KEY_ID``, ``AWS_SECRET_ACCESS_KEY``, ``AWS_SESSION_TOKEN`` and
``AWS_BEARER_TOKEN_BEDROCK`` (AWS SDKs and Tools Reference Guide). No value is kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Callable, Optional

from credlint.host.aws_reading import read_aws_file, requested_files
from credlint.host.filesystem import OWN, FileSystem
from credlint.host.readings import unquoted
from credlint.model.lean_tuples import NamedTuple

_SETTINGS = (
    "aws_access_key_id",
    "aws_secret_access_key",
    "aws_session_token",
    "aws_security_token",
)
_VARIABLES = (
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_BEARER_TOKEN_BEDROCK",
)
_LEAST_LENGTH = 16  # of an access key id, IAM API reference; shorter ones are placeholders
# What a profile may be called to be shown; anything else could be a pasted key.
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_.@-]{0,38}\Z")


class OwnKey(NamedTuple):
    """Where a key of this machine lies, in words, and the file's path ("" for a variable)."""

    place: str
    path: str = ""


def own_keys(
    environment: Mapping[str, str],
    home: Optional[str],
    identity_of: Callable[[str], str],
    system: FileSystem = OWN,
) -> dict[str, OwnKey]:
    """Return the keys of this machine by their digests; raises nothing for odd files.

    ``environment``: with values; ``identity_of``: the keyed digest of the run.
    """
    found: dict[str, OwnKey] = {}
    for value, place in _iter_values(environment, home, system):
        if len(value) >= _LEAST_LENGTH:
            found.setdefault(identity_of(value), place)
    found.pop("", None)
    return found


def _iter_values(
    environment: Mapping[str, str], home: Optional[str], system: FileSystem
) -> Iterator[tuple[str, OwnKey]]:
    for request in requested_files(environment, home, Path("/")):
        section = ""
        for line in read_aws_file(request, system).lines:
            if line.kind == "section":
                section = (line.name or "").strip()
            elif line.kind == "setting" and line.value and (line.name or "").lower() in _SETTINGS:
                place = f"{_profile(section)} in {request.shown}"
                yield unquoted(line.value.strip()), OwnKey(place, request.path)
    for name in _VARIABLES:
        if environment.get(name):
            yield environment[name].strip(), OwnKey(f"the variable {name} of this process")


def _profile(section: str) -> str:
    name = section[8:].strip() if section.startswith("profile ") else section
    return f"profile {name}" if _NAME.match(name) else "a profile"
