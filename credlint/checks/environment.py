"""CHN103, CHN109, CHN114 and CHN201: what the environment selects and contradicts."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator
from typing import Optional

from credlint.checks.accounts import profile_account
from credlint.checks.builder import FindingBuilder
from credlint.checks.closest import closest
from credlint.checks.ini_view import view_file
from credlint.checks.options import CheckOptions
from credlint.checks.places import config_profile_name, file_place, variable_place
from credlint.checks.profiles import Profile, effective_profiles
from credlint.checks.situation import (
    ACCESS_KEY_ID,
    SECRET_ACCESS_KEY,
    contexts_of,
    environment_winners,
    is_set,
    key_variables_set,
    session_marker,
    shadowed_instance_role,
    shadowed_workload_role,
    text_of,
)
from credlint.checks.winning_key import is_placeholder
from credlint.checks.wording import conjunction, do, sdk_list, sdks_of
from credlint.model.finding import Finding, Level
from credlint.model.location import Location
from credlint.model.snapshot import HostSnapshot
from credlint.model.trace import Trace, source_kind

_BOTH = FindingBuilder("CHN103", "env-keys-vs-aws-profile")
_DISAGREE = FindingBuilder("CHN109", "two-profile-variables-disagree")
_INCOMPLETE = FindingBuilder("CHN114", "incomplete-env-credentials")
_NOT_FOUND = FindingBuilder("CHN201", "profile-not-found")

_PROFILE = "AWS_PROFILE"
_DEFAULT_PROFILE = "AWS_DEFAULT_PROFILE"
_OPTION = "option"


def env_keys_vs_aws_profile(
    snapshot: HostSnapshot, traces: tuple[Trace, ...], options: CheckOptions
) -> Iterable[Finding]:
    """Tell that keys and a profile are both selected by the environment, and which one wins.

    Where a machine role is hidden as well, CHN101 or CHN102 says more; where the keys are made
    up, CHN120.
    """
    del options
    key = snapshot.variable(ACCESS_KEY_ID)
    profiles = effective_profiles(snapshot)
    groups: dict[tuple[str, str], list[Trace]] = {}
    for trace in traces:
        variable = trace.profile_source.partition(":")[2]
        if variable not in (_PROFILE, _DEFAULT_PROFILE) or not _has_both(trace):
            continue
        if snapshot.imds.role and shadowed_instance_role(trace):
            continue
        if shadowed_workload_role(snapshot, trace) or is_placeholder(key):
            continue
        if not _same_key(snapshot, profiles.get(trace.profile)):
            groups.setdefault((variable, trace.profile), []).append(trace)
    level: Level = "error" if "ci" in contexts_of(snapshot) else "warning"
    marker = session_marker(snapshot)
    for (variable, profile), group in groups.items():
        sdks = sdks_of(group)
        keys = sdks_of(environment_winners(group))
        others = sdks_of(trace for trace in group if trace.sdk not in keys)
        uses = []
        if keys:
            only = " and only the other settings of the profile" if not others else ""
            uses.append(f"{do(keys, 'use')} the keys of the environment{only}")
        if others:
            uses.append(f"{do(others, 'use')} the profile")
        winner = "win" if not others else f"win in {sdk_list(keys)}" if keys else "are not used"
        yield _BOTH.build(
            "note" if marker else level,
            f"{variable}={profile} and {ACCESS_KEY_ID} are both set: {', '.join(uses)}."
            f"{_marked(marker)}",
            variable_place(snapshot, variable),
            subject=profile or variable,
            sdks=sdks,
            related=[variable_place(snapshot, ACCESS_KEY_ID, f"These keys {winner}.")],
            remedy=(
                f"To use the profile: `unset {' '.join(key_variables_set(snapshot))}`.",
                f"To use the keys: `unset {variable}`.",
                f"For one command: `--profile {shlex.quote(profile)}` does beat the keys.",
            ),
        )


def _has_both(trace: Trace) -> bool:
    """Tell whether the keys win, or a profile although the keys are whole."""
    step, winner = trace.step("env"), trace.winner
    if winner is None or step is None or step.offer is None:
        return False
    return winner is step or source_kind(winner.source) == "profile"


def _marked(marker: Optional[str]) -> str:
    return f" {marker} is set, so a session tool may have set both on purpose." if marker else ""


def _same_key(snapshot: HostSnapshot, profile: Optional[Profile]) -> bool:
    value = snapshot.variable(ACCESS_KEY_ID)
    setting = profile.settings.get("aws_access_key_id") if profile else None
    if value is None or setting is None or not value.fingerprint:
        return False
    return setting.value.fingerprint == value.fingerprint


def two_profile_variables_disagree(
    snapshot: HostSnapshot, traces: tuple[Trace, ...], options: CheckOptions
) -> Iterable[Finding]:
    """Tell that AWS_PROFILE and AWS_DEFAULT_PROFILE differ, and which SDK follows which."""
    del options
    first, second = snapshot.variable(_PROFILE), snapshot.variable(_DEFAULT_PROFILE)
    concerned = [trace for trace in traces if trace.profile_source != _OPTION]
    if first is None or second is None or first.text == second.text or not concerned:
        return
    choices: dict[str, list[Trace]] = {}
    for trace in concerned:
        choices.setdefault(trace.profile, []).append(trace)
    profiles = effective_profiles(snapshot)
    names = [text_of(first), text_of(second)]
    accounts = {profile_account(profiles[n]) for n in names if n in profiles} - {None}
    level: Level = "error" if len(accounts) > 1 else "warning"
    uses = [
        do(sdks_of(group), f"use `{name}`" if name else "use an empty name")
        for name, group in choices.items()
    ]
    apart = f" The two belong to accounts {conjunction(sorted(filter(None, accounts)))}."
    yield _DISAGREE.build(
        level,
        f"{_PROFILE}={first.text} but {_DEFAULT_PROFILE}={second.text}: {conjunction(uses)}."
        + (apart if level == "error" else ""),
        variable_place(snapshot, _DEFAULT_PROFILE),
        subject=_DEFAULT_PROFILE,
        sdks=sdks_of(concerned),
        related=[variable_place(snapshot, _PROFILE, f"Names `{first.text}`.")],
        remedy=(f"`unset {_DEFAULT_PROFILE}`, and let {_PROFILE} name the profile that is meant.",),
    )


def incomplete_env_credentials(
    snapshot: HostSnapshot, traces: tuple[Trace, ...], options: CheckOptions
) -> Iterable[Finding]:
    """Tell that one half of the key pair is set without the other."""
    del options
    has_id, has_secret = is_set(snapshot, ACCESS_KEY_ID), is_set(snapshot, SECRET_ACCESS_KEY)
    concerned = [trace for trace in traces if trace.profile_source != _OPTION]
    if has_id == has_secret or not concerned:
        return
    present, absent = (
        (ACCESS_KEY_ID, SECRET_ACCESS_KEY) if has_id else (SECRET_ACCESS_KEY, ACCESS_KEY_ID)
    )
    stopped = [t for t in concerned if _breaks_at_environment(t)]
    if has_id and not stopped:
        return
    missing = "empty" if snapshot.variable(absent) is not None else "not set"
    level: Level = "warning"
    if has_id:
        level = "error" if "ci" in contexts_of(snapshot) else "warning"
        sdks = sdks_of(stopped)
        effect = _stops(stopped)
        others = sdks_of(trace for trace in concerned if trace not in stopped)
        if others:
            go_on = "go" if len(others) > 1 else "goes"
            effect += f"; {do(others, 'ignore')} it and {go_on} on"
    else:
        sdks = sdks_of(concerned)
        effect = f"{do(sdks, 'ignore')} it and {'go' if len(sdks) > 1 else 'goes'} on"
    yield _INCOMPLETE.build(
        level,
        f"{present} is set but {absent} is {missing}: {effect}.",
        variable_place(snapshot, present),
        subject=present,
        sdks=sdks,
        remedy=(
            f"Set both variables, or `unset {' '.join(key_variables_set(snapshot))}`.",
            (
                "In a pipeline check that the secret exists for this event: runs for forks get "
                "empty values."
            ),
        ),
    )


def _breaks_at_environment(trace: Trace) -> bool:
    step = trace.step("env")
    return trace.outcome == "error" and step is not None and step.status == "broken"


def profile_not_found(
    snapshot: HostSnapshot, traces: tuple[Trace, ...], options: CheckOptions
) -> Iterable[Finding]:
    """Tell that the selected profile stands in neither file, which ends the SDK."""
    del options
    groups: dict[tuple[str, str], list[Trace]] = {}
    for trace in traces:
        error = trace.error
        # A source profile that is missing is another matter (CHN213), told at its own line.
        if error is None or error.situation != "profile_not_found":
            continue
        if error.location is None or error.location.kind == "environment":
            groups.setdefault((trace.profile_source, trace.profile), []).append(trace)
    profiles = effective_profiles(snapshot)
    for (source, profile), group in groups.items():
        variable = source.partition(":")[2]
        if variable and not profile:
            continue  # an empty variable: CHN228
        named = f"The profile `{profile}`" if profile else "The empty profile name"
        selected = f"{variable}={profile}" if variable else named
        sdks = sdks_of(group)
        available = _available_role(snapshot)
        even = f" even though {available} is available" if available else ""
        guess = closest(profile, profiles)
        hint = f" Perhaps `{guess}` is meant." if guess else ""
        yield _NOT_FOUND.build(
            "error",
            f"{selected} is not defined in {_searched(snapshot)}; {_stops(group)}{even}."
            f"{_oddity(snapshot, variable, profile)}{hint}",
            _selected_place(snapshot, variable),
            subject=variable or profile or _OPTION,
            sdks=sdks,
            related=_unprefixed(snapshot, profile),
            remedy=_not_found_remedy(variable, profile, guess),
        )


def _stops(traces: list[Trace]) -> str:
    """Return which SDKs stop with which of their own errors."""
    names: dict[str, list[Trace]] = {}
    for trace in traces:
        names.setdefault(trace.error.name if trace.error else "an error", []).append(trace)
    return conjunction(
        [f"{do(sdks_of(group), 'stop')} with {name}" for name, group in names.items()]
    )


def _searched(snapshot: HostSnapshot) -> str:
    files = [snapshot.file(role) for role in ("config", "credentials")]
    return " or ".join(file.path for file in files if file) or "any AWS file"


def _available_role(snapshot: HostSnapshot) -> Optional[str]:
    if is_set(snapshot, "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI") or is_set(
        snapshot, "AWS_CONTAINER_CREDENTIALS_FULL_URI"
    ):
        return "the role of the container endpoint"
    if is_set(snapshot, "AWS_WEB_IDENTITY_TOKEN_FILE") and is_set(snapshot, "AWS_ROLE_ARN"):
        return "a web identity role"
    return f"instance role `{snapshot.imds.role}`" if snapshot.imds.role else None


def _oddity(snapshot: HostSnapshot, variable: str, profile: str) -> str:
    if not profile:
        return " An empty value counts as a name."
    value = snapshot.variable(variable) if variable else None
    odd = [flaw for flaw in (value.flaws if value else ()) if flaw in _NAME_FLAWS]
    return f" The name contains {conjunction([_NAME_FLAWS[f] for f in odd])}." if odd else ""


_NAME_FLAWS = {
    "quoted": "a quotation mark",
    "leading-space": "a leading space",
    "trailing-space": "a trailing space",
    "newline": "a line break",
    "carriage-return": "a carriage return",
}


def _selected_place(snapshot: HostSnapshot, variable: str) -> Location:
    if variable:
        return variable_place(snapshot, variable)
    files = [snapshot.file(role) for role in ("config", "credentials")]
    known = [file for file in files if file]
    # A file that is there is a better place than one that is not.
    file = next((f for f in known if f.status != "absent"), next(iter(known), None))
    return file_place(file) if file else variable_place(snapshot, _PROFILE)


def _unprefixed(snapshot: HostSnapshot, profile: str) -> Iterator[Location]:
    """Yield sections that would be this profile if they were written as the file wants it."""
    for file in snapshot.files:
        for section in view_file(file).sections if file.role in ("config", "credentials") else ():
            bare = file.role == "config" and section.name == profile
            prefixed = file.role == "credentials" and section.name == f"profile {profile}"
            if prefixed or (bare and config_profile_name(section.name) is None):
                word = "without" if bare else "with"
                message = f"`[{section.name}]` stands here {word} the word profile."
                yield file_place(file, section.line, section.name, message)


def _not_found_remedy(variable: str, profile: str, guess: Optional[str]) -> Iterator[str]:
    if guess:
        yield (
            f"Correct the name: `export {variable}={shlex.quote(guess)}`."
            if variable
            else (f"Correct the name: `--profile {shlex.quote(guess)}`.")
        )
    if variable:
        yield (
            f"`unset {variable}` where the machine's role or [default] is meant; do not pass it "
            "into containers without their ~/.aws."
        )
    if profile:
        alternative = "Or create it" if guess or variable else "Create it"
        yield f"{alternative}: `aws configure --profile {shlex.quote(profile)}`."
    elif not variable:
        yield "Name a profile."
