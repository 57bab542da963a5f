"""CHN312 and CHN313: sessions of roles that STS does not give for so long."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Optional

from credlint.checks.builder import FindingBuilder
from credlint.checks.options import CheckOptions
from credlint.checks.places import file_place
from credlint.checks.profiles import Profile, effective_profiles
from credlint.checks.sdk_facts import ignores
from credlint.checks.setting_names import mentions
from credlint.checks.situation import ACCESS_KEY_ID, SESSION_TOKEN, is_set
from credlint.checks.wording import do, file_readers, sdk_list, sdks_of
from credlint.model.finding import Finding
from credlint.model.location import SRCROOT, Location
from credlint.model.snapshot import HostSnapshot, ProviderArgument, ProviderBlock
from credlint.model.trace import Trace

_CHAINED = FindingBuilder("CHN312", "role-chaining-over-one-hour")
_RANGE = FindingBuilder("CHN313", "duration-out-of-range")

_DURATION = "duration_seconds"
# STS API Reference, AssumeRole, DurationSeconds; IAM User Guide, "Role chaining".
_SHORTEST, _CHAIN_LIMIT, _LONGEST = 900, 3600, 43200
_LONGEST_NUMBER = 12
_MACHINES = {
    "Ec2InstanceMetadata": "the instance role",
    "EcsContainer": "the role of the container",
}
# time.ParseDuration of Go, as far as anybody writes it.
_GO_DURATION = re.compile(r"(?:([0-9]{1,9}(?:\.[0-9]{1,9})?)(h|m|s))")
_GO_UNITS = {"h": 3600, "m": 60, "s": 1}


def role_chaining_over_one_hour(
    snapshot: HostSnapshot, traces: tuple[Trace, ...], options: CheckOptions
) -> Iterable[Finding]:
    """Tell that a role which is assumed with a session's credentials asks for more than an hour."""
    del options
    yield from _provider_findings(snapshot, traces)
    if not mentions(snapshot, _DURATION):
        return
    profiles = effective_profiles(snapshot)
    sdks = _sending(traces)
    for profile in profiles.values() if sdks else ():
        seconds = _number(profile.text(_DURATION))
        if seconds is None or not _CHAIN_LIMIT < seconds <= _LONGEST or not profile.assumes_role:
            continue
        source = _session_behind(snapshot, profile, profiles)
        if source is None:
            continue
        yield _CHAINED.build(
            "error",
            f"`[{profile.name}]` asks for {seconds} s, but it is assumed with temporary "
            f"credentials ({source}), for which STS allows {_CHAIN_LIMIT} s at most: "
            f"{do(sdks, 'get')} a ValidationError and no credentials.",
            profile.settings[_DURATION].place(),
            subject=profile.name,
            sdks=sdks,
            remedy=(
                f"Delete the line, or write `{_DURATION} = {_CHAIN_LIMIT}`.",
                "The session behind it may last longer: raise the duration there.",
            ),
        )


def _sending(traces: tuple[Trace, ...]) -> tuple[str, ...]:
    """Return the SDKs that pass the setting on to STS."""
    known = sdks_of(traces) or file_readers(traces)
    return tuple(sdk for sdk in known if not ignores(sdk, _DURATION))


def _number(text: Optional[str]) -> Optional[int]:
    if text is None or len(text) > _LONGEST_NUMBER or not (text.isascii() and text.isdigit()):
        return None
    return int(text)


def _session_behind(
    snapshot: HostSnapshot, profile: Profile, profiles: Mapping[str, Profile]
) -> Optional[str]:
    """Return the session that a role is assumed with; None for keys and what cannot be told.

    The first hop of a web identity has a limit of its own, and what a credential_process gives
    nobody can tell.
    """
    named = profile.text("credential_source")
    if named in _MACHINES:
        return _MACHINES[named]
    if named == "Environment":
        return _environment_session(snapshot)
    source = profiles.get(profile.text("source_profile") or "")
    return None if source is None or named is not None else _session_of(source, profile)


def _session_of(source: Profile, profile: Profile) -> Optional[str]:
    """Return the session that a source profile gives; its keys count before all else."""
    if source.holds_keys:
        key = source.settings.get("aws_access_key_id")
        key_id = key.value.key_id if key is not None else None
        of_session = key_id is not None and key_id.prefix == "ASIA"
        return f"the session keys of `[{source.name}]`" if of_session else None
    if source.name == profile.name:
        return None
    for setting, what in (
        ("web_identity_token_file", "the web identity role of"),
        ("role_arn", "the role of"),
        ("sso_session", "the SSO role of"),
        ("sso_start_url", "the SSO role of"),
    ):
        if setting in source.settings:
            return f"{what} `[{source.name}]`"
    return None


