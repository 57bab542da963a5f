"""The container credentials endpoint, of which nothing is ever requested here.

Source: botocore 1.44.5 credentials.py ``ContainerProvider``, utils.py
``ContainerMetadataFetcher``.
"""

from __future__ import annotations

import ipaddress
from typing import Optional
from urllib.parse import urlsplit

from credlint.chain.outcome import Result, absent, fail, found, undecided
from credlint.chain.session import Session
from credlint.model.location import environment_variable
from credlint.model.trace import Offer

RELATIVE = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"
FULL = "AWS_CONTAINER_CREDENTIALS_FULL_URI"
_TOKEN = "AWS_CONTAINER_AUTHORIZATION_TOKEN"  # noqa: S105  the name of a variable
_TOKEN_FILE = "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"  # noqa: S105
_NAMES = {"relative": RELATIVE, "full": FULL}


def container(session: Session) -> Result:
    """Judge the endpoint; even an empty variable switches it on."""
    order = [_NAMES[kind] for kind in session.sdk.container["uri_order"]]
    name = next((n for n in order if session.env(n) is not None), None)
    if name is None:
        return absent(f"neither {RELATIVE} nor {FULL} is set")
    place = environment_variable(name)
    _check_token(session)
    _check_host(session, name)
    evidence = session.snapshot.container
    offer = Offer("dynamic")
    detail = f"the container credentials endpoint named by {name}"
    if evidence.reachable == "yes":
        return found(detail, offer, place)
    if evidence.reachable in {"refused", "unreachable"}:
        message = f"the endpoint named by {name} does not answer ({evidence.reachable})"
        session.fail("container_failed", message, place)
    why = "was not probed" if evidence.reachable == "not-probed" else "did not answer in time"
    return undecided(f"{detail} {why}", place, offer)


def _check_token(session: Session) -> None:
    file = session.env(_TOKEN_FILE)
    if file is not None:
        place = environment_variable(_TOKEN_FILE)
        fact = session.path_fact("container-token", file, _TOKEN_FILE)
        if fact is None:
            if not file:
                fail("FileNotFoundError", f"{_TOKEN_FILE} is empty", place)
            return
        problems = {
            "absent": ("FileNotFoundError", "does not exist"),
            "unreadable": ("PermissionError", "cannot be read"),
            "not-a-file": ("IsADirectoryError", "is not a file"),
        }
        if fact.status in problems:
            error, words = problems[fact.status]
            fail(error, f"the file of {_TOKEN_FILE} {words}", place)
        if fact.error == "UnicodeDecodeError":
            fail(fact.error, f"the file of {_TOKEN_FILE} is not UTF-8 text", place)
        if fact.newline:
            message = f"the file of {_TOKEN_FILE} holds a line break"
            session.fail("container_token_invalid", message, place)
        return
    token = session.env(_TOKEN)
    if token is not None and {"newline", "carriage-return"} & set(token.flaws):
        message = f"{_TOKEN} holds a line break"
        session.fail("container_token_invalid", message, environment_variable(_TOKEN))


def _check_host(session: Session, name: str) -> None:
    allowed = session.sdk.container["allowed_hosts"]
    scheme, host = _address(session, name)
    if scheme == "https" or _is_loopback(host) or host in allowed:
        return
    message = f"{name} names a host that is neither loopback nor one of {', '.join(allowed)}"
    session.fail("container_host_refused", message, environment_variable(name))


def _address(session: Session, name: str) -> tuple[Optional[str], Optional[str]]:
    value = session.env(name)
    evidence = session.snapshot.container
    if value is None or value.text is None:
        return evidence.scheme, evidence.host
    prefix = f"http://{session.sdk.container['relative_host']}" if name == RELATIVE else ""
    try:
        parts = urlsplit(prefix + value.text)
    except ValueError:
        fail("ValueError", f"{name} is not an address", environment_variable(name))
    return parts.scheme, parts.hostname


def _is_loopback(host: Optional[str]) -> bool:
    try:
        return ipaddress.ip_address(host or "").is_loopback
    except ValueError:
        return False
