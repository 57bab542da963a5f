"""Roles of a profile. Source: botocore 1.44.5 credentials.py ``AssumeRoleProvider``.

Everything up to the call of STS happens at resolution: the source of the role is resolved
whole, so its errors end the chain at once.
"""

from __future__ import annotations

from typing import Callable, Optional

from credlint.chain.ini_view import Setting
from credlint.chain.outcome import Result, absent, fail, found
from credlint.chain.session import Session
from credlint.chain.shared_config import Settings
from credlint.chain.sources.container import container
from credlint.chain.sources.environment import env
from credlint.chain.sources.imds import imds
from credlint.chain.sources.keys import ACCESS_KEY, SECRET_KEY
from credlint.chain.sources.login import login_profile
from credlint.chain.sources.parameters import Parameter, check_parameters, to_int
from credlint.chain.sources.process import process_profile
from credlint.chain.sources.sso import sso_profile
from credlint.chain.sources.static import static_config_file, static_credentials_file
from credlint.chain.sources.web_identity import account_of, web_identity
from credlint.model.trace import Offer, SdkError

# credential_source names what the chain asks as well, under these ids.
_SOURCE_IDS = {"Environment": "env", "EcsContainer": "container", "Ec2InstanceMetadata": "imds"}

# The names are compared with their case (credential_source_names of the SDK's file decide).
_NAMED: dict[str, Callable[[Session], Result]] = {
    "Environment": env,
    "EcsContainer": container,
    "Ec2InstanceMetadata": imds,
}


def _web_identity(session: Session, profile: str) -> Result:
    return web_identity(session, profile, use_environment=False)


_WITHIN_SOURCE_PROFILE: tuple[Callable[[Session, str], Result], ...] = (
    _web_identity,
    sso_profile,
    static_credentials_file,
    login_profile,
    process_profile,
    static_config_file,
)


def role_profile(session: Session, profile: str) -> Result:
    """Judge ``role_arn`` with its source; raises Raised for every fault of the configuration."""
    settings = session.named(profile)
    if not _is_role(settings):
        if "role_arn" in settings:
            return absent("role_arn stands beside web_identity_token_file: see web_identity")
        return absent(f'no role_arn in profile "{profile}"')
    return _assume(session, profile, [profile])


def _is_role(settings: Settings) -> bool:
    return "role_arn" in settings and "web_identity_token_file" not in settings


def _has_static(settings: Settings) -> bool:
    return ACCESS_KEY in settings or SECRET_KEY in settings


def _assume(session: Session, profile: str, visited: list[str]) -> Result:
    settings = session.named(profile)
    role = settings["role_arn"]
    source, named = settings.get("source_profile"), settings.get("credential_source")
    if source is not None and named is not None:
        message = f'profile "{profile}" has both source_profile and credential_source'
        session.fail("role_two_sources", message, named.location)
    if named is not None:
        inner = _from_named(session, profile, named)
        used = _SOURCE_IDS.get(named.text or "")
        giver = f"credential_source {named.text}"
    elif source is not None:
        _check_source(session, profile, source, visited)
        inner, used = _from_profile(session, source, visited)
        giver = f'profile "{source.text}"'
    else:
        message = (
            f'profile "{profile}" has role_arn but neither source_profile nor credential_source'
        )
        session.fail("role_without_source", message, role.location)
    arn = role.text
    detail = f'profile "{profile}" assumes {arn or "a role"} with {giver} ({inner.detail})'
    mfa = inner.offer.mfa if inner.offer is not None else None
    if "mfa_serial" in settings:
        detail += "; asks for an MFA code"
        mfa = mfa or settings["mfa_serial"].location
    offer = Offer(
        "dynamic", profile=profile, account=account_of(arn), role=arn, source=used, mfa=mfa
    )
    if inner.kind == "undecided":
        return Result("undecided", detail, role.location, offer)
    return found(detail, offer, role.location, _first_use(session, settings, inner))


def _first_use(session: Session, settings: Settings, inner: Result) -> Optional[SdkError]:
    if inner.error is not None:
        return inner.error
    names = (
        ("RoleArn", "role_arn"),
        ("RoleSessionName", "role_session_name"),
        ("ExternalId", "external_id"),
        ("SerialNumber", "mfa_serial"),
        ("DurationSeconds", "duration_seconds"),
    )
    parameters = []
    for api_name, key in names:
        setting = settings.get(key)
        if setting is None or (key == "duration_seconds" and to_int(setting.text) is None):
            continue  # a duration that is no number is left out
        if key == "role_session_name" and not setting:
            continue  # an empty name gives way to a made-up one
        parameters.append(Parameter(api_name, setting, setting.location))
    return check_parameters(session, *parameters)


def _from_named(session: Session, profile: str, named: Setting) -> Result:
    name = named.text
    if name is None or name not in session.sdk.facts["credential_source_names"]:
        message = f'credential_source of profile "{profile}" is none of the known names'
        session.fail("invalid_config", message, named.location)
    result = _NAMED[name](session)
    if result.kind == "absent":
        message = (
            f'credential_source {name} of profile "{profile}" gives no credentials: {result.detail}'
        )
        session.fail("source_gives_nothing", message, named.location)
    return result


def _check_source(session: Session, profile: str, source: Setting, visited: list[str]) -> None:
    if source.nested:
        message = "source_profile is a nested block, not a name"
        fail("TypeError", message, source.location)
    name = source.text or ""
    if name not in session.full().profiles:
        message = f'source_profile "{name}" of profile "{profile}" does not exist'
        session.fail("source_profile_missing", message, source.location)
    if name not in visited:
        return
    if name != profile or not _has_static(session.named(name)):
        chain = " → ".join([*visited, name])
        message = f"the source profiles form a loop: {chain}"
        session.fail("source_profile_loop", message, source.location)


def _from_profile(
    session: Session, source: Setting, visited: list[str]
) -> tuple[Result, Optional[str]]:
    """Return what the source profile gives, and which source of the whole chain that is."""
    name = source.text or ""
    own = name == visited[0]
    visited.append(name)
    settings = session.named(name)
    if _is_role(settings) and not _has_static(settings):
        result = _assume(session, name, visited)
        return result, result.offer.source if result.offer else None
    for judge in _WITHIN_SOURCE_PROFILE:
        result = judge(session, name)
        if result.kind != "absent":
            return result, judge.__name__.lstrip("_") if own else None
    message = f'the source profile "{name}" has no credentials'
    return session.fail("source_profile_empty", message, source.location)
