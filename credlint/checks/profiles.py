"""The profiles of both AWS files as one graph, and the rules about it: CHN213 to CHN215.

botocore 1.44.5 session.py, ``Session.full_config``: sections of the config file become profiles,
sections of the credentials file are laid over them setting by setting.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Optional

from credlint.checks.builder import FindingBuilder
from credlint.checks.closest import closest
from credlint.checks.ini_view import DEFAULT_SECTION, Section, Setting, view_file
from credlint.checks.options import CheckOptions
from credlint.checks.places import config_profile_name, file_place
from credlint.checks.wording import conjunction, do, file_readers
from credlint.model.captured import CapturedValue
from credlint.model.finding import Finding
from credlint.model.host_file import HostFile, PathFact
from credlint.model.lean_dataclasses import dataclass, field
from credlint.model.location import Location
from credlint.model.snapshot import HostSnapshot
from credlint.model.trace import Trace

_MISSING = FindingBuilder("CHN213", "source-profile-missing")
_LOOP = FindingBuilder("CHN214", "source-profile-loop")
_SOURCELESS = FindingBuilder("CHN215", "role-without-source")

_ROLE = "role_arn"
_SOURCE = "source_profile"
_CREDENTIAL_SOURCE = "credential_source"
_TOKEN_FILE = "web_identity_token_file"  # noqa: S105  a setting's name
# Comparing names is slow; a file with thousands of wrong ones must not hold a run up.
_GUESSES = 20
_STATIC = ("aws_access_key_id", "aws_secret_access_key")


@dataclass(frozen=True)
class PlacedSetting:
    """A setting with the file and section that it comes from."""

    file: HostFile
    section: Section
    setting: Setting

    @property
    def value(self) -> CapturedValue:
        """Return the captured value."""
        return self.setting.value

    def place(self, message: Optional[str] = None) -> Location:
        """Return where the setting stands."""
        return file_place(self.file, self.setting.line, self.section.name, message)


@dataclass(frozen=True)
class Profile:
    """One profile after both files were merged; setting names in lower case."""

    name: str
    settings: Mapping[str, PlacedSetting] = field(default_factory=dict)

    def text(self, name: str) -> Optional[str]:
        """Return the text of a setting, None when it is missing or secret."""
        found = self.settings.get(name)
        return found.value.text if found else None

    def first_place(self) -> Optional[Location]:
        """Return the header of the section that the first setting stands in."""
        first = next(iter(self.settings.values()), None)
        if first is None:
            return None
        return file_place(first.file, first.section.line, first.section.name)

    @property
    def assumes_role(self) -> bool:
        """Tell whether botocore's AssumeRoleProvider takes this profile up."""
        return _ROLE in self.settings and _TOKEN_FILE not in self.settings

    @property
    def holds_keys(self) -> bool:
        """Tell whether botocore counts it as having static credentials: one half is enough."""
        return any(name in self.settings for name in _STATIC)


def effective_profiles(snapshot: HostSnapshot) -> dict[str, Profile]:
    """Return every profile of both files by name, in file order."""
    merged: dict[str, dict[str, PlacedSetting]] = {}
    for role in ("config", "credentials"):
        file = snapshot.file(role)
        if file is None:
            continue
        view = view_file(file)
        shared = [s for s in view.sections if s.name == DEFAULT_SECTION]
        for section in view.sections:
            if section.name == DEFAULT_SECTION:
                continue
            name = section.name if role == "credentials" else config_profile_name(section.name)
            if name is None:
                continue
            placed = {
                setting.name: PlacedSetting(file, owner, setting)
                for owner in (*shared, section)
                for setting in owner.settings
            }
            if role == "config":
                # [default] and [profile default]: the later section replaces the earlier one.
                merged[name] = placed
            else:
                merged.setdefault(name, {}).update(placed)
    return {name: Profile(name, settings) for name, settings in merged.items()}


def fact_of(snapshot: HostSnapshot, placed: PlacedSetting, purpose: str) -> Optional[PathFact]:
    """Return what is known of the file or program that a setting names."""
    name = f"{placed.file.role}/{placed.section.name}/{placed.setting.name}"
    return next((f for f in snapshot.paths if f.setting == name and f.purpose == purpose), None)


