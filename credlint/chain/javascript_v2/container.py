"""The container credentials endpoint, of which nothing is ever requested here.

Source: aws-sdk 2.1693.0, lib/credentials/remote_credentials.js. A token that cannot be read
or sent is an exception that nobody catches: the process ends. A dead endpoint passes on.
"""

from __future__ import annotations

import re
from typing import Optional

from credlint.chain.javascript.session import Passed
from credlint.chain.javascript_v2.session import Session
from credlint.chain.outcome import Result, Unknown, found
from credlint.model.location import Location, environment_variable
from credlint.model.trace import Offer

RELATIVE = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"
FULL = "AWS_CONTAINER_CREDENTIALS_FULL_URI"
_TOKEN = "AWS_CONTAINER_AUTHORIZATION_TOKEN"  # noqa: S105  the name of a variable
_TOKEN_FILE = "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"  # noqa: S105
_ADDRESS = r"(https?)://([^/?#]*)"
_AUTHORITY = r"(?:.*@)?(\[[0-9a-f:.]+\]|[a-z0-9_.-]*)(?::([0-9]*))?\Z"
_LARGEST_PORT = 65535
_BROKEN = ("absent", "unreadable", "not-a-file")
_UNSENDABLE = frozenset({"newline", "carriage-return", "control-character"})


def container(session: Session) -> Result:
    """Judge the endpoint and its token."""
    name = next((name for name in (RELATIVE, FULL) if session.env(name) is not None), None)
    if name is None:
        message = f"neither {RELATIVE} nor {FULL} is set"
        raise Passed(message)
    place = environment_variable(name)
    port = _port(session, name, place)
    _check_token(session)
    if port is not None and port > _LARGEST_PORT:
        session.fail("RangeError", f"the port of {name} is too large; nobody catches that", place)
    evidence = session.snapshot.container
    state = evidence.reachable if evidence.variable == name else "not-probed"
    if state == "not-probed" and evidence.variable == name and _is_no_name(evidence.host):
        state = "unreachable"
    if state in {"refused", "unreachable"}:
        message = f"the endpoint named by {name} does not answer ({state}); the SDK goes on"
        raise Passed(message, place)
    if state != "yes":
        why = "was not probed" if state == "not-probed" else "did not answer in time"
        message = f"the endpoint named by {name} {why}"
        raise Unknown(message)
    detail = f"the container credentials endpoint named by {name}"
    return found(detail, Offer("dynamic"), place)


def _is_no_name(host: Optional[str]) -> bool:
    """Tell whether a host has no address by definition (RFC 6761, ``.invalid``)."""
    return host is not None and host.endswith(".invalid")


def _port(session: Session, name: str, place: Location) -> Optional[int]:
    """Return the port, None for the usual one; raises Passed for an address that is refused."""
    prefix = f"http://{session.sdk.container['relative_host']}" if name == RELATIVE else ""
    match = re.match(_ADDRESS, (prefix + session.text(name).strip()).lower())
    if match is None:
        message = f"{name} names no address of http or https"
        raise Passed(message, place)
    scheme = match.group(1)
    parts = re.match(_AUTHORITY, match.group(2))
    if parts is None and "[" in match.group(2) and scheme == "http":
        message = f"{name} names a host that is none"
        raise Passed(message, place)
    if parts is None:
        message = f"{name} holds an address with unusual characters"
        raise Unknown(message)
    allowed = session.sdk.container["allowed_hosts"]
    if name == FULL and scheme == "http" and parts.group(1) not in allowed:
        message = f"{name} names a host that is none of {', '.join(allowed)}"
        raise Passed(message, place)
    return int(parts.group(2)) if parts.group(2) else None


def _check_token(session: Session) -> None:
    """Raise what a token raises; the variable counts before the file."""
    token, file = session.env(_TOKEN), session.env(_TOKEN_FILE)
    if session.env(FULL) is None and file is None:
        return  # none is sent
    if token is not None:
        if "non-ascii" in token.flaws:
            message = f"whether {_TOKEN} is a header value cannot be told"
            raise Unknown(message)
        if _UNSENDABLE.intersection(token.flaws):
            message = f"{_TOKEN} is no header value, and nobody catches that"
            session.fail("TypeError", message, environment_variable(_TOKEN))
        return
    if file is None:
        return
    place = environment_variable(_TOKEN_FILE)
    fact = session.snapshot.path_fact(f"environment/{_TOKEN_FILE}")
    if fact is None:
        message = f"the file of {_TOKEN_FILE} was not looked at"
        raise Unknown(message)
    if fact.status in _BROKEN:
        message = f"the file of {_TOKEN_FILE} cannot be read, and nobody catches that"
        session.fail("Error", message, place)
    if fact.newline or fact.error == "UnicodeDecodeError":
        message = f"the content of {_TOKEN_FILE} is no header value, and nobody catches that"
        session.fail("TypeError", message, place)
