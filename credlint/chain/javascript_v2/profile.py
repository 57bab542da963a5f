"""Key pairs and roles of a profile.

Source: aws-sdk 2.1693.0, lib/credentials/shared_ini_file_credentials.js, and
lib/node_loader.js: key pairs are looked for while the SDK is loaded, before all else but the
environment; ``config_regional_endpoint.js`` for what keeps STS from being asked.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Optional

from credlint.chain.javascript.session import Passed, Settings
from credlint.chain.javascript_v2.region import choose_region
from credlint.chain.javascript_v2.session import Session
from credlint.chain.outcome import Raised, Result, Unknown, found
from credlint.chain.patterns import pattern
from credlint.chain.sources.keys import ACCESS_KEY, SECRET_KEY, key_offer, show_key
from credlint.chain.sources.web_identity import account_of
from credlint.model.location import Location, environment_variable
from credlint.model.trace import Offer

_REGIONAL = "AWS_STS_REGIONAL_ENDPOINTS"
_FLAGS = ("legacy", "regional")
# What STS refuses (API Reference, AssumeRole); the SDK itself does not look.
_SHORTEST_ROLE, _SHORTEST_TEXT = 20, 2
_SECONDS = range(900, 43201)
SESSION_NAME = pattern(r"[A-Za-z0-9_+=,.@-]{2,64}\Z")
_INTEGER = pattern(r"[+-]?[0-9]+")


def selected(session: Session) -> Settings:
    """Return the selected profile's settings; raises Passed when it cannot be had."""
    try:
        settings = session.settings()
    except Raised as raised:
        raise Passed(raised.error.message, raised.error.location) from None
    if not settings:
        message = f'there is no profile "{session.profile}"'
        raise Passed(message)
    return settings


def static_profile(session: Session) -> Result:
    """Judge the key pair of a profile without role; its halves may come from both files."""
    settings = selected(session)
    role = settings.get("role_arn")
    if role is not None:
        message = f'profile "{session.profile}" names a role, so its keys are not used'
        raise Passed(message, role.location)
    return _pair(settings, session.profile)


def role_profile(session: Session) -> Result:
    """Judge the role of a profile; ``mfa_serial`` is passed over without a token function."""
    settings = selected(session)
    if "role_arn" not in settings:
        message = f'no role_arn in profile "{session.profile}"'
        raise Passed(message)
    return _assume(session, session.profile, ())


def _pair(settings: Settings, profile: str) -> Result:
    key = settings.get(ACCESS_KEY)
    if key is None or SECRET_KEY not in settings:
        message = f'no whole key pair in profile "{profile}"'
        raise Passed(message)
    token = settings.get("aws_session_token")
    detail = f'{show_key(key)} in profile "{profile}"'
    if token is not None:
        detail += " with a session token"
    return found(detail, key_offer(key, profile, has_token=token is not None), key.location)


def _assume(session: Session, profile: str, visited: tuple[str, ...]) -> Result:
    profiles = session.profiles()
    settings = profiles[profile]
    role, source = settings["role_arn"], settings.get("source_profile")
    if source is None:
        message = f'role_arn of profile "{profile}" has no source_profile'
        raise Passed(message, role.location)
    if source.text is None:
        message = f'source_profile of profile "{profile}" was not captured'
        raise Unknown(message)
    if source.text not in profiles:
        message = f'the source profile "{source.text}" does not exist'
        raise Passed(message, source.location)
    inner = _source(session, profiles, source.text, visited, source.location)
    region = settings.get("region")
    check_sts(session, settings, "us-east-1" if region is None else region.text)
    _check_parameters(settings)
    offer = Offer("dynamic", profile=profile, account=account_of(role.text), role=role.text)
    who = f'profile "{profile}" assumes {role.text or "a role"}'
    return found(f'{who} with profile "{source.text}" ({inner.detail})', offer, role.location)


def _source(
    session: Session,
    profiles: Mapping[str, Settings],
    name: str,
    visited: tuple[str, ...],
    place: Location,
) -> Result:
    """Judge a source profile: keys count before its role there."""
    settings = profiles[name]
    if (ACCESS_KEY in settings and SECRET_KEY in settings) or "role_arn" not in settings:
        return _pair(settings, name)
    if name in visited:
        # Each profile makes the next one's credentials at once, until the stack is used up.
        message = f"the source profiles form a loop, which ends the process: {' → '.join(visited)}"
        session.fail("abort", message, place)
    return _assume(session, name, (*visited, name))


def _check_parameters(settings: Settings) -> None:
    """Raise Passed for what STS refuses of a role beyond its name."""
    external, seconds = settings.get("external_id"), settings.get("duration_seconds")
    if external is not None and external.value.length < _SHORTEST_TEXT:
        message = "STS refuses external_id, which is too short"
        raise Passed(message, external.location)
    number = _INTEGER.match(seconds.text or "") if seconds is not None else None
    if seconds is None or number is None or not int(number.group()):
        return  # parseInt finds no number, and STS is asked for none
    if int(number.group()) not in _SECONDS:
        message = "STS refuses duration_seconds"
        raise Passed(message, seconds.location)


def check_role(role: Optional[str], place: Location) -> None:
    """Raise Passed for the name of a role that STS refuses."""
    if role is not None and len(role) < _SHORTEST_ROLE:
        message = "STS refuses the role's name, which is too short"
        raise Passed(message, place)


def check_sts(session: Session, settings: Settings, region: Optional[str]) -> None:
    """Raise Passed where a request for a profile's role fails for reasons that can be seen here."""
    role, name = settings["role_arn"], settings.get("role_session_name")
    place = role.location
    check_role(role.text, place)
    if name is not None and name.text is not None and not SESSION_NAME.match(name.text):
        message = "STS refuses role_session_name"
        raise Passed(message, name.location)
    check_endpoint(session, place, region)


def check_endpoint(session: Session, place: Location, region: Optional[str]) -> None:
    """Raise Passed where STS cannot be asked at all; ``region`` None is the program's."""
    flag = _regional_flag(session)
    if flag == "regional":
        told = region or choose_region(session)[0].value
        if told is None:
            message = "STS cannot be asked: no region, and regional endpoints are wanted"
            raise Passed(message, place)
        if not told.replace("-", "").isalnum():
            message = "the region is no part of a host name"
            raise Unknown(message)


def _regional_flag(session: Session) -> str:
    """Return ``legacy`` or ``regional``; raises Passed for another word."""
    place: Optional[Location] = environment_variable(_REGIONAL)
    if session.is_set(_REGIONAL):
        text = session.text(_REGIONAL)
    else:
        try:
            setting = (
                session.profiles().get(session.usual_profile, {}).get("sts_regional_endpoints")
            )
        except Raised:
            setting = None
        if setting is None:
            return _FLAGS[0]
        text, place = setting.text or "", setting.location
    if text.lower() not in _FLAGS:
        message = "STS cannot be asked: the wish for regional endpoints is neither of the two words"
        raise Passed(message, place)
    return text.lower()