def source_profile_missing(
    snapshot: HostSnapshot, traces: tuple[Trace, ...], options: CheckOptions
) -> Iterable[Finding]:
    """Tell that a source_profile names no profile of either file."""
    del options
    profiles = effective_profiles(snapshot)
    sdks = file_readers(traces)
    guesses = _GUESSES
    for profile in profiles.values():
        source = profile.text(_SOURCE)
        if source is None or not profile.assumes_role or source in profiles:
            continue
        setting = profile.settings[_SOURCE]
        guess = closest(source, profiles) if guesses else None
        guesses = max(0, guesses - 1)
        hint = f" Perhaps `{guess}` is meant." if guess else ""
        yield _MISSING.build(
            "error",
            f'The source_profile "{source}" of `[{profile.name}]` does not exist in '
            f"{_file_names(snapshot)}; {do(sdks, 'stop')} with InvalidConfigError.{hint}",
            setting.place(),
            subject=profile.name,
            sdks=sdks,
            remedy=(
                f"Write the name of an existing profile: `source_profile = {guess or 'NAME'}`.",
                (
                    f"Or add the profile: `[profile {source}]` in the config file, `[{source}]` in "
                    "the credentials file."
                ),
            ),
        )


def source_profile_loop(
    snapshot: HostSnapshot, traces: tuple[Trace, ...], options: CheckOptions
) -> Iterable[Finding]:
    """Tell each ring of source profiles once, from the profile at which botocore runs into it."""
    del options
    profiles = effective_profiles(snapshot)
    sdks = file_readers(traces)
    for ring in _rings(profiles):
        path = " -> ".join([*ring, ring[0]])
        yield _LOOP.build(
            "error",
            f"The source_profile settings form a loop: {path}; {do(sdks, 'stop')} with "
            "InfiniteLoopConfigError.",
            profiles[ring[0]].settings[_SOURCE].place(),
            subject=path,
            sdks=sdks,
            related=[
                profiles[member].settings[_SOURCE].place(f"`[{member}]` leads on from here.")
                for member in ring[1:]
            ],
            remedy=(
                (
                    f"Let the last profile of the ring, `[{ring[-1]}]`, name a source with "
                    "credentials of its own: keys, sso_session or credential_process."
                ),
                (
                    "On a machine with a role write `credential_source = Ec2InstanceMetadata` (or "
                    "EcsContainer) in place of its source_profile."
                ),
            ),
        )


def _rings(profiles: Mapping[str, Profile]) -> Iterator[list[str]]:
    """Yield every ring that ends botocore, each once, in time linear in the profiles.

    Source: botocore 1.44.5 credentials.py, AssumeRoleProvider._validate_source_profile and
    _resolve_credentials_from_profile. A source with static keys ends the walk, so a ring is one
    only for its single member with keys (told first) or when no member has any; a profile that
    names itself may hold keys.
    """
    order = {name: position for position, name in enumerate(profiles)}
    done: set[str] = set()
    for start in profiles:
        walk: dict[str, None] = {}
        current: Optional[str] = start
        while current is not None and current not in done and current not in walk:
            walk[current] = None
            current = _source_of(profiles, current)
        done.update(walk)
        if current is None or current not in walk:
            continue
        members = list(walk)
        ring = members[members.index(current) :]
        keyed = [name for name in ring if profiles[name].holds_keys]
        if len(keyed) > 1 or (keyed and len(ring) == 1):
            continue
        first = ring.index(keyed[0] if keyed else min(ring, key=order.__getitem__))
        yield ring[first:] + ring[:first]


def _source_of(profiles: Mapping[str, Profile], name: str) -> Optional[str]:
    profile = profiles[name]
    if not profile.assumes_role or _CREDENTIAL_SOURCE in profile.settings:
        return None
    source = profile.text(_SOURCE)
    return source if source in profiles else None


def role_without_source(
    snapshot: HostSnapshot, traces: tuple[Trace, ...], options: CheckOptions
) -> Iterable[Finding]:
    """Tell that a role has nothing to be assumed with."""
    del options
    sdks = file_readers(traces)
    machine = snapshot.imds.role
    for profile in effective_profiles(snapshot).values():
        if not profile.assumes_role:
            continue
        if _SOURCE in profile.settings or _CREDENTIAL_SOURCE in profile.settings:
            continue
        keys = " The keys in the same profile do not count." if profile.holds_keys else ""
        offer = "Ec2InstanceMetadata` (this instance has a role)" if machine else "SOURCE`"
        yield _SOURCELESS.build(
            "error",
            f"`[{profile.name}]` has role_arn but no source_profile, credential_source or "
            f"web_identity_token_file; {do(sdks, 'stop')} with PartialCredentialsError.{keys}",
            profile.settings[_ROLE].place(),
            subject=profile.name,
            sdks=sdks,
            remedy=(
                "Add `source_profile = NAME` with a profile that has credentials"
                + (f" (`{profile.name}` itself may be named)." if keys else "."),
                f"On a machine with a role add `credential_source = {offer}.",
            ),
        )


def _file_names(snapshot: HostSnapshot) -> str:
    files = [snapshot.file(role) for role in ("config", "credentials")]
    return conjunction([file.path for file in files if file]) or "the AWS files"
