"""Keys in environment variables. Source: botocore 1.44.5 credentials.py ``EnvProvider``."""

from __future__ import annotations

from typing import Optional

from credlint.chain import clock
from credlint.chain.outcome import Result, absent, at_first_use, found, undecided
from credlint.chain.session import Session
from credlint.chain.sources.keys import key_offer, show_key
from credlint.model.captured import CapturedValue
from credlint.model.location import Location, environment_variable
from credlint.model.trace import Offer, SdkError


def env(session: Session) -> Result:
    """Judge the key variables; raises Raised for an access key without its secret."""
    sdk = session.sdk
    key_name, key = _first(session, sdk.env_access_key_id)
    secret_name, secret = _first(session, sdk.env_secret_access_key)
    if key is None:
        if secret is not None:
            detail = f"{secret_name} is set without {sdk.env_access_key_id[0]} and is ignored"
            return absent(detail, environment_variable(secret_name))
        named = [n for n in sdk.env_access_key_id if session.env(n) is not None]
        if named:
            return absent(f"{named[0]} is set but empty", environment_variable(named[0]))
        return absent(f"{sdk.env_access_key_id[0]} is not set")
    place = environment_variable(key_name)
    if secret is None:
        missing = sdk.env_secret_access_key[0]
        state = "is empty" if session.env(missing) is not None else "is not set"
        message = f"{key_name} is set but {missing} {state}"
        session.fail("partial_credentials", message, place)
    token_name, token = _first(session, sdk.env_session_token)
    offer = key_offer(key, None, has_token=token is not None)
    detail = f"{show_key(key)} in {key_name}"
    if token is not None:
        detail += f", session token in {token_name}"
    return _with_expiration(session, detail, offer, place)


def _with_expiration(session: Session, detail: str, offer: Offer, place: Location) -> Result:
    name = session.sdk.env_expiration
    value = session.env(name) if name else None
    if not name or not value:
        return found(detail, offer, place)
    where = environment_variable(name)
    state = clock.judge(value.text, session.snapshot.captured_at) if value.text else clock.UNKNOWN
    if state == clock.INVALID:
        session.fail("time_not_parsed", f"{name} is not a time", where)
    error: Optional[SdkError] = None
    if state == clock.NAIVE:
        message = f"{name} has no time zone, so it cannot be compared with the clock"
        error = at_first_use(session.sdk.error("time_without_zone"), message, where)
    elif state == clock.PAST:
        message = f"the time in {name} has passed"
        error = at_first_use(session.sdk.error("env_expired"), message, where)
    elif state == clock.UNKNOWN:
        return undecided(f"{detail}; whether {name} is a valid time cannot be told", where, offer)
    return found(detail, offer, place, error)


def _first(session: Session, names: tuple[str, ...]) -> tuple[str, Optional[CapturedValue]]:
    for name in names:
        value = session.env(name)
        if value:
            return name, value
    return names[0] if names else "", None