def _environment_session(snapshot: HostSnapshot) -> Optional[str]:
    key = snapshot.variable(ACCESS_KEY_ID)
    if key is None or key.key_id is None or key.key_id.prefix != "ASIA":
        return None
    return "the session keys of the environment" if is_set(snapshot, SESSION_TOKEN) else None


def _provider_findings(snapshot: HostSnapshot, traces: tuple[Trace, ...]) -> Iterator[Finding]:
    """Yield the second and later roles of a Terraform provider block that ask for too long."""
    concerned = [trace for trace in traces if trace.step("provider_assume_role") is not None]
    for block in snapshot.provider_blocks if concerned else ():
        for argument in block.arguments:
            hop = re.fullmatch(r"assume_role\.([0-9]+)\.duration", argument.name)
            seconds = _go_seconds(argument)
            if hop is None or seconds is None or not _CHAIN_LIMIT < seconds <= _LONGEST:
                continue
            if hop.group(1) == "0":
                continue  # what the first role is assumed with is not the block's matter
            yield _provider_finding(block, argument, seconds, sdks_of(concerned))


def _go_seconds(argument: ProviderArgument) -> Optional[int]:
    text = argument.values[0].text if argument.literal and argument.values else None
    parts = _GO_DURATION.findall(text or "")
    if not text or "".join("".join(part) for part in parts) != text:
        return None
    return int(sum(float(number) * _GO_UNITS[unit] for number, unit in parts))


def _provider_finding(
    block: ProviderBlock, argument: ProviderArgument, seconds: int, sdks: tuple[str, ...]
) -> Finding:
    return _CHAINED.build(
        "error",
        f"{argument.name} of the provider in {block.file} asks for {seconds} s, but this role is "
        f"assumed with the session of the one before it, for which STS allows {_CHAIN_LIMIT} s at "
        f"most: {do(sdks, 'get')} a ValidationError and no credentials.",
        Location("file", block.file, SRCROOT, argument.line),
        subject=argument.name,
        sdks=sdks,
        remedy=('Delete the line, or write `duration = "1h"`.',),
    )


def duration_out_of_range(
    snapshot: HostSnapshot, traces: tuple[Trace, ...], options: CheckOptions
) -> Iterable[Finding]:
    """Tell that duration_seconds is no number that STS takes."""
    del options
    sdks = _sending(traces) if mentions(snapshot, _DURATION) else ()
    for profile in effective_profiles(snapshot).values() if sdks else ():
        setting = profile.settings.get(_DURATION)
        if setting is None or not profile.assumes_role or setting.value.text is None:
            continue
        text = setting.value.text.strip()
        seconds = _number(text.lstrip("+"))
        if seconds is not None and _SHORTEST <= seconds <= _LONGEST:
            continue
        is_number = re.fullmatch(r"[+-]?[0-9]+", text, re.ASCII) is not None
        yield _RANGE.build(
            "error",
            _range_message(profile.name, text if is_number else None, sdks, traces),
            file_place(setting.file, setting.setting.line, setting.section.name, value_only=True),
            subject=profile.name,
            sdks=sdks,
            remedy=(
                (
                    f"Write a whole number of seconds from {_SHORTEST} to {_LONGEST}, and no more "
                    "than the role's MaxSessionDuration: `aws iam get-role --role-name ROLE "
                    "--query Role.MaxSessionDuration`."
                ),
            ),
        )


def _range_message(
    profile: str, number: Optional[str], sdks: tuple[str, ...], traces: tuple[Trace, ...]
) -> str:
    if number is not None:
        return (
            f"{_DURATION}={number} of `[{profile}]` is outside {_SHORTEST} to {_LONGEST}, which "
            f"STS refuses: {sdk_list(sdks)} may get no credentials with this profile."
        )
    readers = tuple(sdk for sdk in file_readers(traces) if sdk in sdks)
    told = f": {do(readers, 'pass over')} it without a word" if readers else ""
    return f"{_DURATION} of `[{profile}]` is not a whole number{told}."
