"""CHN216 and CHN217: what a role of a profile is assumed with."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Optional

from credlint.checks.builder import FindingBuilder
from credlint.checks.closest import closest
from credlint.checks.failures import failures_at
from credlint.checks.options import CheckOptions
from credlint.checks.profiles import Profile, effective_profiles
from credlint.checks.situation import (
    ACCESS_KEY_ID,
    SECRET_ACCESS_KEY,
    contexts_of,
    is_set,
    text_of,
)
from credlint.checks.wording import do, file_readers
from credlint.model.finding import Finding
from credlint.model.location import Location, imds
from credlint.model.snapshot import HostSnapshot
from credlint.model.trace import Trace

_BOTH = FindingBuilder("CHN216", "role-with-two-sources")
_UNUSABLE = FindingBuilder("CHN217", "credential-source-unusable")

_SOURCE = "source_profile"
_NAMED = "credential_source"
_INSTANCE, _CONTAINER, _ENVIRONMENT = "Ec2InstanceMetadata", "EcsContainer", "Environment"
# AWS SDKs and Tools Reference Guide, "Assume role credential provider": the only values.
_NAMES = (_INSTANCE, _CONTAINER, _ENVIRONMENT)
_NOT_EC2 = "not an EC2 instance"


def role_with_two_sources(
    snapshot: HostSnapshot, traces: tuple[Trace, ...], options: CheckOptions
) -> Iterable[Finding]:
    """Tell that a role names a source profile and a credential source."""
    del options
    for profile in effective_profiles(snapshot).values():
        named, source = profile.settings.get(_NAMED), profile.settings.get(_SOURCE)
        if not profile.assumes_role or named is None or source is None:
            continue
        role = profile.settings["role_arn"].place()
        failures = failures_at(traces, [named.place(), source.place(), role])
        effect = failures.text or do(file_readers(traces), "stop with InvalidConfigError")
        yield _BOTH.build(
            "error",
            f"`[{profile.name}]` has both {_SOURCE} and {_NAMED}: {effect}.",
            named.place(),
            subject=profile.name,
            sdks=failures.sdks or file_readers(traces),
            related=[source.place("The other source.")],
            remedy=(
                (
                    f"Delete line {named.setting.line.number} of {named.file.path} to assume the "
                    f"role with profile `{source.value.text}`, or line "
                    f"{source.setting.line.number} of "
                    f"{source.file.path} to assume it with {named.value.text or 'the machine'}."
                ),
            ),
        )


def credential_source_unusable(
    snapshot: HostSnapshot, traces: tuple[Trace, ...], options: CheckOptions
) -> Iterable[Finding]:
    """Tell that a credential_source is none, everywhere, or that it gives nothing on this host.

    The latter only for profiles that are used here: files are shared between machines.
    """
    del options
    profiles = effective_profiles(snapshot)
    used = set(_used(profiles, traces))
    for profile in profiles.values():
        named = profile.settings.get(_NAMED)
        if named is None or not profile.assumes_role or _SOURCE in profile.settings:
            continue
        value = named.value.text or ""
        places = [named.place()]
        sdks: tuple[str, ...] = ()
        if (wrong := _misnamed(snapshot, profiles, value)) is not None:
            why, remedy = wrong
            failures = failures_at(traces, places)
            effect = failures.text or do(file_readers(traces), "stop with InvalidConfigError")
            sdks = failures.sdks or file_readers(traces)
        elif profile.name in used and (missing := _missing_here(snapshot, value)):
            why, remedy = missing
            places += [imds()] if value == _INSTANCE else []
            failures = failures_at(traces, places)
            effect, sdks = failures.text, failures.sdks
        else:
            continue
        if not sdks:
            continue
        yield _UNUSABLE.build(
            "error",
            f"{_NAMED} = {value or 'nothing'} of `[{profile.name}]` cannot work here: {why}; "
            f"{effect}.",
            places[0],
            subject=profile.name,
            sdks=sdks,
            related=list(_related(places)),
            remedy=remedy,
        )


def _related(places: list[Location]) -> Iterator[Location]:
    if len(places) > 1:
        yield imds(message="No role is offered here.")


def _used(profiles: Mapping[str, Profile], traces: Iterable[Trace]) -> Iterator[str]:
    """Yield the selected profiles and those that they assume their roles with."""
    for start in dict.fromkeys(trace.profile for trace in traces):
        seen: set[str] = set()
        name: Optional[str] = start
        while name is not None and name in profiles and name not in seen:
            seen.add(name)
            yield name
            name = profiles[name].text(_SOURCE)


_Reason = tuple[str, tuple[str, ...]]


def _misnamed(
    snapshot: HostSnapshot, profiles: Mapping[str, Profile], value: str
) -> Optional[_Reason]:
    """Return why the value is none that there is, with the remedy."""
    if value in _NAMES:
        return None
    if value in profiles:
        return (
            "it names a profile, and a profile is named by source_profile",
            (f"Write `{_SOURCE} = {value}`.",),
        )
    plain = value.lower().replace("_", "").replace("-", "")
    if "webidentity" in plain or plain.startswith(("eks", "irsa", "serviceaccount")):
        return (
            "a web identity is none of its values",
            (
                (
                    "Add a profile with role_arn and web_identity_token_file (`echo "
                    "$AWS_ROLE_ARN $AWS_WEB_IDENTITY_TOKEN_FILE` shows both in the pod), then name "
                    "it here: "
                    f"`{_SOURCE} = NAME`."
                ),
            ),
        )
    if plain in ("podidentity", "ekspodidentity", "ecs", "fargate", "codebuild", "container"):
        return "it is no known value", (f"Write `{_NAMED} = {_CONTAINER}`.",)
    meant = closest(value, _NAMES)
    if meant is None and plain in ("ec2", "imds", "instance", "instanceprofile", "instancerole"):
        meant = _INSTANCE
    if meant is None and plain in ("env", "environmentvariables"):
        meant = _ENVIRONMENT
    if meant is None:
        suited = _suited(snapshot)
        return (
            f"its values are {', '.join(_NAMES[:2])} and {_NAMES[2]}",
            (f"Write one of them, here `{_NAMED} = {suited}`.",),
        )
    spelling = "case counts" if meant.lower() == value.lower() else "it is misspelt"
    return f"{spelling}, `{meant}` is meant", (f"Write `{_NAMED} = {meant}`.",)


def _suited(snapshot: HostSnapshot) -> str:
    if snapshot.container.variable is not None:
        return _CONTAINER
    return _INSTANCE if "ec2" in contexts_of(snapshot) else _ENVIRONMENT


def _missing_here(snapshot: HostSnapshot, value: str) -> Optional[_Reason]:
    """Return what the host lacks for the source, with the remedy; None when it is there."""
    if value == _ENVIRONMENT:
        lacking = [n for n in (ACCESS_KEY_ID, SECRET_ACCESS_KEY) if not is_set(snapshot, n)]
        if not lacking:
            return None
        return (
            f"{lacking[0]} is not set",
            (f"Set {ACCESS_KEY_ID} and {SECRET_ACCESS_KEY}, or name another source.",),
        )
    if value == _CONTAINER:
        if snapshot.container.variable is not None:
            return None
        return (
            "no container credentials endpoint is named by the environment",
            (
                (
                    "In ECS give the task a role (`taskRoleArn`), in EKS the service account a Pod "
                    "Identity association; elsewhere name another source."
                ),
            ),
        )
    return _no_instance_role(snapshot)


def _no_instance_role(snapshot: HostSnapshot) -> Optional[_Reason]:
    evidence = snapshot.imds
    disabled = (text_of(snapshot.variable("AWS_EC2_METADATA_DISABLED")) or "").lower() == "true"
    if disabled:
        return (
            "AWS_EC2_METADATA_DISABLED=true",
            ("`unset AWS_EC2_METADATA_DISABLED` for this process.",),
        )
    if evidence.role is not None:
        return None
    elsewhere = (
        "Away from EC2 use a profile with source_profile or sso_session: `aws --profile NAME …`."
    )
    if not evidence.probed:
        if _NOT_EC2 not in (evidence.reason or ""):
            return None
        return "this machine is not an EC2 instance", (elsewhere,)
    if not evidence.answers:
        return "no instance metadata service answers", (elsewhere,)
    return (
        "no role is attached to this instance",
        (
            (
                "`aws ec2 associate-iam-instance-profile --instance-id "
                f"{evidence.instance_id or 'INSTANCE_ID'} --iam-instance-profile Name=NAME`"
            ),
        ),
    )
