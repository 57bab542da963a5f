"""Snapshots as they would be after a change: a variable unset, a setting removed. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Optional

from credlint.chain.sdk import SdkSpecification
from credlint.model.captured import CapturedValue
from credlint.model.host_file import AwsLine, HostFile, PathFact
from credlint.model.lean_dataclasses import replace
from credlint.model.location import Location, host_path
from credlint.model.metadata import ContainerEvidence, HttpAttempt, ImdsEvidence
from credlint.model.snapshot import EnvironmentVariable, HostSnapshot

# Settings that make one source together: who removes one removes all.
_GROUPS = (
    ("aws_access_key_id", "aws_secret_access_key", "aws_session_token", "aws_security_token"),
    ("role_arn", "source_profile", "credential_source", "external_id", "mfa_serial"),
    ("sso_session", "sso_start_url", "sso_region", "sso_account_id", "sso_role_name"),
)
_LINE = re.compile(r"[^\r\n]*(\r\n|\n|\r)|[^\r\n]+")
_ROLE = "SOME-ROLE"
_TOKEN_FILE = "/var/run/secrets/token"  # noqa: S105  a path
_ARN = "arn:aws:iam::123456789012:role/some-role"
_FULL_URI = "http://169.254.170.23/v1/credentials"
_OK = HttpAttempt(200)


def unset(snapshot: HostSnapshot, names: tuple[str, ...]) -> HostSnapshot:
    """Return the snapshot without some variables."""
    left = tuple(entry for entry in snapshot.environment if entry.name not in names)
    return replace(snapshot, environment=left)


def with_region(snapshot: HostSnapshot) -> HostSnapshot:
    """Return the snapshot with a region in the variable that every SDK but botocore's reads."""
    return _with_variables(snapshot, {"AWS_REGION": _plain("us-east-1")})


def file_change(snapshot: HostSnapshot, place: Location) -> Iterator[tuple[HostSnapshot, str]]:
    """Yield the snapshot without the settings that stand at a place, and how to say that."""
    for number, file in enumerate(snapshot.files):
        base, uri = host_path(file.path)
        if (base, uri) != (place.base, place.uri):
            continue
        removed = _settings_at(file, place.line)
        if removed:
            shown = ", ".join(dict.fromkeys(line.name or "" for line in removed))
            section = _section_of(file, place.line)
            text = f"remove {shown} of [{section}] in {file.path}:{removed[0].number}"
        else:
            line = file.lines[place.line - 1] if 0 < place.line <= len(file.lines) else None
            if line is None or line.kind == "blank":
                continue
            removed = [line]
            text = f"remove line {line.number} of {file.path}"
        changed = _without_lines(file, {line.number for line in removed})
        files = (*snapshot.files[:number], changed, *snapshot.files[number + 1 :])
        yield replace(snapshot, files=files), text


def _settings_at(file: HostFile, number: int) -> list[AwsLine]:
    """Return the lines of the setting at a line and of those that belong to it."""
    if not 0 < number <= len(file.lines) or file.lines[number - 1].kind != "setting":
        return []
    name = (file.lines[number - 1].name or "").lower()
    group: tuple[str, ...] = next((group for group in _GROUPS if name in group), (name,))
    first, last = number - 1, number
    while first > 0 and file.lines[first - 1].kind != "section":
        first -= 1
    while last < len(file.lines) and file.lines[last].kind != "section":
        last += 1
    return [
        line
        for line in file.lines[first:last]
        if line.kind == "setting" and (line.name or "").lower() in group
    ]


def _section_of(file: HostFile, number: int) -> str:
    for line in reversed(file.lines[: number - 1]):
        if line.kind == "section":
            return line.name or ""
    return ""


def _without_lines(file: HostFile, numbers: set[int]) -> HostFile:
    """Return the file with empty lines in place of some, so that all others keep their place."""
    lines = tuple(
        AwsLine(line.number, "blank") if line.number in numbers else line for line in file.lines
    )
    text = file.text
    if text is not None:
        text = "".join(
            (match.group(1) or "") if number in numbers else match.group()
            for number, match in enumerate(_LINE.finditer(text), start=1)
        )
    return replace(file, lines=lines, text=text)


def assume(
    snapshot: HostSnapshot, source: str, sdk: SdkSpecification
) -> tuple[Optional[HostSnapshot], str]:
    """Return the snapshot in which a source has something to give, and what that takes.

    None where credlint cannot make it up: what a profile would have to hold is the user's to say.
    """
    if source == "env":
        pair = (sdk.env_access_key_id[:1], sdk.env_secret_access_key[:1])
        names = [name for one in pair for name in one]
        value = CapturedValue(None, 20, "other")
        return _with_variables(snapshot, dict.fromkeys(names, value)), (
            f"{' and '.join(names)} are set"
        )
    if source in ("imds", "container_or_imds"):
        imds = ImdsEvidence(
            probed=True,
            token=_OK,
            roles_with_token=_OK,
            roles_without_token=_OK,
            role_names=(_ROLE,),
        )
        return replace(snapshot, imds=imds), (
            "an instance profile is attached and the instance metadata service answers"
        )
    if source == "container":
        name = "AWS_CONTAINER_CREDENTIALS_FULL_URI"
        changed = _with_variables(snapshot, {name: _plain(_FULL_URI)})
        evidence = ContainerEvidence(name, "http", "169.254.170.23", 80, "yes")
        return replace(changed, container=evidence), (
            "the container platform sets AWS_CONTAINER_CREDENTIALS_RELATIVE_URI or _FULL_URI"
        )
    if source in ("web_identity", "web_identity_env"):
        token = "AWS_WEB_IDENTITY_TOKEN_FILE"  # noqa: S105  a variable's name
        values = {token: _plain(_TOKEN_FILE), "AWS_ROLE_ARN": _plain(_ARN)}
        fact = PathFact(
            "web-identity-token", f"environment/{token}", "", "present", named=_TOKEN_FILE
        )
        changed = _with_variables(snapshot, values)
        return replace(changed, paths=(fact, *snapshot.paths)), f"{token} and AWS_ROLE_ARN are set"
    return None, ""


def _plain(text: str) -> CapturedValue:
    return CapturedValue(text, len(text))


def _with_variables(snapshot: HostSnapshot, values: dict[str, CapturedValue]) -> HostSnapshot:
    left = [entry for entry in snapshot.environment if entry.name not in values]
    added = [EnvironmentVariable(name, value) for name, value in values.items()]
    return replace(snapshot, environment=(*left, *added))
