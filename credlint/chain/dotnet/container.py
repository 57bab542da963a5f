"""The container credentials endpoint, of which nothing is ever requested here.

Source: aws-sdk-net, AWSSDK.Core 3.7.402.25 as built, GenericContainerCredentials.cs: the address
is checked when the credentials are created, the token file is read at each request.
"""

from __future__ import annotations

import ipaddress
from typing import Optional
from urllib.parse import urlsplit

from credlint.chain.dotnet.session import Session
from credlint.chain.outcome import Result, absent, at_first_use, found
from credlint.chain.patterns import pattern
from credlint.model.location import environment_variable
from credlint.model.trace import Offer, SdkError

RELATIVE = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"
FULL = "AWS_CONTAINER_CREDENTIALS_FULL_URI"
_TOKEN = "AWS_CONTAINER_AUTHORIZATION_TOKEN"  # noqa: S105  the name of a variable
_TOKEN_FILE = "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"  # noqa: S105
_SCHEME = pattern(r"[A-Za-z][A-Za-z0-9+.-]*:")


def configured(session: Session) -> Optional[str]:
    """Return the variable that names the endpoint, None when there is none."""
    return next((name for name in (RELATIVE, FULL) if session.env(name) is not None), None)


def container(session: Session) -> Result:
    """Judge the endpoint; raises Raised when its address is refused."""
    name = configured(session)
    if name is None:
        return absent(f"neither {RELATIVE} nor {FULL} is set")
    place, offer = environment_variable(name), Offer("dynamic")
    detail = f"the container credentials endpoint named by {name}"
    if name == FULL:
        _check_address(session)
    error = _token_error(session)
    evidence = session.snapshot.container
    same = evidence.variable == name
    if error is not None or (evidence.reachable == "yes" and same):
        return found(detail, offer, place, error)
    if same and evidence.reachable in {"refused", "unreachable"}:
        message = f"the endpoint does not answer ({evidence.reachable})"
        error = at_first_use(session.sdk.error("container_failed"), message, place)
        return found(detail, offer, place, error)
    # It is taken for good all the same; only whether it answers is not known.
    return found(f"{detail}, which the probe did not reach", offer, place)


def _check_address(session: Session) -> None:
    text, place = session.text(FULL), environment_variable(FULL)
    parts = None
    if _SCHEME.match(text):
        try:
            parts = urlsplit(text)
            host = parts.hostname or ""
        except ValueError:
            parts = None
    # A path is the address of a file to .NET on Unix, and no file is an allowed host.
    if parts is None and not text.startswith("/"):
        session.fail("address_not_valid", f"{FULL} is no absolute address", place)
    if parts is not None and parts.scheme == "https":
        return
    allowed = parts is not None and (
        host in session.sdk.container["allowed_hosts"] or _is_loopback(host)
    )
    if not allowed:
        message = f"{FULL} names a host that is neither loopback nor one of ECS and EKS"
        session.fail("host_not_allowed", message, place)


def _is_loopback(host: str) -> bool:
    """Tell whether .NET's ``Uri.IsLoopback`` holds, which looks nothing up."""
    if host in {"localhost", "loopback"}:
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _token_error(session: Session) -> Optional[SdkError]:
    file = session.env(_TOKEN_FILE)
    name = session.sdk.error("container_failed")
    if file is None:
        token = session.env(_TOKEN)
        if token is not None and "carriage-return" in token.flaws and "newline" in token.flaws:
            place = environment_variable(_TOKEN)
            return at_first_use(name, f"{_TOKEN} holds a line break", place)
        return None
    fact = session.path_fact("container-token", file)
    place = environment_variable(_TOKEN_FILE)
    if fact is not None and fact.status in {"absent", "unreadable", "not-a-file"}:
        return at_first_use(name, f"the file of {_TOKEN_FILE} cannot be read", place)
    return None
