"""CHN211: names that are known to no SDK and look like one that is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Optional

from credlint.checks import known_names
from credlint.checks.builder import FindingBuilder
from credlint.checks.ini_view import DEFAULT_SECTION, Section, Setting, view_file
from credlint.checks.options import CheckOptions
from credlint.checks.places import config_profile_name, file_place, variable_place
from credlint.checks.profile_kinds import usable_kinds
from credlint.checks.profiles import Profile, effective_profiles
from credlint.checks.situation import is_set
from credlint.checks.slips import meant_by
from credlint.checks.wording import do, sdks_of
from credlint.model.finding import Finding, Level
from credlint.model.host_file import HostFile
from credlint.model.location import Location
from credlint.model.snapshot import HostSnapshot
from credlint.model.trace import Trace

_MISSPELLED = FindingBuilder("CHN211", "misspelled-setting")

# Comparing names is slow; a file of thousands of odd ones must not hold a run up.
_GUESSES = 200
_OTHER_SECTIONS = ("plugins", "preview")
_OTHER_KINDS = ("services",)
# What an SDK cannot do without once the others of the group are there.
_GROUPS = (
    ("aws_access_key_id", "aws_secret_access_key"),
    ("role_arn", "source_profile", "credential_source", "web_identity_token_file"),
    ("sso_account_id", "sso_role_name", "sso_start_url", "sso_region", "sso_session"),
    ("credential_process",),
    ("login_session",),
)
# Known to some SDKs and not to others.
_ALIAS = "AWS_SECRET_KEY"
_KEY_VARIABLES = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")


def misspelled_setting(
    snapshot: HostSnapshot, traces: tuple[Trace, ...], options: CheckOptions
) -> Iterable[Finding]:
    """Tell each unknown name that is a slip of a known one, in the files and the environment."""
    del options
    yield from _variables(snapshot, traces)
    profiles = effective_profiles(snapshot)
    guesses: dict[str, Optional[str]] = {}
    for file, section, setting in _settings(snapshot):
        if setting.name not in guesses and len(guesses) < _GUESSES:
            guesses[setting.name] = setting_meant(setting.name)
        meant = guesses.get(setting.name)
        if meant is None or section.setting(meant) is not None:
            continue
        yield _setting_finding(profiles, traces, file, section, setting, meant)


def setting_meant(name: str) -> Optional[str]:
    """Return the setting that the name of one is a slip of, None when it is known or its own."""
    known = known_names.SETTINGS | known_names.HELPER_SETTINGS
    if name in known or name.startswith(known_names.HELPER_PREFIXES) or "[" in name:
        return None
    return known_names.MISTAKEN_SETTINGS.get(name) or meant_by(name, known_names.SETTINGS)


def variable_meant(name: str) -> Optional[str]:
    """Return the variable that the name of one is a slip of, None when it is known or its own."""
    mistaken = known_names.MISTAKEN_VARIABLES.get(name)
    if mistaken is not None:
        return mistaken
    known = known_names.VARIABLES | known_names.HELPER_VARIABLES
    if not name.startswith("AWS_") or name in known:
        return None
    if name.startswith(known_names.VARIABLE_PREFIXES):
        return None
    return meant_by(name, known_names.VARIABLES)


def _settings(snapshot: HostSnapshot) -> Iterator[tuple[HostFile, Section, Setting]]:
    seen: set[str] = set()
    for file in snapshot.files:
        if file.role not in ("config", "credentials") or file.path in seen:
            continue
        seen.add(file.path)
        for section, setting in view_file(file).settings():
            kind = section.name.partition(" ")[0]
            if section.name not in _OTHER_SECTIONS and kind not in _OTHER_KINDS:
                yield file, section, setting


def _setting_finding(
    profiles: Mapping[str, Profile],
    traces: tuple[Trace, ...],
    file: HostFile,
    section: Section,
    setting: Setting,
    meant: str,
) -> Finding:
    written = setting.line.name or setting.name
    profile = _profile_name(file, section)
    found = profiles.get(profile) if profile is not None else None
    group = next((names for names in _GROUPS if meant in names), ())
    useless = bool(group) and found is not None and not usable_kinds(found)
    level: Level = "error" if useless else "warning"
    effect = "the profile has no usable credentials without it" if useless else "no SDK reads it"
    related = [
        placed.place("Belongs with it.")
        for name, placed in (found.settings.items() if found is not None else ())
        if name in group
    ]
    return _MISSPELLED.build(
        level,
        f"Unknown setting `{written}` in `[{section.name}]` of {file.path}, where `{meant}` seems "
        f"to be meant; {effect}.",
        file_place(file, setting.line, section.name),
        subject=f"{profile or section.name}/{setting.name}",
        sdks=sdks_of(t for t in traces if t.profile == profile),
        related=related,
        remedy=(f"Write `{meant}` in line {setting.line.number} of {file.path}.",),
        properties=[("meant", meant)],
    )


def _profile_name(file: HostFile, section: Section) -> Optional[str]:
    if section.name == DEFAULT_SECTION:
        return None
    return section.name if file.role == "credentials" else config_profile_name(section.name)


def _variables(snapshot: HostSnapshot, traces: tuple[Trace, ...]) -> Iterator[Finding]:
    for entry in snapshot.environment:
        meant = variable_meant(entry.name)
        if meant is None or not entry.value or is_set(snapshot, meant):
            continue
        if entry.name == _ALIAS and is_set(snapshot, "AWS_ACCESS_KEY"):
            continue  # the pair of older SDKs: CHN118
        readers = [t for t in traces if entry.name == _ALIAS and _has_offer(t)]
        others = [t for t in traces if t not in readers]
        if not others:
            continue
        start, reads = f"Unknown variable {entry.name}, where", "no SDK reads it"
        if entry.name == _ALIAS:
            start = f"{entry.name} is set where"
            reads = do(sdks_of(others), "do not read it")
        if readers:
            reads += f", {do(sdks_of(readers), 'use')} it"
        useless = meant in _KEY_VARIABLES and any(
            t.outcome == "none" or (t.error is not None and _at_keys(t)) for t in others
        )
        yield _MISSPELLED.build(
            "error" if useless else "warning",
            f"{start} {meant} seems to be meant: {reads}.",
            variable_place(snapshot, entry.name),
            subject=entry.name,
            sdks=sdks_of(others),
            related=_other_half(snapshot, meant),
            remedy=(f"`export {meant}=…` in its place, and `unset {entry.name}`.",),
            properties=[("meant", meant)],
        )


def _has_offer(trace: Trace) -> bool:
    """Tell whether the SDK found a whole pair, which it can only have with the other name."""
    step = trace.step("env")
    return step is not None and step.offer is not None


def _at_keys(trace: Trace) -> bool:
    place = trace.error.location if trace.error is not None else None
    logical = place.logical if place is not None else None
    return (logical or "").rpartition("/")[2] in _KEY_VARIABLES


def _other_half(snapshot: HostSnapshot, meant: str) -> Iterator[Location]:
    if meant in _KEY_VARIABLES:
        other = _KEY_VARIABLES[1 - _KEY_VARIABLES.index(meant)]
        if is_set(snapshot, other):
            yield variable_place(snapshot, other, "The other half of the pair.")
