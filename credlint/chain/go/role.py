"""Roles of a profile, and whose credentials they are assumed with.

Sources: aws-sdk-go-v2 config 1.33.15, resolve_credentials.go ``resolveCredsFromProfile``;
aws-sdk-go 1.55.8, aws/session/credentials.go.
"""

from __future__ import annotations

from typing import Optional

from credlint.chain.go.container import configured, container, usable_as_source
from credlint.chain.go.imds import imds, imds_error
from credlint.chain.go.session import Session
from credlint.chain.go.shared_config import Profile
from credlint.chain.go.sources import (
    Judge,
    env,
    file_of,
    has_sound_key,
    process_profile,
    static,
    web_identity_profile,
)
from credlint.chain.go.sso import login_profile, sso_profile
from credlint.chain.outcome import Result, absent, at_first_use, found
from credlint.chain.sources.web_identity import account_of
from credlint.model.lean_dataclasses import replace
from credlint.model.trace import Offer

_NAMED_IDS = {"Environment": "env", "EcsContainer": "container", "Ec2InstanceMetadata": "imds"}


def named_source(  # noqa: PLR0911  one value after the other
    session: Session, profile: Profile
) -> Result:
    """Judge ``credential_source``, which is compared with its case."""
    setting = profile.get("credential_source")
    if setting is None:
        return absent(f'no credential_source in profile "{profile.name}"')
    if setting.text == "Ec2InstanceMetadata":
        if session.sdk.container["stands_for_imds"] and configured(session):
            return container(session)
        return _imds_as_source(session, profile)
    if setting.text == "EcsContainer" and usable_as_source(session):
        return container(session)
    if setting.text == "Environment":
        result = env(session)
        if result.kind == "found":
            return result
        message = "credential_source Environment finds no key pair in the environment"
        error = at_first_use(session.sdk.error("keys_empty"), message, setting.location)
        return found(result.detail, Offer("dynamic"), setting.location, error)
    message = f'credential_source of profile "{profile.name}" is unknown or gives nothing'
    return session.fail("credential_source", message, setting.location)


def _imds_as_source(session: Session, _profile: Profile) -> Result:
    result = imds(session)
    if result.kind != "absent":
        return result
    error = imds_error(session, result)
    return found(result.detail, Offer("dynamic"), result.location, error)


def machine_container(session: Session, _profile: Optional[Profile] = None) -> Result:
    """Judge the container where nothing names a source: Go v1 then has one error for all."""
    return _of_machine(session, container(session))


def _machine_imds(session: Session, profile: Profile) -> Result:
    return _of_machine(session, _imds_as_source(session, profile))


def _of_machine(session: Session, result: Result) -> Result:
    name = session.sdk.errors.get("no_provider")
    if name is None or result.error is None:
        return result
    return replace(result, error=replace(result.error, name=name))


# The order within a profile whose role, if any, is assumed with what is found.
_WITHIN: tuple[Judge, ...] = (
    static,
    named_source,
    web_identity_profile,
    sso_profile,
    login_profile,
    process_profile,
    machine_container,
    _machine_imds,
)


def role_profile(session: Session, profile: Profile) -> Result:
    """Judge ``role_arn``: Go assumes it with whatever the profile, else the machine, gives.

    A profile that would use its token file uses the role for that alone.
    """
    role = profile.get("role_arn")
    if role is None:
        return absent(f'no role_arn in profile "{profile.name}"')
    if profile.source is not None:
        inner, used = _of_profile(session, profile.source), None
    else:
        if _is_web_identity(profile):
            return absent(f'role_arn of profile "{profile.name}" belongs to its token file')
        judge, inner = _first_within(session, profile)
        used = _source_id(session, judge, profile)
    mfa = profile.get("mfa_serial")
    if mfa is not None:
        message = f'profile "{profile.name}" asks for an MFA code, which the program must provide'
        session.fail("mfa_without_provider", message, mfa.location)
    detail = f'profile "{profile.name}" assumes {role.text or "a role"} ({inner.detail})'
    account = account_of(role.text)
    offer = Offer("dynamic", profile.name, account=account, role=role.text, source=used)
    error, owner = inner.error, profile.source or profile
    static_keys = owner.has_keys and owner.get("role_arn") in (None, role)
    if error is None and static_keys and not has_sound_key(owner):
        message = "the key id holds a character that no request can carry"
        error = at_first_use(session.sdk.error("request_failed"), message, role.location)
    # What is sent is looked at before it is signed with what the source gives.
    names = ("role_arn", "role_session_name", "external_id")
    short = session.too_short({name: profile.get(name) for name in names})
    if short is not None:
        message = f"{short} is shorter than the service takes"
        error = at_first_use(session.sdk.error("parameter"), message, role.location)
    return Result(inner.kind, detail, role.location, offer, error)


def _is_web_identity(profile: Profile) -> bool:
    return (
        profile.get("web_identity_token_file") is not None
        and not profile.has_keys
        and profile.get("credential_source") is None
    )


def _of_profile(session: Session, profile: Profile) -> Result:
    result = role_profile(session, profile)
    if result.kind != "absent":
        return result
    return _first_within(session, profile)[1]


def _first_within(session: Session, profile: Profile) -> tuple[Judge, Result]:
    judged = ((judge, judge(session, profile)) for judge in _WITHIN)
    return next(pair for pair in judged if pair[1].kind != "absent")


def _source_id(session: Session, judge: Judge, profile: Profile) -> str:
    """Return which source of the chain it is whose credentials a role is assumed with."""
    if judge is static:
        return f"static_{file_of(profile)}_file"
    named = profile.get("credential_source")
    if named is not None:
        for_imds = session.sdk.container["stands_for_imds"] and configured(session)
        if named.text == "Ec2InstanceMetadata" and for_imds:
            return "container"
        return _NAMED_IDS[named.text or ""]
    own: dict[Judge, str] = {machine_container: "container", _machine_imds: "imds"}
    return own.get(judge, judge.__name__)
