"""The container credentials endpoint, of which nothing is ever requested here.

Source: auth 2.57.8 ContainerCredentialsProvider. The variable's token counts before the file's,
and a host counts as this machine's own when its name stands for loopback addresses alone.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Collection
from typing import Optional
from urllib.parse import urlsplit

from credlint.chain.java.session import Found, Session
from credlint.chain.outcome import Result, Unknown, absent, found
from credlint.model.trace import Offer

RELATIVE = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"
FULL = "AWS_CONTAINER_CREDENTIALS_FULL_URI"
_SERVICE = "AWS_CONTAINER_SERVICE_ENDPOINT"
_TOKEN = "AWS_CONTAINER_AUTHORIZATION_TOKEN"  # noqa: S105  the name of a variable
_TOKEN_FILE = "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"  # noqa: S105


def container(session: Session) -> Result:
    """Judge the endpoint; raises Raised where it cannot be asked."""
    named = session.system(RELATIVE) or session.system(FULL)
    if named is None:
        return absent(f"neither {RELATIVE} nor {FULL} is set")
    is_relative = named.source.endswith((RELATIVE, "Path"))
    address = address_of(session, named.text, is_relative=is_relative)
    scheme, host = parse_address(address)
    # A port that is left out after the colon is none to Java either; a blank ends the address.
    if (
        scheme not in ("http", "https")
        or not host
        or any(sign in address for sign in ' "<>\\^`{|}')
    ):
        session.fail("container_failed", f"{named.name} is no address of a host", named.place)
    if scheme != "https":
        check_host(session, named, host, session.sdk.container["allowed_hosts"])
    _check_token(session)
    check_answer(session, named, host)
    detail = f"the container credentials endpoint named by {named.name}"
    return found(detail, Offer("dynamic"), named.place)


def check_answer(session: Session, named: Found, host: str) -> None:
    """Raise Raised when the endpoint does not answer, Unknown when that is not known."""
    detail = f"the container credentials endpoint named by {named.name}"
    evidence = session.snapshot.container
    if evidence.host != host or not named.source.endswith(evidence.variable or "?"):
        message = f"{detail} was not the one that was probed"
        raise Unknown(message)
    if evidence.reachable == "yes":
        return
    if evidence.reachable in {"refused", "unreachable"}:
        message = f"{detail} does not answer ({evidence.reachable})"
        session.fail("container_failed", message, named.place)
    message = f"{detail} was not reached by the probe"
    raise Unknown(message)


def address_of(session: Session, text: str, *, is_relative: bool) -> str:
    """Return the address that a variable's text stands for."""
    if "[" in text and "characters]" in text:
        # A query is cut when captured; it does not say whom to ask.
        text = text.partition("?")[0].partition("#")[0]
    if not is_relative:
        return text
    service = session.system(_SERVICE)
    base = service.text if service is not None else session.sdk.container["relative_service"]
    return f"{base}{text}"


def parse_address(text: str) -> tuple[str, Optional[str]]:
    """Return scheme and host of an address, an empty scheme when it is none."""
    try:
        parts = urlsplit(text)
        host = parts.hostname
    except ValueError:
        return "", None
    return parts.scheme, host


def check_host(session: Session, named: Found, host: str, allowed: Collection[str]) -> None:
    """Raise Raised for a host that is refused, Unknown where only a name server could tell."""
    if host in allowed or host == "localhost":
        return
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        if is_nowhere(host):
            message = f"the host of {named.name} cannot be found"
            session.fail("container_failed", message, named.place)
        message = f"whether {named.name} names a host that stands for this machine"
        raise Unknown(message) from None
    if not address.is_loopback:
        message = f"{named.name} names a host that is neither loopback nor one of ECS and EKS"
        session.fail("container_failed", message, named.place)


def is_nowhere(host: str) -> bool:
    """Tell whether no resolver knows a name: by RFC 2606, or with a last label like a number's."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return host.endswith(".invalid") or host.rpartition(".")[2][:1].isdigit()
    return False


def _check_token(session: Session) -> None:
    token = session.system(_TOKEN)
    if token is not None:
        if not token.is_blank and _has_break(token):
            message = f"{_TOKEN} holds a line break, which no header may"
            session.fail("container_failed", message, token.place)
        return
    file = session.system(_TOKEN_FILE)
    if file is None:
        return
    fact = session.path_fact("container-token", file)
    if fact is None:
        message = f"the file of {_TOKEN_FILE} was not looked at"
        raise Unknown(message)
    if fact.status in {"absent", "unreadable", "not-a-file"}:
        session.fail("container_failed", f"the file of {_TOKEN_FILE} cannot be read", file.place)
    if fact.newline:
        message = f"the file of {_TOKEN_FILE} holds a line break, which no header may"
        session.fail("container_failed", message, file.place)


def _has_break(found: Found) -> bool:
    return bool({"newline", "carriage-return"} & set(found.value.flaws))
