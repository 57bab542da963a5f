"""CHN208 to CHN210: characters and lines that became part of a value by mistake."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from credlint.checks.builder import FindingBuilder
from credlint.checks.ini_view import Section, Setting, view_file
from credlint.checks.options import CheckOptions
from credlint.checks.places import file_place, variable_place
from credlint.checks.setting_names import KEY_SETTINGS, PROFILE_SETTINGS
from credlint.checks.situation import KEY_VARIABLES
from credlint.checks.wording import conjunction, do, file_readers, sdks_of
from credlint.model.captured import CapturedValue
from credlint.model.finding import Finding, Level
from credlint.model.host_file import AwsLine, HostFile
from credlint.model.snapshot import HostSnapshot
from credlint.model.trace import Trace

_PADDED = FindingBuilder("CHN208", "value-quoted-or-padded")
_COMMENT = FindingBuilder("CHN209", "inline-comment-in-value")
_SWALLOWED = FindingBuilder("CHN210", "indented-key-swallowed")

_FLAWS = {
    "quoted": "quotation marks",
    "leading-space": "a leading space",
    "trailing-space": "a trailing space",
    "newline": "a line break",
    "carriage-return": "a carriage return",
    "non-breaking-space": "a non-breaking space",
    "control-character": "a control character",
    "non-ascii": "a character outside ASCII",
}
# Exact values; commands, paths and free texts may hold quotes, blanks and letters of any script.
_EXACT_SETTINGS = KEY_SETTINGS | {
    "region",
    "role_arn",
    "mfa_serial",
    "credential_source",
    "sso_start_url",
    "sso_region",
    "sso_account_id",
    "login_session",
    "output",
}
_NAME_SETTINGS = frozenset(("source_profile", "sso_session", "sso_role_name"))
_EXACT_VARIABLES = (
    *KEY_VARIABLES,
    "AWS_REGION",
    "AWS_DEFAULT_REGION",
    "AWS_ROLE_ARN",
)
_NAME_VARIABLES = ("AWS_PROFILE", "AWS_DEFAULT_PROFILE")
_SEVERE_WITH_COMMENT = KEY_SETTINGS | {
    "region",
    "role_arn",
    "mfa_serial",
    "sso_region",
    "login_session",
}
_SETTING_NAME = re.compile(r"[a-z][a-z0-9_]{1,40}\Z")


def value_quoted_or_padded(
    snapshot: HostSnapshot, traces: tuple[Trace, ...], options: CheckOptions
) -> Iterable[Finding]:
    """Tell the class of the stray characters, never the value."""
    del options
    sdks = sdks_of(traces) or file_readers(traces)
    for name in (*_EXACT_VARIABLES, *_NAME_VARIABLES):
        value = snapshot.variable(name)
        flaws = _flaws(value, exact=name in _EXACT_VARIABLES) if value else []
        if not flaws:
            continue
        yield _PADDED.build(
            "error",
            f"{name} contains {conjunction(flaws)}; {_effect(name in KEY_VARIABLES, flaws)}.",
            variable_place(snapshot, name),
            subject=name,
            sdks=sdks,
            remedy=_variable_remedy(name),
        )
    for file, section, setting in _file_settings(snapshot):
        exact = setting.name in _EXACT_SETTINGS
        if not exact and setting.name not in _NAME_SETTINGS:
            continue
        flaws = _flaws(setting.value, exact=exact)
        if flaws:
            yield _PADDED.build(
                "error",
                f"{setting.name} in `[{section.name}]` of {file.path} contains "
                f"{conjunction(flaws)}; {_effect(setting.name in KEY_SETTINGS, flaws)}.",
                file_place(file, setting.line, section.name, value_only=True),
                subject=f"{section.name}/{setting.name}",
                sdks=file_readers(traces),
                remedy=(
                    (
                        f"Write the bare value in line {setting.line.number} of {file.path}: "
                        f"`{setting.name} = VALUE`, without quotes or other characters around it."
                    ),
                ),
            )


def _flaws(value: CapturedValue, *, exact: bool) -> list[str]:
    told = [flaw for flaw in value.flaws if flaw in _FLAWS]
    if not exact:
        told = [flaw for flaw in told if flaw != "non-ascii"]
    if "non-breaking-space" in told:
        told = [flaw for flaw in told if flaw not in ("non-ascii", "trailing-space")]
    return [_FLAWS[flaw] for flaw in told]


def _effect(is_key: bool, flaws: list[str]) -> str:
    part = "it is part of the value" if len(flaws) == 1 else "they are part of the value"
    if flaws == [_FLAWS["quoted"]]:
        part = "they are part of the value"
    return f"{part} and the signature will not match" if is_key else f"{part}, which fits nothing"


def _variable_remedy(name: str) -> Iterator[str]:
    if name in KEY_VARIABLES:
        yield f'Store it without the stray characters: `printf %s "$VALUE" | gh secret set {name}`.'
        yield "In an env file write `NAME=value` without quotes; Docker and systemd differ on them."
    else:
        yield f"`export {name}=VALUE` without quotes inside the value and blanks around it."


def inline_comment_in_value(
    snapshot: HostSnapshot, traces: tuple[Trace, ...], options: CheckOptions
) -> Iterable[Finding]:
    """Tell that a comment after a value belongs to the value. The text is not shown."""
    del options
    sdks = file_readers(traces)
    for file, section, setting in _file_settings(snapshot):
        if "inline-comment" not in setting.value.flaws:
            continue
        level: Level = "error" if setting.name in _SEVERE_WITH_COMMENT else "warning"
        yield _COMMENT.build(
            level,
            f"{setting.name} in `[{section.name}]` of {file.path} has a comment after its value: "
            f"{do(sdks, 'keep')} it as part of the value.",
            file_place(file, setting.line, section.name, value_only=True),
            subject=f"{section.name}/{setting.name}",
            sdks=sdks,
            remedy=(
                (
                    f"Move the comment to a line of its own above line {setting.line.number} of "
                    f"{file.path}."
                ),
            ),
        )


def indented_key_swallowed(
    snapshot: HostSnapshot, traces: tuple[Trace, ...], options: CheckOptions
) -> Iterable[Finding]:
    """Tell that an indented line became part of the setting above it."""
    del options
    sdks = file_readers(traces)
    for file, section, setting in _file_settings(snapshot):
        if not setting.value:
            continue
        for line in setting.continuations:
            if not _meant_as_own(line, setting):
                continue
            kind = f"the section `[{line.name}]`" if line.kind == "section" else f"`{line.name}`"
            yield _SWALLOWED.build(
                "error",
                f"Line {line.number} of {file.path} is indented, so {do(sdks, 'read')} {kind} as a "
                f"continuation of `{setting.name}`.",
                file_place(file, line, section.name),
                subject=f"{section.name}/{line.name}",
                sdks=sdks,
                related=[file_place(file, setting.line, section.name, "This value goes on below.")],
                remedy=(f"Remove the blanks at the start of line {line.number} of {file.path}.",),
            )


def _meant_as_own(line: AwsLine, above: Setting) -> bool:
    """Tell whether a continuation reads like a section or setting of its own.

    Not so an option of a command that runs over several lines (``--name=value``), and below a
    key only a known name: the rest of a wrapped token may look like one and must not be shown.
    """
    name = line.name or ""
    if above.name in KEY_SETTINGS and line.kind == "setting":
        return name.lower() in PROFILE_SETTINGS
    if line.kind == "section":
        return bool(name)
    return line.kind == "setting" and _SETTING_NAME.match(name) is not None


def _file_settings(snapshot: HostSnapshot) -> Iterator[tuple[HostFile, Section, Setting]]:
    seen: set[str] = set()
    for file in snapshot.files:
        if file.role not in ("config", "credentials") or file.path in seen:
            continue
        seen.add(file.path)
        for section, setting in view_file(file).settings():
            yield file, section, setting
