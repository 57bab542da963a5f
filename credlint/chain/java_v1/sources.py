"""The sources of the AWS SDK for Java v1 outside its profiles.

Source: aws-java-sdk-core 1.12.797, com.amazonaws.auth; aws-java-sdk-sts 1.12.797.
"""

from __future__ import annotations

from typing import Optional

from credlint.chain.java.container import (
    FULL,
    RELATIVE,
    address_of,
    check_answer,
    check_host,
    is_nowhere,
    parse_address,
)
from credlint.chain.java.session import Found
from credlint.chain.java.sources import ROLE_ARN, TOKEN_FILE, check_role, check_token, pair_of
from credlint.chain.java_v1.imds import check_wait
from credlint.chain.java_v1.region import region_of
from credlint.chain.java_v1.session import Session
from credlint.chain.outcome import Raised, Result, Unknown, absent, found
from credlint.chain.sources.web_identity import account_of
from credlint.model.host_file import PathFact
from credlint.model.location import Location
from credlint.model.trace import Offer

_STS_REGIONAL = "AWS_STS_REGIONAL_ENDPOINTS"
_MODE = "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE"
_TOKEN = "AWS_CONTAINER_AUTHORIZATION_TOKEN"  # noqa: S105  the name of a variable
_TOKEN_FILE = "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"  # noqa: S105


def env(session: Session) -> Result:
    """Judge the key pair of the variables; the first name that is set counts, even if empty."""
    sdk = session.sdk

    def first(names: tuple[str, ...]) -> Optional[Found]:
        return next((one for one in map(session.env, names) if one is not None), None)

    key, secret = first(sdk.env_access_key_id), first(sdk.env_secret_access_key)
    return pair_of(key, secret, first(sdk.env_session_token), sdk.env_access_key_id[0])


def sysprops(session: Session) -> Result:
    """Judge the key pair of the system properties."""
    names = session.sdk.facts["system_properties"]
    key, secret = session.property("AWS_ACCESS_KEY_ID"), session.property("AWS_SECRET_KEY")
    return pair_of(key, secret, session.property("AWS_SESSION_TOKEN"), names["AWS_ACCESS_KEY_ID"])


def web_identity_env(session: Session) -> Result:
    """Judge the token file; AWS_ROLE_ARN without it makes the chain ask itself without end."""
    token_file, role = session.env(TOKEN_FILE), session.env(ROLE_ARN)
    if role is None:
        if token_file is None:
            return absent(f"{TOKEN_FILE} is not set")
        return absent(f"{TOKEN_FILE} is set without {ROLE_ARN} and is ignored", token_file.place)
    if token_file is None:
        message = f"{ROLE_ARN} without {TOKEN_FILE}: the role's credentials are asked of the chain"
        session.fail("endless", message, role.place)
    check_regional_client(session, token_file.place)
    if session.raw(token_file):
        fact = session.snapshot.named_file("web-identity-token", session.raw(token_file))
    else:
        fact = PathFact("web-identity-token", "", "", "absent")
    check_token(session, fact, token_file.place)
    name = session.env("AWS_ROLE_SESSION_NAME")
    text = session.raw(role)
    check_role(session, text, role.place, session.raw(name) if name is not None else None)
    detail = f"assumes {text} with the token file of {TOKEN_FILE}"
    offer = Offer("dynamic", account=account_of(text), role=text)
    return found(detail, offer, token_file.place)


def check_regional_client(session: Session, place: Location) -> None:
    """Raise Raised when no client of STS can be made, which needs a region for a token file.

    Any region will do: one that the SDK does not know stands for the global endpoint.
    """
    if region_of(session) is None:
        session.fail("client_failed", "no region is found for the client of STS", place)
    given = session.env(_STS_REGIONAL)
    mode = session.raw(given) if given is not None else _mode_of_profile(session)
    if mode is not None and mode.lower() not in ("legacy", "regional"):
        session.fail("client_failed", f"{_STS_REGIONAL} is neither legacy nor regional", place)


def _mode_of_profile(session: Session) -> Optional[str]:
    try:
        # A section that is called ``profile NAME`` is not looked at here.
        setting = session.config().get(session.own_profile, {}).get("sts_regional_endpoints")
    except Raised:
        return None
    return setting.text if setting is not None else None


def container(session: Session) -> Result:
    """Judge the endpoint; where it is configured, IMDS is never asked."""
    named = session.env(RELATIVE) or session.env(FULL)
    if named is None:
        return absent(f"neither {RELATIVE} nor {FULL} is set")
    check_wait(session)  # the class that would ask is loaded before the address is looked at
    is_relative = named.name == RELATIVE
    address = address_of(session, session.raw(named), is_relative=is_relative)
    scheme, host = parse_address(address)
    if scheme not in ("http", "https") or not host or any(one in address for one in ' "<>\\^`{|}'):
        session.fail("container_failed", f"{named.name} is no address of a host", named.place)
    if is_relative and is_nowhere(host):
        session.fail("container_failed", f"the host of {named.name} cannot be found", named.place)
    if not is_relative:
        _check_full(session, named, scheme, host)
        _check_token(session)
    check_answer(session, named, host)
    detail = f"the container credentials endpoint named by {named.name}"
    return found(detail, Offer("dynamic"), named.place)


def _check_full(session: Session, named: Found, scheme: str, host: str) -> None:
    if scheme == "https":
        return
    mode = session.env(_MODE)
    is_v6 = mode is not None and session.raw(mode).lower() == "ipv6"
    key = "allowed_hosts_ipv6" if is_v6 else "allowed_hosts"
    check_host(session, named, host, session.sdk.container[key])


def _check_token(session: Session) -> None:
    token, file = session.env(_TOKEN), session.env(_TOKEN_FILE)
    if token is not None:
        if {"newline", "carriage-return"} & set(token.value.flaws):
            message = f"{_TOKEN} holds a line break, which no header may"
            session.fail("container_failed", message, token.place)
        return
    if file is None:
        return
    fact = session.snapshot.named_file("container-token", session.raw(file))
    if fact is None:
        message = f"the file of {_TOKEN_FILE} was not looked at"
        raise Unknown(message)
    if fact.status in {"absent", "unreadable", "not-a-file"} or fact.newline:
        what = "holds a line break" if fact.newline else "cannot be read"
        session.fail("container_failed", f"the file of {_TOKEN_FILE} {what}", file.place)
