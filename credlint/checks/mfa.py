"""CHN309 and CHN311: roles that need a code from an MFA device."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Iterator, Mapping
from typing import Optional

from credlint.checks.arn import account_of_arn
from credlint.checks.builder import FindingBuilder
from credlint.checks.moments import parse_moment
from credlint.checks.options import CheckOptions
from credlint.checks.profiles import PlacedSetting, Profile, effective_profiles
from credlint.checks.sdk_facts import sdk_facts
from credlint.checks.setting_names import mentions
from credlint.checks.situation import contexts_of, is_unattended
from credlint.checks.wording import conjunction, do, file_readers, sdks_of
from credlint.model.finding import Finding, Level
from credlint.model.lean_dataclasses import dataclass, field
from credlint.model.location import Location
from credlint.model.snapshot import HostSnapshot
from credlint.model.trace import SdkError, Trace

_UNATTENDED = FindingBuilder("CHN309", "mfa-profile-in-unattended-context")
_MALFORMED = FindingBuilder("CHN311", "malformed-mfa-serial")

_SERIAL = "mfa_serial"
# IAM User Guide, "IAM identifiers"; STS API Reference, SerialNumber of AssumeRole.
_DEVICE = re.compile(r"arn:aws[a-z-]*:iam::[0-9]{12}:mfa/[\w+=/,.@-]+\Z", re.ASCII)
_KEY = re.compile(r"arn:aws[a-z-]*:iam::[0-9]{12}:u2f/", re.ASCII)
_HARDWARE = re.compile(r"[A-Za-z0-9]{9,256}\Z")


@dataclass
class _Device:
    """A profile's mfa_serial and the SDKs that come upon it."""

    profile: Profile
    asking: list[Trace] = field(default_factory=list)
    stopping: dict[str, list[Trace]] = field(default_factory=dict)

    @property
    def setting(self) -> PlacedSetting:
        return self.profile.settings[_SERIAL]


def mfa_profile_in_unattended_context(
    snapshot: HostSnapshot, traces: tuple[Trace, ...], options: CheckOptions
) -> Iterable[Finding]:
    """Tell that a code is needed where nobody can type one, or by an SDK that never asks."""
    if not mentions(snapshot, _SERIAL):
        return
    unattended = is_unattended(snapshot)
    level: Level = "note" if not unattended and contexts_of(snapshot) == {"laptop"} else "error"
    for device in _met_devices(snapshot, traces, options, unattended=unattended).values():
        effects = []
        if device.asking:
            effects.append(f"{do(sdks_of(device.asking), 'ask')} for it where there is no terminal")
        effects += [
            f"{do(sdks_of(group), f'stop with {name}' if name else 'find no credentials')}"
            for name, group in device.stopping.items()
        ]
        concerned = [*device.asking, *(t for group in device.stopping.values() for t in group)]
        yield _UNATTENDED.build(
            level,
            f"`[{device.profile.name}]` has mfa_serial, so a person must type a code: "
            f"{conjunction(effects)}.",
            device.setting.place(),
            subject=device.profile.name,
            sdks=sdks_of(trace for trace in traces if trace in concerned),
            remedy=_unattended_remedy(device.profile),
        )


def _met_devices(
    snapshot: HostSnapshot, traces: tuple[Trace, ...], options: CheckOptions, *, unattended: bool
) -> Mapping[tuple[str, str, int], _Device]:
    devices = {}
    for profile in effective_profiles(snapshot).values():
        if _SERIAL in profile.settings:
            one = _Device(profile)
            devices[_spot(one.setting.place())] = one
    met: dict[tuple[str, str, int], _Device] = {}
    for trace in traces if devices else ():
        place = _asks_at(trace)
        if place is not None and unattended and not _is_kept(snapshot, trace, options):
            device = devices.get(_spot(place))
            if device is not None:
                met[_spot(place)] = device
                device.asking.append(trace)
        for error in _errors_of(trace):
            spot = _spot(error.location) if error.location is not None else None
            if spot in devices:
                name = error.name if trace.outcome != "none" else ""
                met[spot] = devices[spot]
                devices[spot].stopping.setdefault(name, []).append(trace)
                break
    return met


