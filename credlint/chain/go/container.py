"""The container credentials endpoint, of which nothing is ever requested here.

Sources: aws-sdk-go-v2 config 1.33.15, resolve_credentials.go ``resolveLocalHTTPCredProvider``;
credentials 1.20.15, endpointcreds; aws-sdk-go 1.55.8, aws/defaults/defaults.go
``RemoteCredProvider``.
"""

from __future__ import annotations

import ipaddress
from typing import Optional
from urllib.parse import urlsplit

from credlint.chain.go.proxy import proxy_doubt
from credlint.chain.go.session import Session
from credlint.chain.outcome import Raised, Result, Unknown, absent, at_first_use, found, undecided
from credlint.model.captured import CapturedValue
from credlint.model.location import environment_variable
from credlint.model.metadata import ContainerEvidence
from credlint.model.trace import Offer, SdkError

RELATIVE = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"
FULL = "AWS_CONTAINER_CREDENTIALS_FULL_URI"
_TOKEN = "AWS_CONTAINER_AUTHORIZATION_TOKEN"  # noqa: S105  the name of a variable
_TOKEN_FILE = "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"  # noqa: S105


# RFC 6761: no such name stands for an address.
_NO_HOST = ".invalid"
_NAMES = {"relative": RELATIVE, "full": FULL}


def configured(session: Session) -> Optional[str]:
    """Return the variable that names the endpoint, None when there is none."""
    order = (_NAMES[one] for one in session.sdk.container["uri_order"])
    return next((name for name in order if session.env(name) is not None), None)


def usable_as_source(session: Session) -> bool:
    """Tell whether credential_source EcsContainer finds the variable that it looks for."""
    wanted = session.sdk.container["source_needs"]
    return any(session.env(_NAMES[one]) is not None for one in wanted)


def container(session: Session) -> Result:
    """Judge the endpoint; raises Raised when its host is refused."""
    name = configured(session)
    if name is None:
        return absent(f"neither {RELATIVE} nor {FULL} is set")
    place, offer = environment_variable(name), Offer("dynamic")
    detail = f"the container credentials endpoint named by {name}"
    refused = _host_error(session) if name == FULL else None
    if refused is not None and session.sdk.container["host_checked"] == "resolution":
        raise Raised(refused.name, refused.message, refused.location)
    error = refused or _token_error(session)
    evidence = _evidence(session, name)
    doubt = proxy_doubt(session, evidence.host or "")
    if error is None and doubt is not None:
        return undecided(f"{detail}: {doubt}", place, offer)
    if error is not None or (evidence.reachable == "yes" and evidence.variable == name):
        return found(detail, offer, place, error)
    nowhere = (evidence.host or "").endswith(_NO_HOST)
    if evidence.variable == name and (nowhere or evidence.reachable in {"refused", "unreachable"}):
        why = "its host does not exist" if nowhere else evidence.reachable
        message = f"the endpoint does not answer ({why})"
        error = at_first_use(session.sdk.error("container_failed"), message, place)
        return found(detail, offer, place, error)
    return undecided(f"{detail} was not reached by the probe", place, offer)


def _evidence(session: Session, name: str) -> ContainerEvidence:
    """Return what is known of the endpoint that this SDK takes where two are named."""
    snapshot = session.snapshot
    other = snapshot.container_other
    return other if other.variable == name else snapshot.container


def _host_error(session: Session) -> Optional[SdkError]:
    value, place = session.env(FULL), environment_variable(FULL)
    name = session.sdk.error("container_refused")
    text = value.text if value is not None else None
    if text is None:
        message = f"the text of {FULL} was not captured"
        raise Unknown(message)
    scheme, host = _parse(text)
    if not host:
        return at_first_use(name, f"{FULL} is no address of a host", place)
    if scheme != "http" or host == "localhost":
        return None
    if host.endswith(_NO_HOST):
        return at_first_use(name, f"{FULL} names a host that does not exist", place)
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        message = f"whether {FULL} names a host that stands for this machine is not looked up"
        raise Unknown(message) from None
    if not address.is_loopback and host not in session.sdk.container["allowed_hosts"]:
        message = f"{FULL} names a host that is neither loopback nor one of ECS and EKS"
        return at_first_use(name, message, place)
    return None


def _parse(text: str) -> tuple[str, Optional[str]]:
    try:
        parts = urlsplit(text)
        host = parts.hostname
    except ValueError:
        return "", None
    return parts.scheme, host


def _token_error(session: Session) -> Optional[SdkError]:
    file = session.env(_TOKEN_FILE)
    name = session.sdk.error("container_token")
    if file is None:
        return _newline_error(session.env(_TOKEN), name)
    fact = session.path_fact("container-token", file)
    place = environment_variable(_TOKEN_FILE)
    if fact is not None and fact.status in {"absent", "unreadable", "not-a-file"}:
        return at_first_use(name, f"the file of {_TOKEN_FILE} cannot be read", place)
    if fact is not None and fact.newline:
        return at_first_use(name, f"the file of {_TOKEN_FILE} holds a line break", place)
    return None


def _newline_error(token: Optional[CapturedValue], name: str) -> Optional[SdkError]:
    if token is None or not {"newline", "carriage-return"} & set(token.flaws):
        return None
    return at_first_use(name, f"{_TOKEN} holds a line break", environment_variable(_TOKEN))
