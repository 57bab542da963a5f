"""The chain of profiles: where the first credentials come from, and which roles are assumed then.

Source: aws-sdk-kotlin 1.8.12, aws-config auth/credentials/profile/ProfileChain.kt. A setting that
is there counts even when it is empty.
"""

from __future__ import annotations

from typing import NoReturn, Optional

from credlint.chain.ini_view import Setting
from credlint.chain.kotlin.config import Profile
from credlint.chain.kotlin.session import Session
from credlint.model.lean_tuples import NamedTuple
from credlint.model.location import Location

KEY, SECRET, TOKEN = "aws_access_key_id", "aws_secret_access_key", "aws_session_token"
_ROLE, _SOURCE, _NAMED = "role_arn", "source_profile", "credential_source"
_WEB = "web_identity_token_file"
_SSO_START, _SSO_REGION = "sso_start_url", "sso_region"


class Role(NamedTuple):
    """One role that is assumed; ``profile`` is the one whose setting it is."""

    arn: Setting
    session_name: Optional[Setting]
    external_id: Optional[Setting]
    profile: str


class Plan(NamedTuple):
    """What a profile comes to: the ``leaf`` by kind, its settings, and the roles in order.

    ``kind`` is static, named, web_identity, sso_session, sso, login or process.
    """

    kind: str
    profile: Profile
    settings: dict[str, Setting]
    roles: tuple[Role, ...]


def plan(session: Session) -> Plan:
    """Return what the selected profile comes to; raises Raised."""
    config, name = session.config(), session.name
    visited: list[str] = []
    roles: list[Role] = []
    reference: Optional[Setting] = None
    while True:
        profile = config.profile(name)
        if not profile.exists:
            place = reference.location if reference else session.profile_place()
            _refuse(session, f'the profile "{name}" does not exist', place)
        if name in visited:
            place = reference.location if reference else None
            _refuse(session, f"the profiles {' -> '.join(visited)} -> {name} form a loop", place)
        visited.append(name)
        keys = _static(profile)
        if keys is not None:
            return Plan("static", profile, keys, tuple(reversed(roles)))
        role = _role(profile)
        if role is None:
            break
        roles.append(role)
        reference = _next(session, profile, role)
        if reference is None or reference.masked == name:
            break
        name = reference.masked
    kind, settings = _leaf(session, profile)
    return Plan(kind, profile, settings, tuple(reversed(roles)))


def _refuse(session: Session, message: str, place: Optional[Location]) -> NoReturn:
    session.fail("not_configured", message, place)


def _static(profile: Profile) -> Optional[dict[str, Setting]]:
    key, secret = profile.get(KEY), profile.get(SECRET)
    profile.get("aws_account_id")
    if key is None or secret is None:
        return None
    token = profile.get(TOKEN)
    return {KEY: key, SECRET: secret, **({TOKEN: token} if token is not None else {})}


def _role(profile: Profile) -> Optional[Role]:
    if _WEB in profile and _SOURCE not in profile and _NAMED not in profile:
        return None
    arn = profile.get(_ROLE)
    if arn is None:
        return None
    name = profile.get("role_session_name")
    return Role(arn, name, profile.get("external_id"), profile.name)


def _next(session: Session, profile: Profile, role: Role) -> Optional[Setting]:
    """Return the reference to the next profile, None where the profile's own source is meant."""
    source, named = profile.get(_SOURCE), profile.get(_NAMED)
    if source is not None and named is not None:
        message = f'profile "{profile.name}" has both {_SOURCE} and {_NAMED}'
        _refuse(session, message, source.location)
    if source is None and named is None:
        message = f'profile "{profile.name}" has {_ROLE} but neither {_SOURCE} nor {_NAMED}'
        _refuse(session, message, role.arn.location)
    return source


def _leaf(session: Session, profile: Profile) -> tuple[str, dict[str, Setting]]:
    """Return the kind of a profile's own credentials and its settings."""
    named = profile.get(_NAMED)
    if named is not None:
        return "named", {_NAMED: named}
    role, token_file = profile.get(_ROLE), profile.get(_WEB)
    name = profile.get("role_session_name")
    if token_file is not None:
        if role is None:
            message = f'profile "{profile.name}" has {_WEB} but no {_ROLE}'
            _refuse(session, message, token_file.location)
        own = {_WEB: token_file, _ROLE: role}
        return "web_identity", own if name is None else {**own, "role_session_name": name}
    reference = profile.get("sso_session")
    if reference is not None:
        return "sso_session", _sso_session(session, profile, reference)
    if "sso_account_id" in profile or "sso_role_name" in profile:
        keys = (_SSO_START, _SSO_REGION, "sso_account_id", "sso_role_name")
        return "sso", _all_of(session, profile, profile, keys)
    login = profile.get("login_session")
    if login is not None:
        return "login", {"login_session": login}
    command = profile.get("credential_process")
    if command is None:
        _refuse(session, f'profile "{profile.name}" has no credentials', session.profile_place())
    return "process", {"credential_process": command}


def _sso_session(session: Session, profile: Profile, reference: Setting) -> dict[str, Setting]:
    section = session.config().sso_session(reference.masked)
    if not section.exists:
        message = f'the sso-session "{reference.masked}" does not exist'
        _refuse(session, message, reference.location)
    settings = _all_of(session, profile, section, (_SSO_START, _SSO_REGION))
    settings.update(_all_of(session, profile, profile, ("sso_account_id", "sso_role_name")))
    for key in (_SSO_REGION, _SSO_START):
        own = profile.get(key)
        if own is not None and own.masked != settings[key].masked:
            message = f'profile "{profile.name}" and its sso-session have different {key}'
            _refuse(session, message, own.location)
    return {**settings, "sso_session": reference}


def _all_of(
    session: Session, profile: Profile, section: Profile, keys: tuple[str, ...]
) -> dict[str, Setting]:
    found = {}
    for key in keys:
        setting = section.get(key)
        if setting is None:
            message = f'the sso setup of profile "{profile.name}" lacks {key}'
            _refuse(session, message, session.profile_place())
        found[key] = setting
    return found