def _spot(place: Location) -> tuple[str, str, int]:
    return place.base, place.uri, place.line


def _asks_at(trace: Trace) -> Optional[Location]:
    return trace.winner.offer.mfa if trace.winner and trace.winner.offer else None


def _errors_of(trace: Trace) -> Iterator[SdkError]:
    """Yield what keeps an SDK from credentials, if anything does."""
    if trace.error is not None:
        yield trace.error
    elif trace.winner is not None and trace.winner.error is not None:
        yield trace.winner.error
    elif trace.outcome == "none":
        yield from (step.error for step in trace.steps if step.error is not None)


def _is_kept(snapshot: HostSnapshot, trace: Trace, options: CheckOptions) -> bool:
    """Tell whether the SDK keeps a session of the role on disk that is still good."""
    step, now = trace.winner, parse_moment(options.now)
    offer = step.offer if step is not None else None
    if step is None or offer is None or offer.role is None or now is None:
        return False
    if step.source not in sdk_facts(trace.sdk).get("session_cache", {}).get("sources", ()):
        return False
    role = f"{account_of_arn(offer.role)}/{offer.role.rpartition('/')[2]}"
    kept = (one for one in snapshot.paths if one.purpose == "role-session" and one.named == role)
    ends = (parse_moment(one.expires or "") for one in kept)
    return any(end is not None and end.time > now.time for end in ends)


def _unattended_remedy(profile: Profile) -> Iterator[str]:
    yield (
        "For machines and timed jobs: a role that is not guarded by MFA, assumed with the role of "
        "the machine (`credential_source = Ec2InstanceMetadata` or EcsContainer) or with OIDC."
    )
    source = shlex.quote(profile.text("source_profile") or "SOURCE")
    serial = shlex.quote(profile.text(_SERIAL) or "SERIAL")
    yield (
        f"For a person: `aws configure mfa-login --profile {source}` in a terminal (or `aws sts "
        f"get-session-token --profile {source} --serial-number {serial} --token-code CODE`), then "
        f"name the new profile as source_profile of `[{profile.name}]` and delete its mfa_serial."
    )


def malformed_mfa_serial(
    snapshot: HostSnapshot, traces: tuple[Trace, ...], options: CheckOptions
) -> Iterable[Finding]:
    """Tell that mfa_serial names no device that a code could come from."""
    del options
    profiles = effective_profiles(snapshot) if mentions(snapshot, _SERIAL) else {}
    for profile in profiles.values():
        setting = profile.settings.get(_SERIAL)
        text = setting.value.text if setting is not None else None
        # Blanks, quotes and comments in the value are CHN208's and CHN209's matter.
        if setting is None or not text or setting.value.flaws or not profile.assumes_role:
            continue
        fault = _serial_fault(text, profile, profiles)
        if fault is None:
            continue
        source = shlex.quote(profile.text("source_profile") or "SOURCE")
        yield _MALFORMED.build(
            "error",
            f"mfa_serial of `[{profile.name}]` {fault}.",
            setting.place(),
            subject=profile.name,
            sdks=file_readers(traces),
            remedy=(
                (
                    "Write the SerialNumber that `aws iam list-mfa-devices --profile "
                    f"{source}` shows for an authenticator app or a hardware token; a user may "
                    "have several devices."
                ),
            ),
        )


def _serial_fault(text: str, profile: Profile, profiles: Mapping[str, Profile]) -> Optional[str]:
    if _KEY.match(text):
        return "names a security key (FIDO), which gives no codes, so no SDK can use it"
    if not _DEVICE.match(text):
        if _HARDWARE.match(text):
            return None
        return (
            "is neither the ARN of an MFA device (arn:aws:iam::ACCOUNT:mfa/NAME) nor the serial "
            "number of a hardware token"
        )
    source = profiles.get(profile.text("source_profile") or "")
    key = source.settings.get("aws_access_key_id") if source is not None else None
    account = key.value.key_id.account if key is not None and key.value.key_id else None
    owner = account_of_arn(text)
    if source is None or account is None or owner == account:
        return None
    return (
        f"is a device of account {owner}, but the key of `[{source.name}]`, whose user must own "
        f"it, belongs to account {account}"
    )
