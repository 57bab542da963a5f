"""CHN104 and CHN105: keys in files that come before the role of the machine."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator
from typing import Optional

from credlint.checks.builder import FindingBuilder
from credlint.checks.endpoints import OWN_ENDPOINT, has_own_endpoint
from credlint.checks.options import CheckOptions
from credlint.checks.situation import contexts_of, is_set
from credlint.checks.winning_key import has_placeholder, winning_key
from credlint.checks.wording import describe_key, do, retirement, sdk_list, sdks_of, shell_path
from credlint.model.finding import Finding, Level
from credlint.model.host_file import HostFile
from credlint.model.location import Location, container_endpoint, imds
from credlint.model.snapshot import HostSnapshot
from credlint.model.trace import Offer, Step, Trace

_PROFILE = FindingBuilder("CHN104", "profile-file-shadows-machine-role")
_LEGACY = FindingBuilder("CHN105", "legacy-file-shadows-machine-role")

_STATIC_SOURCES = ("static_credentials_file", "static_config_file")
_LEGACY_SOURCES = ("ec2_credential_file", "boto2_config")
# Numeric user ids from here on belong to people (login.defs UID_MIN on every major Linux).
_FIRST_LOGIN_UID = 1000
# Set in a shell that a person opened, never by a service manager.
_PERSON_MARKERS = ("SSH_CONNECTION", "SSH_TTY", "SUDO_USER")


def profile_file_shadows_machine_role(
    snapshot: HostSnapshot, traces: tuple[Trace, ...], options: CheckOptions
) -> Iterable[Finding]:
    """Tell that static keys of the selected profile win over a container or instance role."""
    del options
    contexts = contexts_of(snapshot)
    if contexts == {"laptop"}:
        return
    real = [trace for trace in traces if _is_real(snapshot, trace)]
    for (_, profile), group in _by_source(real, _STATIC_SOURCES).items():
        hidden = _machine_role(snapshot, group[0])
        winner = group[0].winner
        if hidden is None or winner is None or winner.location is None:
            continue
        offer = winner.offer or Offer(kind="static")
        role = _role_text(snapshot, hidden)
        file = _file_at(snapshot, winner.location)
        sdks = sdks_of(group)
        level, addition = _profile_level(snapshot, file, contexts)
        if offer.key_id is None and has_own_endpoint(snapshot, profile):
            level, addition = "note", f"{addition} {OWN_ENDPOINT}"
        name = file.path if file else winner.location.display()
        yield _PROFILE.build(
            level,
            f"`[{profile}]` in {name} holds keys ({describe_key(offer)}) and wins over the {role}; "
            f"the role is never used by {sdk_list(sdks)}.{addition}",
            winner.location,
            subject=profile,
            sdks=sdks,
            related=[_role_place(snapshot, hidden, f"The {role} is never used.")],
            remedy=_profile_remedy(group, offer, profile, name),
        )


def legacy_file_shadows_machine_role(
    snapshot: HostSnapshot, traces: tuple[Trace, ...], options: CheckOptions
) -> Iterable[Finding]:
    """Tell that a boto 2 or EC2 tools file supplies the keys, and what it hides."""
    del options
    real = [trace for trace in traces if _is_real(snapshot, trace)]
    for group in _by_source(real, _LEGACY_SOURCES).values():
        winner = group[0].winner
        if winner is None or winner.location is None:
            continue
        offer = winner.offer or Offer(kind="static")
        hidden = _machine_role(snapshot, group[0])
        file = _file_at(snapshot, winner.location)
        name = file.path if file else winner.location.display()
        sdks = sdks_of(group)
        machine = contexts_of(snapshot) & {"ec2", "ecs", "eks"}
        message = (
            f"{name} supplies keys ({describe_key(offer)}); {do(sdks, 'read')} it before the "
            "container and instance role"
        )
        level: Level = "note"
        related: list[Location] = []
        if hidden is not None:
            role = _role_text(snapshot, hidden)
            message += f", so the {role} is never used"
            level = "error" if machine else "note"
            related = [_role_place(snapshot, hidden, f"The {role} is never used.")]
        yield _LEGACY.build(
            level,
            message + ".",
            winner.location,
            subject=name,
            sdks=sdks,
            related=related,
            remedy=_legacy_remedy(winner, offer, name),
        )


def _is_real(snapshot: HostSnapshot, trace: Trace) -> bool:
    """Tell whether the keys are neither made up (CHN120) nor empty (CHN228)."""
    found = winning_key(snapshot, trace)
    return found is None or (bool(found[0]) and not has_placeholder(snapshot, trace))


def _by_source(
    traces: Iterable[Trace], sources: tuple[str, ...]
) -> dict[tuple[str, str], list[Trace]]:
    """Group the traces that one of the sources wins by source and profile."""
    groups: dict[tuple[str, str], list[Trace]] = {}
    for trace in traces:
        winner = trace.winner
        if winner is None or winner.source not in sources:
            continue
        profile = (winner.offer.profile if winner.offer else None) or trace.profile
        groups.setdefault((winner.source, profile), []).append(trace)
    return groups


def _machine_role(snapshot: HostSnapshot, trace: Trace) -> Optional[Step]:
    """Return the container or instance role behind the winner that would have come first.

    An instance role counts only when its name is known: a service that did not answer has none.
    """
    for step in trace.steps:
        if step.status not in ("shadowed", "not-reached"):
            continue
        known = snapshot.imds.role or (step.offer.role if step.offer else None)
        if step.source == "container" or (step.source == "imds" and known):
            return step
    return None


def _role_text(snapshot: HostSnapshot, step: Step) -> str:
    if step.source == "container":
        pod = "eks" in contexts_of(snapshot)
        return "pod role" if pod else "task role"
    role = snapshot.imds.role or (step.offer.role if step.offer else None)
    return f"instance role `{role}`" if role else "instance role"


def _role_place(snapshot: HostSnapshot, step: Step, message: str) -> Location:
    if step.source == "container":
        return container_endpoint(message)
    role = snapshot.imds.role
    return imds(f"iam/security-credentials/{role}" if role else "", message)


def _file_at(snapshot: HostSnapshot, place: Location) -> Optional[HostFile]:
    for file in snapshot.files:
        uri = file.path[2:] if file.path.startswith("~/") else file.path.lstrip("/")
        if uri == place.uri:
            return file
    return None


def _profile_level(
    snapshot: HostSnapshot, file: Optional[HostFile], contexts: frozenset[str]
) -> tuple[Level, str]:
    owner = file.owner_uid if file else None
    person = any(is_set(snapshot, name) for name in _PERSON_MARKERS)
    if person and owner is not None and owner >= _FIRST_LOGIN_UID:
        return "warning", " The file belongs to a login user, and this is a person's shell."
    return ("warning" if "ci" in contexts else "error"), ""


def _header(profile: str) -> str:
    return "[default]" if profile == "default" else f"[profile {profile}]"


def _profile_remedy(group: list[Trace], offer: Offer, profile: str, name: str) -> Iterator[str]:
    steps = enumerate(_profile_steps(group, offer, profile, name), start=1)
    return (f"{number}. {step}" for number, step in steps)


def _profile_steps(group: list[Trace], offer: Offer, profile: str, name: str) -> Iterator[str]:
    sources = {trace.profile_source for trace in group}
    variables = sorted(s.partition(":")[2] for s in sources if s.startswith("env:"))
    if variables:
        # With the section gone and the variable left, SDKs would stop with ProfileNotFound.
        yield f"`unset {' '.join(variables)}` where it is set: it selects these keys."
    elif "option" in sources:
        option = f"--profile {shlex.quote(profile)}"
        yield f"Leave out `{option}` or `profile_name=`: it selects these keys."
    path = shell_path(name)
    # A config file holds more than keys, such as the region.
    in_config = group[0].winner is not None and group[0].winner.source == "static_config_file"
    if in_config:
        section = f"`{_header(profile)}` in {name}"
        yield f"Delete the aws_ lines of {section}; its other settings may stay."
    else:
        yield f"Move the file away: `mv {path} {path}.off`, or delete the section."
    without = f"env {' '.join(f'-u {v}' for v in variables)} " if variables else ""
    variable = "AWS_CONFIG_FILE" if in_config else "AWS_SHARED_CREDENTIALS_FILE"
    yield f"For one process only: `{without}{variable}=/dev/null COMMAND`."
    yield "`aws sts get-caller-identity` must show the role, and no user."
    yield retirement(offer)


def _legacy_remedy(winner: Step, offer: Offer, name: str) -> Iterator[str]:
    if winner.source == "ec2_credential_file":
        yield "1. `unset AWS_CREDENTIAL_FILE` where it is set."
        yield f"2. Delete {name}."
    else:
        path = shell_path(name)
        yield f"1. List the lines, without values: `grep -no '^ *aws_[a-z_]*' {path}`."
        yield "2. Delete the aws_ keys of its [Credentials] section."
    yield "3. `aws sts get-caller-identity` must show the role, and no user."
    yield f"4. {retirement(offer)}"
