"""The credentials of the AWS SDK for Kotlin outside profiles, and what calls of STS need.

Source: aws-sdk-kotlin 1.8.12, aws-config auth/credentials: EnvironmentCredentialsProvider.kt,
StsWebIdentityCredentialsProvider.kt, StsAssumeRoleCredentialsProvider.kt.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Optional, Union

from credlint.chain.ini_view import Setting
from credlint.chain.kotlin.client import check_client
from credlint.chain.kotlin.session import Session
from credlint.chain.outcome import Result, absent, broken, fail, found
from credlint.chain.patterns import pattern
from credlint.chain.sources.keys import key_offer, show_key
from credlint.chain.sources.web_identity import account_of
from credlint.model.captured import CapturedValue
from credlint.model.host_file import PathFact
from credlint.model.lean_dataclasses import replace
from credlint.model.location import Location, environment_variable
from credlint.model.trace import Offer, SdkError

_TOKEN_FILE = "AWS_WEB_IDENTITY_TOKEN_FILE"  # noqa: S105  the name of a variable
_ROLE_ARN = "AWS_ROLE_ARN"
_SESSION_NAME = "AWS_ROLE_SESSION_NAME"
# STS API Reference, AssumeRole and AssumeRoleWithWebIdentity: it refuses everything else.
_SHORTEST_ARN, _SHORTEST_EXTERNAL_ID = 20, 2
_SESSION_SHAPE = pattern(r"[A-Za-z0-9_+=,.@-]{2,64}\Z")
# What the JVM throws for a folder, and for a file that may not be read.
NO_FILE = "FileNotFoundException"
_UNREADABLE = frozenset({"unreadable", "not-a-file"})


def sysprops(session: Session) -> Result:
    """Judge the key pair of the system properties, which must not be blank."""
    values = {one.name: one.value for one in session.properties.values()}
    names = tuple(map(session.sdk.facts["system_properties"].__getitem__, _names(session)))
    result = _pair(values, names)
    places = (session.properties[name].variable for name in names if name in values)
    place = next(places, None)
    return replace(result, location=environment_variable(place) if place else None)


def env(session: Session) -> Result:
    """Judge the key variables, which must not be blank."""
    values = {one.name: one.value for one in session.snapshot.environment}
    return _pair(values, _names(session))


def _names(session: Session) -> tuple[str, ...]:
    sdk = session.sdk
    return sdk.env_access_key_id[0], sdk.env_secret_access_key[0], sdk.env_session_token[0]


def _pair(values: Mapping[str, CapturedValue], names: tuple[str, ...]) -> Result:
    key_name, secret_name, token_name = names
    key, secret = _given(values, key_name), _given(values, secret_name)
    if key is None or secret is None:
        there = key_name if key is not None else secret_name
        if key is None and secret is None:
            there = next((name for name in (key_name, secret_name) if name in values), "")
        if not there:
            return absent(f"{key_name} is not set")
        half = secret_name if key is not None else key_name
        return absent(f"{there} is ignored without {half}", environment_variable(there))
    token = values.get(token_name)
    detail = f"{show_key(key)} in {key_name}"
    if token:
        detail += f", session token in {token_name}"
    return found(
        detail, key_offer(key, None, has_token=bool(token)), environment_variable(key_name)
    )


def _given(values: Mapping[str, CapturedValue], name: str) -> Optional[CapturedValue]:
    """Return a value that is not blank."""
    value = values.get(name)
    return None if not value or "blank" in value.flaws else value


def web_identity_env(session: Session) -> Result:
    """Judge the token file of the environment."""
    role, token_file = session.setting(_ROLE_ARN), session.setting(_TOKEN_FILE)
    if role is None or token_file is None:
        there, other = (_ROLE_ARN, _TOKEN_FILE) if role is not None else (_TOKEN_FILE, _ROLE_ARN)
        if role is None and token_file is None:
            return absent(f"{_TOKEN_FILE} is not set")
        return absent(f"{there} is ignored without {other}", session.place(there))
    place = session.place(_TOKEN_FILE)
    fact = session.fact_named_by("web-identity-token", _TOKEN_FILE)
    unfit = check_token(session, fact, place)
    offer = Offer("dynamic", account=account_of(role.text), role=role.text)
    detail = f"assumes {role.text or 'a role'} with the token file of {session.called(_TOKEN_FILE)}"
    refused = check_client(session, "sts", session.text("AWS_REGION"))
    refused = refused or unfit or role_refused(session, role, None, None)
    if refused is not None:
        return _failed(session, f"{detail} fails: {refused}", place)
    return found(detail, offer, place)


def _failed(session: Session, message: str, place: Optional[Location]) -> Result:
    return broken(SdkError(session.sdk.error("failed"), message, place))


def check_token(session: Session, fact: Optional[PathFact], place: Location) -> Optional[str]:
    """Return why STS must refuse what the token file holds; raises Raised if it cannot be read."""
    status = fact.status if fact is not None else "absent"
    if status in _UNREADABLE:
        message = f"the token file cannot be read ({status})"
        fail(NO_FILE, message, place)
    if status == "absent":
        session.fail("failed", "there is no such token file", place)
    if fact is not None and fact.error == "UnicodeDecodeError":
        return "the token file holds no text, which STS refuses"
    return "the token file is empty, which STS refuses" if status == "empty" else None


def role_refused(
    session: Session,
    role: Union[CapturedValue, Setting],
    name: Optional[Setting],
    external_id: Optional[Setting],
) -> Optional[str]:
    """Return which limit of STS a role and what goes with it do not keep."""
    text = role.text
    if text is not None and len(text) < _SHORTEST_ARN:
        return "STS refuses a role ARN that is so short"
    called = session.text(_SESSION_NAME) if name is None else name.text
    if called is not None and _SESSION_SHAPE.match(called) is None:
        return "STS refuses the session's name"
    if external_id is not None:
        value = external_id if isinstance(external_id, CapturedValue) else external_id.value
        if value.length < _SHORTEST_EXTERNAL_ID:
            return "STS refuses an external id that is so short"
    return None
