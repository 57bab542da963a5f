"""CHN304, CHN306 and CHN307: profiles of IAM Identity Center and the tokens of their logins."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Optional

from credlint.checks.builder import FindingBuilder
from credlint.checks.failures import failures_at
from credlint.checks.ini_view import Section, view_file
from credlint.checks.moments import Moment, describe_age, parse_moment
from credlint.checks.options import CheckOptions
from credlint.checks.places import file_place
from credlint.checks.profiles import PlacedSetting, Profile, effective_profiles, fact_of
from credlint.checks.situation import contexts_of
from credlint.checks.wording import conjunction, do, file_readers
from credlint.model.finding import Finding, Level
from credlint.model.host_file import HostFile, PathFact
from credlint.model.lean_dataclasses import dataclass
from credlint.model.location import Location
from credlint.model.snapshot import HostSnapshot
from credlint.model.trace import Trace

_EXPIRED = FindingBuilder("CHN304", "sso-token-expired")
_LEGACY = FindingBuilder("CHN306", "sso-legacy-config")
_INCONSISTENT = FindingBuilder("CHN307", "sso-session-missing-or-inconsistent")

SESSION, START_URL, REGION = "sso_session", "sso_start_url", "sso_region"
_ACCOUNT, _ROLE = "sso_account_id", "sso_role_name"
_CLOCK_TOLERANCE = timedelta(minutes=5)
_SHOWN_PROFILES = 5


@dataclass(frozen=True)
class SsoSession:
    """An ``[sso-session NAME]`` section of the config file."""

    name: str
    file: HostFile
    section: Section


def sso_sessions(snapshot: HostSnapshot) -> Mapping[str, SsoSession]:
    """Return the sessions by name, the last of one name.

    Source: botocore 1.44.5 configloader.py, build_profile_map: ``sso-session`` and a second word.
    """
    file = snapshot.file("config")
    found: dict[str, SsoSession] = {}
    for section in view_file(file).sections if file is not None else ():
        try:
            words = shlex.split(section.name)
        except ValueError:
            continue
        if file is not None and len(words) == 2 and words[0] == "sso-session":  # noqa: PLR2004
            found[words[1]] = SsoSession(words[1], file, section)
    return found


def sso_profiles(snapshot: HostSnapshot) -> Iterator[Profile]:
    """Yield the profiles that get their credentials from a login of IAM Identity Center."""
    for profile in effective_profiles(snapshot).values():
        if _ACCOUNT in profile.settings or _ROLE in profile.settings:
            yield profile


def token_setting(profile: Profile) -> Optional[PlacedSetting]:
    """Return the setting that the cached token is looked up by: the session, else the URL."""
    return profile.settings.get(SESSION) or profile.settings.get(START_URL)


def sso_token_expired(
    snapshot: HostSnapshot, traces: tuple[Trace, ...], options: CheckOptions
) -> Iterable[Finding]:
    """Tell each cached login that is over, with all profiles that depend on it."""
    now = parse_moment(options.now)
    logins: dict[str, tuple[PathFact, list[Profile]]] = {}
    for profile in sso_profiles(snapshot):
        setting = token_setting(profile)
        fact = fact_of(snapshot, setting, "sso-token") if setting is not None else None
        if fact is not None:
            logins.setdefault(fact.path, (fact, []))[1].append(profile)
    for fact, profiles in logins.values():
        ended = parse_moment(fact.expires) if fact.expires else None
        if now is None or ended is None or fact.status != "present":
            continue
        if now.time - ended.time >= _CLOCK_TOLERANCE:
            yield _expired(snapshot, traces, fact, profiles, (now, ended))


def _expired(
    snapshot: HostSnapshot,
    traces: Sequence[Trace],
    fact: PathFact,
    profiles: Sequence[Profile],
    times: tuple[Moment, Moment],
) -> Finding:
    now, ended = times
    # The one in use first: it is whose place and name are told.
    used = {trace.profile for trace in traces}
    profiles = sorted(profiles, key=lambda profile: profile.name not in used)
    settings = [setting for setting in map(token_setting, profiles) if setting is not None]
    places = [setting.place() for setting in settings]
    failing = failures_at(traces, places)
    by_session = SESSION in profiles[0].settings
    name = settings[0].value.text or "the login"
    what = f"session `{name}`" if by_session else name
    renewable = by_session and not failing.traces and _may_renew(fact, now)
    names = [f"`{profile.name}`" for profile in profiles]
    shown = conjunction([*names[:_SHOWN_PROFILES], *(["others"] if names[5:] else [])])
    one = len(names) == 1
    end = (
        f"profile{'' if one else 's'} {shown} {'renews' if one else 'renew'} it at the next use"
        if renewable
        else f"profile{'' if one else 's'} {shown} {'needs' if one else 'need'} a new login"
    )
    machine = contexts_of(snapshot) & {"ci", "codebuild", "ec2", "ecs", "eks", "lambda"}
    level: Level = "note" if renewable else "error" if machine else "warning"
    told = f" {failing.text[0].upper()}{failing.text[1:]}." if failing.text else ""
    flag = f"--sso-session {shlex.quote(name)}" if by_session else ""
    flag = flag or f"--profile {shlex.quote(profiles[0].name)}"
    return _EXPIRED.build(
        level,
        f"The SSO token of {what} expired {describe_age(now.time - ended.time)} ago; {end}.{told}",
        places[0],
        subject=profiles[0].name,
        sdks=failing.sdks or file_readers(traces),
        related=[setting.place("It depends on the same login.") for setting in settings[1:]],
        remedy=_login(flag, machine=bool(machine)),
        properties=[("expired_at", fact.expires or ""), ("cache", fact.path)],
    )


def _login(flag: str, *, machine: bool) -> Iterator[str]:
    yield f"Log in again: `aws sso login {flag}`."
    if machine:
        yield "Nobody can log in on a machine: give it a role instead (instance profile, OIDC)."


def _may_renew(fact: PathFact, now: Moment) -> bool:
    """Tell whether a refresh token and a registration that still lasts are there."""
    if fact.renewal is None or fact.renewal == "":
        return False
    until = parse_moment(fact.renewal)
    return until is not None and until.time > now.time


def sso_legacy_config(
    snapshot: HostSnapshot, traces: tuple[Trace, ...], options: CheckOptions
) -> Iterable[Finding]:
    """Tell profiles whose logins are never renewed because they name no session."""
    del options
    sdks = file_readers(traces)
    for profile in sso_profiles(snapshot):
        setting = profile.settings.get(START_URL)
        if setting is None or SESSION in profile.settings:
            continue
        yield _LEGACY.build(
            "note",
            f"`[{profile.name}]` uses the legacy form of SSO, whose login is never renewed: it "
            "ends after some hours wherever it is used.",
            setting.place(),
            subject=profile.name,
            sdks=sdks,
            remedy=(
                (
                    "`aws configure sso-session`, which writes `[sso-session NAME]` with "
                    "sso_start_url, sso_region and sso_registration_scopes."
                ),
                f"In the profile write `sso_session = NAME` in place of {START_URL} and {REGION}.",
            ),
        )


def sso_session_missing_or_inconsistent(
    snapshot: HostSnapshot, traces: tuple[Trace, ...], options: CheckOptions
) -> Iterable[Finding]:
    """Tell what is wrong between a profile and the session that it names."""
    del options
    sessions = sso_sessions(snapshot)
    for profile in sso_profiles(snapshot):
        reference = profile.settings.get(SESSION)
        name = reference.value.text if reference is not None else None
        if reference is None or name is None:
            continue
        session = sessions.get(name)
        if session is None:
            yield _undefined(traces, profile, reference, sessions)
            continue
        for key in (START_URL, REGION):
            own = profile.settings.get(key)
            theirs = session.section.setting(key)
            if theirs is None or not theirs.value:
                yield _incomplete(traces, profile, reference, session, key)
            elif own is not None and own.value.fingerprint != theirs.value.fingerprint:
                yield _conflict(traces, profile, own, session, key)


def _consequence(
    traces: Sequence[Trace], profile: Profile, places: Sequence[Location]
) -> tuple[str, tuple[str, ...]]:
    """Return what SDKs do, as far as the profile is in use, and which these are."""
    own = [one.place() for name, one in profile.settings.items() if name.startswith("sso_")]
    failing = failures_at(traces, [*places, *own])
    if failing.text:
        return failing.text, failing.sdks
    sdks = file_readers(traces)
    return f"{do(sdks, 'stop with')} InvalidConfigError where it is selected", sdks


def _undefined(
    traces: Sequence[Trace],
    profile: Profile,
    reference: PlacedSetting,
    sessions: Mapping[str, SsoSession],
) -> Finding:
    name = reference.value.text or ""
    text, sdks = _consequence(traces, profile, [reference.place()])
    known = f" Defined are {conjunction([f'`{one}`' for one in sessions])}." if sessions else ""
    return _INCONSISTENT.build(
        "error",
        f"`[{profile.name}]` refers to sso_session `{name}`, which is not defined: {text}.{known}",
        reference.place(),
        subject=profile.name,
        sdks=sdks,
        related=list(_places_of(profile, reference)),
        remedy=(
            (
                f"Define it in {reference.file.path}: `[sso-session {_quoted(name)}]` with "
                f"{START_URL} and {REGION}; `aws configure sso-session` asks for them."
            ),
        ),
    )


def _quoted(name: str) -> str:
    return f'"{name}"' if len(name.split()) > 1 else name


def _places_of(profile: Profile, main: PlacedSetting) -> Iterator[Location]:
    """Yield the lines of the same profile at which an SDK may say that it stops."""
    for name, setting in profile.settings.items():
        if name.startswith("sso_") and setting is not main:
            yield setting.place("Of the same profile.")


def _incomplete(
    traces: Sequence[Trace],
    profile: Profile,
    reference: PlacedSetting,
    session: SsoSession,
    key: str,
) -> Finding:
    place = file_place(session.file, session.section.line, session.section.name)
    text, sdks = _consequence(traces, profile, [place, reference.place()])
    return _INCONSISTENT.build(
        "error",
        f"`[{profile.name}]` refers to sso_session `{session.name}`, which has no {key}: {text}.",
        reference.place(),
        subject=f"{profile.name}/{key}",
        sdks=sdks,
        related=[
            file_place(session.file, session.section.line, session.section.name, "The session."),
            *_places_of(profile, reference),
        ],
        remedy=(f"Write `{key} = …` below line {session.section.line.number}.",),
    )


def _conflict(
    traces: Sequence[Trace],
    profile: Profile,
    own: PlacedSetting,
    session: SsoSession,
    key: str,
) -> Finding:
    theirs = session.section.setting(key)
    line = theirs.line if theirs is not None else session.section.line
    text, sdks = _consequence(traces, profile, [own.place()])
    return _INCONSISTENT.build(
        "error",
        f"{key} of `[{profile.name}]` is not that of its sso_session `{session.name}`: {text}.",
        own.place(),
        subject=f"{profile.name}/{key}",
        sdks=sdks,
        related=[
            file_place(session.file, line, session.section.name, "The session says otherwise."),
            *_places_of(profile, own),
        ],
        remedy=(
            f"Delete line {own.setting.line.number} of {own.file.path}: the session has {key}.",
        ),
    )
