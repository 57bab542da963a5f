"""The container credentials endpoint, of which nothing is ever requested here.

Sources: @aws-sdk/credential-provider-http 3.972.86 ``fromHttp``, and where that one fails
@smithy/credential-provider-imds 4.5.2 ``fromContainerMetadata``, which knows fewer hosts and
sends the token of the environment instead of the file's.
"""

from __future__ import annotations

import ipaddress
from typing import Optional

from credlint.chain.javascript.address import Address, InvalidAddress, parse_address
from credlint.chain.javascript.session import Passed, Session
from credlint.chain.outcome import Result, Unknown, found
from credlint.model.location import Location, environment_variable
from credlint.model.trace import Offer

RELATIVE = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"
FULL = "AWS_CONTAINER_CREDENTIALS_FULL_URI"
_TOKEN = "AWS_CONTAINER_AUTHORIZATION_TOKEN"  # noqa: S105  the name of a variable
_TOKEN_FILE = "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"  # noqa: S105
_UNREADABLE = {
    "absent": "does not exist",
    "unreadable": "cannot be read",
    "not-a-file": "is not a file",
}
_DEAD = frozenset({"refused", "unreachable"})


def is_configured(session: Session) -> bool:
    """Tell whether the endpoint is asked, and instance metadata never."""
    return session.env(RELATIVE) is not None or session.env(FULL) is not None


def container(session: Session) -> Result:
    """Judge the endpoint as both providers meet it."""
    name = next((n for n in (RELATIVE, FULL) if session.env(n) is not None), None)
    if name is None:
        message = f"neither {RELATIVE} nor {FULL} is set"
        raise Passed(message)
    place = environment_variable(name)
    address = _address(session, name, place)
    allowed = session.sdk.container["allowed_hosts"]
    if not (address.scheme == "https" or _is_loopback(address.host) or address.host in allowed):
        message = f"{name} names a host that is neither loopback nor {', '.join(allowed)}"
        raise Passed(message, place)
    refusal = _token_refusal(session)
    if refusal is None:
        state = _reachable(session, name)
        if state == "yes":
            return _found(name, place)
        refusal = f"the endpoint named by {name} does not answer ({state})"
    return _older(session, name, address, refusal)


def _found(name: str, place: Location) -> Result:
    detail = f"the container credentials endpoint named by {name}"
    return found(detail, Offer("dynamic"), place)


def _address(session: Session, name: str, place: Location) -> Address:
    prefix = f"http://{session.sdk.container['relative_host']}" if name == RELATIVE else ""
    try:
        return parse_address(prefix + session.text(name))
    except InvalidAddress:
        session.fail("TypeError", f"{name} is not an address", place)


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"


def _reachable(session: Session, name: str) -> str:
    evidence = session.snapshot.container
    if evidence.variable != name:
        message = f"the endpoint named by {name} was not probed"
        raise Unknown(message)
    if evidence.reachable == "yes" or evidence.reachable in _DEAD:
        return evidence.reachable
    why = "was not probed" if evidence.reachable == "not-probed" else "did not answer in time"
    message = f"the endpoint named by {name} {why}"
    raise Unknown(message)


def _token_refusal(session: Session) -> Optional[str]:
    """Return why the first provider gives up on its token; raises Raised for a missing file."""
    file = session.env(_TOKEN_FILE)
    if file is not None:
        fact = session.snapshot.path_fact(f"environment/{_TOKEN_FILE}")
        if fact is None:
            message = f"the file of {_TOKEN_FILE} was not looked at"
            raise Unknown(message)
        if fact.status in _UNREADABLE:
            message = f"the file of {_TOKEN_FILE} {_UNREADABLE[fact.status]}"
            session.fail("Error", message, environment_variable(_TOKEN_FILE))
        if fact.newline or fact.error == "UnicodeDecodeError":
            return f"the file of {_TOKEN_FILE} is no header value"
        return None
    return f"{_TOKEN} is no header value" if _bad_token(session) else None


def _bad_token(session: Session) -> bool:
    token = session.env(_TOKEN)
    if token is None:
        return False
    if "non-ascii" in token.flaws:
        message = f"whether {_TOKEN} is a header value cannot be told"
        raise Unknown(message)
    return bool({"newline", "carriage-return", "control-character"} & set(token.flaws))


def _older(session: Session, name: str, address: Address, refusal: str) -> Result:
    place = environment_variable(name)
    if name == FULL and (
        address.host not in session.sdk.container["older_hosts"]
        or address.scheme not in {"http", "https"}
    ):
        message = f"{refusal}, and the older provider refuses the host of {name}"
        session.fail("CredentialsProviderError", message, place)
    if name == FULL and address.scheme == "https":
        message = f"{refusal}, and the older provider cannot speak https"
        session.fail("TypeError", message, place)
    if _bad_token(session):
        message = f"{_TOKEN} is no header value"
        session.fail("TypeError", message, environment_variable(_TOKEN))
    if name == RELATIVE and address.host != session.sdk.container["relative_host"]:
        message = f"{refusal}; the older provider asks another host, which was not probed"
        raise Unknown(message)
    state = _reachable(session, name)
    if state == "yes":
        return _found(name, place)
    message = f"the endpoint named by {name} does not answer ({state}); IMDS is not asked instead"
    raise Passed(message, place)
