"""Reads the files that SDKs read credentials and settings from.

Which files: botocore 1.44.5, configprovider.py (AWS_CONFIG_FILE, AWS_SHARED_CREDENTIALS_FILE;
set-but-empty counts as set) with configloader.raw_config_parse (expandvars, then expanduser),
and credentials.py: OriginalEC2Provider (AWS_CREDENTIAL_FILE, expanduser alone) and BotoProvider
(BOTO_CONFIG, else /etc/boto.cfg and ~/.boto).
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Optional

from credlint.host.aws_lines import RawLine, read_key_value_lines, read_lines
from credlint.host.files import RawFile, decode
from credlint.host.filesystem import OWN, FileSystem
from credlint.host.home import display_path, expand_user, expand_variables
from credlint.host.system_properties import definitions
from credlint.model.lean_dataclasses import dataclass, replace

# Far beyond any real file; each line becomes a value of its own.
LINE_LIMIT = 20_000


@dataclass(frozen=True)
class FileRequest:
    """One file to look at; ``shown`` is its path for display."""

    role: str
    path: str
    shown: str
    origin: str


@dataclass(frozen=True)
class ReadFile:
    """A file with its raw lines; holds secrets and never leaves this room."""

    request: FileRequest
    raw: RawFile
    encoding: str = "utf-8"
    undecodable_line: Optional[int] = None
    lines: tuple[RawLine, ...] = ()

    def __repr__(self) -> str:
        return f"ReadFile(role={self.request.role!r}, status={self.raw.status!r})"


def requested_files(
    environment: Mapping[str, str],
    home: Optional[str],
    root: Path,
    entry_home: Optional[str] = None,
) -> tuple[FileRequest, ...]:
    """Return the files that this environment's SDKs read; ``root`` replaces ``/`` for /etc.

    ``entry_home``: the home directory of the password entry, where that is known.
    """
    requests = []
    unexpanded = []
    properties = definitions(environment)
    for role, variable, default, property_name in (
        ("config", "AWS_CONFIG_FILE", "~/.aws/config", "aws.configFile"),
        (
            "credentials",
            "AWS_SHARED_CREDENTIALS_FILE",
            "~/.aws/credentials",
            "aws.sharedCredentialsFile",
        ),
    ):
        named = environment.get(variable)
        path = default if named is None else named
        path = expand_user(expand_variables(path, environment), home)
        requests.append(_request(role, path, home, "default" if named is None else variable))
        # Go expands nothing and takes an empty variable for none.
        literal = named or expand_user(default, home)
        if literal != path:
            unexpanded.append(_request(f"{role}-unexpanded", literal, home, variable))
        # Some SDKs pay no attention to the variable.
        usual = expand_user(default, home)
        if usual not in (path, literal):
            unexpanded.append(_request(f"{role}-default", usual, home, "default"))
        if property_name in properties:
            path, origin = properties[property_name]
            path = expand_user(path, home) if path.startswith("~/") else path
            unexpanded.append(_request(f"{role}-property", path, home, origin))
    unexpanded += _of_java(environment, home, entry_home)
    tools = environment.get("AWS_CREDENTIAL_FILE")
    if tools is not None:
        path = expand_user(tools, home)
        requests.append(_request("ec2-credential-file", path, home, "AWS_CREDENTIAL_FILE"))
    boto = environment.get("BOTO_CONFIG")
    if boto is not None:
        path = expand_user(expand_variables(boto, environment), home)
        requests.append(_request("boto2", path, home, "BOTO_CONFIG"))
    else:
        requests.append(
            FileRequest("boto2", str(root / "etc/boto.cfg"), "/etc/boto.cfg", "default")
        )
        requests.append(_request("boto2", expand_user("~/.boto", home), home, "default"))
    return (*requests, *unexpanded, *_beside(environment, home))


def _beside(environment: Mapping[str, str], home: Optional[str]) -> Iterator[FileRequest]:
    """Yield the config file beside a named credentials file, which .NET reads for the usual one."""
    variable = "AWS_SHARED_CREDENTIALS_FILE"
    named = environment.get(variable)
    if named and not environment.get("AWS_CONFIG_FILE"):
        beside = os.path.join(os.path.dirname(named), "config")  # noqa: PTH118, PTH120  as named
        yield _request("config-beside-credentials", beside, home, variable)


def _of_java(
    environment: Mapping[str, str], home: Optional[str], entry_home: Optional[str]
) -> list[FileRequest]:
    """Return the files of Java v1 alone: by its own variable, and those in the JVM's user.home.

    The JVM takes that from the password entry, or from HOME where the entry has hardly any
    (OpenJDK 17 java_props_md.c).
    """
    requests = []
    named = environment.get("AWS_CREDENTIAL_PROFILES_FILE")
    if named is not None:
        requests.append(
            _request("credentials-profiles", named, home, "AWS_CREDENTIAL_PROFILES_FILE")
        )
    user_home, origin = definitions(environment).get("user.home", (None, "default"))
    if user_home is None and entry_home is not None and len(entry_home) > 2:  # noqa: PLR2004
        user_home = entry_home
    if user_home is not None and (home is None or user_home.rstrip("/") != home.rstrip("/")):
        for role in ("config", "credentials"):
            path = f"{user_home}/.aws/{role}"
            requests.append(_request(f"{role}-user-home", path, home, origin))
    return requests


def _request(role: str, path: str, home: Optional[str], origin: str) -> FileRequest:
    return FileRequest(role, path, display_path(path, home), origin)


def read_aws_files(requests: Iterable[FileRequest], system: FileSystem = OWN) -> list[ReadFile]:
    """Read the files; a config file beside named credentials counts only where it is another."""
    files: list[ReadFile] = []
    for request in requests:
        beside = request.role == "config-beside-credentials"
        if beside and any(file.request.path == request.path for file in files):
            continue
        file = read_aws_file(request, system)
        if not (beside and file.raw.status == "absent"):
            files.append(file)
    return files


def read_aws_file(request: FileRequest, system: FileSystem = OWN) -> ReadFile:
    """Read one file and split it into lines; never raises."""
    raw = system.read(request.path)
    if raw.status != "read":
        return ReadFile(request, raw)
    decoded = decode(raw.data)
    if max(decoded.text.count("\n"), decoded.text.count("\r")) > LINE_LIMIT:
        return ReadFile(request, replace(raw, status="too-large", data=b""))
    reader = read_key_value_lines if request.role == "ec2-credential-file" else read_lines
    return ReadFile(request, raw, decoded.encoding, decoded.undecodable_line, reader(decoded.text))
