"""Roles of the AWS SDK for Ruby: ``role_arn`` with ``source_profile`` or ``credential_source``.

Source: aws-sdk-core 3.211.0, shared_config.rb ``assume_role_from_profile`` and
``resolve_source_profile``; param_validator.rb. A profile with a source is a role, whether it has a
``role_arn`` or not.
"""

from __future__ import annotations

import re

from credlint.chain.ini_view import Setting
from credlint.chain.outcome import Result, absent, fail
from credlint.chain.ruby.ini_view import NO_METHOD, Profile
from credlint.chain.ruby.machine import container, imds
from credlint.chain.ruby.session import Session
from credlint.chain.ruby.sources import (
    check_client,
    check_parameters,
    process_profile,
    sso_profile,
    static_profile,
    web_identity_profile,
)
from credlint.chain.sources.web_identity import account_of
from credlint.model.trace import Offer

# As Kernel#Integer takes a text.
_INTEGER = (
    r"\s*[+-]?(0[xX][0-9a-fA-F](_?[0-9a-fA-F])*|0[bB][01](_?[01])*|0[oO]?_?[0-7](_?[0-7])*"
    r"|0[dD][0-9](_?[0-9])*|[1-9](_?[0-9])*|0)\s*\Z"
)
_TEXTS = ("role_arn", "role_session_name", "external_id", "mfa_serial")
_Visited = tuple[str, ...]


def role_profile(session: Session, profile: str, visited: _Visited = ()) -> Result:
    """Judge the role of a profile: the credentials file's, else the config file's."""
    if session.config_enabled:
        for profiles in session.both():
            settings = profiles.get(profile, {})
            if any(key in settings for key in ("source_profile", "credential_source", "role_arn")):
                return _assume(session, profile, settings, visited)
    return absent(f'no role in profile "{profile}"')


def _assume(session: Session, profile: str, settings: Profile, visited: _Visited) -> Result:
    source, named = settings.get("source_profile"), settings.get("credential_source")
    role = settings.get("role_arn")
    used, asking = None, session.token_profile
    if source is not None and named is not None:
        message = f'profile "{profile}" has source_profile and credential_source'
        session.fail("both_sources", message, source.location)
    if source is not None:
        inner, chained = _of_profile(session, source, visited)
        # The client that asks is one of the source profile, unless that is a role as well.
        asking = asking if chained else source.masked
        if inner.kind == "absent":
            message = f'the source profile "{source.masked}" of "{profile}" has no credentials'
            session.fail("source_profile_empty", message, source.location)
    elif named is not None:
        inner, used = _of_machine(session, profile, named)
        if inner.kind == "absent":
            # The request is looked at before it is signed.
            check_client(session, asking)
            _check_request(session, profile, settings)
            message = f'credential_source of profile "{profile}" gives nothing ({inner.detail})'
            session.fail("source_gives_nothing", message, named.location)
    else:
        message = f'profile "{profile}" has a role_arn but no source_profile'
        session.fail("role_without_source", message, settings["role_arn"].location)
    place = (role or source or named or settings[None]).location
    if inner.kind == "found":
        check_client(session, asking)
        _check_request(session, profile, settings)
        _check_code(session, profile, settings)
    detail = f'profile "{profile}" assumes {(role and role.text) or "a role"} ({inner.detail})'
    arn = role.text if role is not None else None
    offer = Offer("dynamic", profile, account=account_of(arn), role=arn, source=used)
    return Result(inner.kind, detail, place, offer)


def _check_request(session: Session, profile: str, settings: Profile) -> None:
    """Raise Raised where STS cannot be asked."""
    if "role_arn" not in settings:
        source = settings.get("source_profile") or settings["credential_source"]
        message = f'profile "{profile}" has {source.name} but no role_arn'
        session.fail("parameter", message, source.location)
    check_parameters(session, settings, _TEXTS)
    duration = settings.get("duration_seconds")
    if duration is not None and not re.match(_INTEGER, duration.text or "", re.ASCII):
        message = f'duration_seconds of profile "{profile}" is no number'
        session.fail("parameter", message, duration.location)


def _check_code(session: Session, profile: str, settings: Profile) -> None:
    """Raise Raised where STS refuses for want of an MFA code."""
    serial = settings.get("mfa_serial")
    if serial is not None:
        message = f'profile "{profile}" has mfa_serial, and the SDK never asks for a code'
        session.fail("mfa_without_code", message, serial.location)


def _of_profile(session: Session, source: Setting, visited: _Visited) -> tuple[Result, bool]:
    """Return what the source profile gives and whether it is a role of its own; raises Raised."""
    name = source.masked
    if name in visited:
        message = f'source_profile comes back to profile "{name}"'
        session.fail("circular", message, source.location)
    visited = (*visited, name)
    settings = session.credentials.get(name)
    if settings is None:
        if session.config is None:
            message = f'source_profile "{name}" is looked for in a config file that is not there'
            fail(NO_METHOD, message, source.location)
        settings = session.config.get(name)
    if settings is None:
        message = f'source_profile "{name}" does not exist'
        session.fail("profile_not_found", message, source.location)
    result = static_profile(session, name)
    if result.kind == "absent":
        if "source_profile" in settings:
            return role_profile(session, name, visited), True
        for judge in (web_identity_profile, process_profile, sso_profile):
            result = judge(session, name)
            if result.kind != "absent":
                break
    return result, False


def _of_machine(session: Session, profile: str, named: Setting) -> tuple[Result, str]:
    """Return what ``credential_source`` gives and the source of the chain that it names."""
    if named.text == "EcsContainer":
        result, used = container(session), "container"
        if result.kind == "absent" and result.location is None:
            message = f'profile "{profile}" wants the container, which no variable names'
            session.fail("parameter", message, named.location)
    elif named.text == "Ec2InstanceMetadata":
        result, used = imds(session, session.ambient_profile), "imds"
    else:
        message = f'credential_source of profile "{profile}" is not supported'
        session.fail("credential_source", message, named.location)
    return result, used
