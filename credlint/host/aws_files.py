"""Captures the files that SDKs read credentials and settings from.

Which files: botocore 1.44.5, configprovider.py (AWS_CONFIG_FILE, AWS_SHARED_CREDENTIALS_FILE;
set-but-empty counts as set) with configloader.raw_config_parse (expandvars, then expanduser),
and credentials.py: OriginalEC2Provider (AWS_CREDENTIAL_FILE, expanduser alone) and BotoProvider
(BOTO_CONFIG, else /etc/boto.cfg and ~/.boto).
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timezone
from pathlib import Path
from typing import Optional

from credlint.host import aws_settings
from credlint.host.aws_lines import RawLine, read_key_value_lines, read_lines
from credlint.host.captured import Capturer
from credlint.host.files import RawFile, decode
from credlint.host.filesystem import OWN, FileSystem
from credlint.host.home import display_path, expand_user, expand_variables
from credlint.host.lookalikes import is_public
from credlint.host.masking import Masker
from credlint.host.process import executable_word
from credlint.host.readings import unquoted
from credlint.host.system_properties import definitions
from credlint.host.ways import Ways
from credlint.model.captured import CapturedValue
from credlint.model.host_file import AwsLine, HostFile
from credlint.model.lean_dataclasses import dataclass, replace

_REASON_LIMIT = 200
_NAME_LIMIT = 200
_COMMENT = re.compile(r"\s[#;]")
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


def iter_secrets(file: ReadFile) -> Iterator[str]:
    """Yield the values of the file that are secret by their setting's name."""
    for line in file.lines:
        if line.kind == "setting" and line.value and aws_settings.is_sensitive(line.name or ""):
            for value in (line.value, unquoted(line.value)):
                if not is_public(value):
                    yield from _secret_parts(value)


def _secret_parts(value: str) -> Iterator[str]:
    """Yield the value without what looks like a comment behind it.

    The same comment may stand behind a region, which must be told as it is. Words of a comment
    that are not all letters still count: a comment can hold a key.
    """
    comment = _COMMENT.search(value)
    if comment is None:
        yield value
        return
    yield value[: comment.start()]
    yield from (word for word in value[comment.start() :].split() if not word.isalpha())


def capture_file(file: ReadFile, masker: Masker, ways: Optional[Ways] = None) -> HostFile:
    """Return what may be kept of a file; ``ways`` None tells nothing of who may change it."""
    raw, capturer, path = file.raw, masker.capturer, file.request.path
    closed = ways is not None and raw.status == "unreadable"
    undecodable = raw.status == "read" and file.encoding in ("utf-16", "undecodable")
    return HostFile(
        role=file.request.role,
        path=capturer.scrub(file.request.shown),
        origin=file.request.origin,
        status="undecodable" if undecodable else raw.status,
        lines=tuple(_capture_lines(file.lines, capturer)),
        error=raw.error,
        encoding=file.encoding,
        mode=raw.mode,
        owner_uid=raw.owner_uid,
        symlink=raw.symlink,
        size=raw.size,
        undecodable_line=file.undecodable_line,
        text=masker.file(file.lines) if raw.status == "read" else None,
        modified=iso_time(raw.modified) if raw.modified is not None else None,
        way=ways.to(path) if ways is not None and raw.status != "absent" else (),
        closed_by=ways.closed_by(path) if ways is not None and closed else None,
    )


def iso_time(seconds: float) -> Optional[str]:
    """Return a file's time as ISO 8601 in whole seconds; None for one beyond the calendar."""
    try:
        return datetime.fromtimestamp(int(seconds), timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    except (OverflowError, OSError, ValueError):
        return None


def _capture_lines(lines: Iterable[RawLine], capturer: Capturer) -> Iterator[AwsLine]:
    for line in lines:
        if line.kind == "setting":
            yield _capture_setting(line, capturer)
        elif line.kind == "section":
            yield _capture_section(line, capturer)
        elif line.kind == "comment":
            yield _place(line, ignore=_capture_directive(line, capturer))
        elif line.kind == "text":
            yield _place(line, whole=_capture_text(line, capturer))
        else:
            yield _place(line)


def _place(
    line: RawLine,
    name: Optional[str] = None,
    value: Optional[CapturedValue] = None,
    whole: Optional[CapturedValue] = None,
    ignore: Optional[str] = None,
) -> AwsLine:
    end = len(line.indent) + len(line.stripped) + 1
    has_value = line.value is not None
    return AwsLine(
        number=line.number,
        kind=line.kind,
        indent=len(line.indent),
        column=line.start + 1,
        name=name,
        delimiter=line.delimiter,
        value=value,
        value_column=line.value_start + 1 if has_value else line.start + 1,
        end_column=end,
        whole=whole,
        has_equals="=" in line.stripped,
        trailing=line.trailing,
        ignore=ignore,
    )


def _capture_setting(line: RawLine, capturer: Capturer) -> AwsLine:
    name, value = line.name or "", line.value or ""
    shown = _capture_name(name, capturer)
    plain = aws_settings.is_plain(name)
    whole = capturer.capture_text(line.stripped) if plain else _facts(line, capturer)
    return _place(line, shown, _capture_value(name, value, capturer), whole)


def _capture_value(name: str, value: str, capturer: Capturer) -> CapturedValue:
    if aws_settings.is_process(name):
        return _capture_command(value, capturer)
    if aws_settings.is_plain(name):
        return capturer.capture_text(value)
    return capturer.capture_secret(value)


def _facts(line: RawLine, capturer: Capturer) -> CapturedValue:
    return capturer.capture_secret(line.stripped)


def _capture_name(name: str, capturer: Capturer) -> str:
    if aws_settings.is_identifier(name.lstrip("\ufeff")):
        return capturer.scrub(name, fold_case=True)
    # Not a name but some text before the first delimiter, perhaps half of a pasted key.
    return capturer.mark(name.lower()) if name else ""


def _capture_command(value: str, capturer: Capturer) -> CapturedValue:
    word, rest = executable_word(value)
    shown = capturer.scrub(word)
    text = f"{shown} [{rest} more characters]" if rest else shown
    return capturer.capture_as(value, text)


def _capture_section(line: RawLine, capturer: Capturer) -> AwsLine:
    name = capturer.scrub(line.name or "")
    if len(name) > _NAME_LIMIT:
        name = name[:_NAME_LIMIT] + capturer.mark(line.name or "")
    whole = _facts(line, capturer) if line.trailing else capturer.capture_text(line.stripped)
    return _place(line, name, whole=whole)


def _capture_text(line: RawLine, capturer: Capturer) -> CapturedValue:
    # A byte order mark before a header is the one text line whose content matters to readers
    # that drop the mark; anything else may be a bare secret.
    if line.stripped.startswith("\ufeff") and _is_header(line.stripped[1:].strip()):
        return capturer.capture_text(line.stripped)
    return _facts(line, capturer)


def _is_header(text: str) -> bool:
    return text.startswith("[") and text.endswith("]") and "=" not in text


def _capture_directive(line: RawLine, capturer: Capturer) -> Optional[str]:
    directive = line.directive
    if directive is None:
        return None
    codes, reason = directive
    return capturer.scrub(f"ignore[{codes[:_REASON_LIMIT]}] {reason[:_REASON_LIMIT]}".rstrip())
