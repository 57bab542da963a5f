"""The container endpoint and the instance role, as the AWS SDK for PHP asks for them.

Source: aws-sdk-php 3.329.0, Credentials/EcsCredentialProvider.php, InstanceProfileProvider.php and
CredentialsUtils.php. They stand at the end of the chain: what fails there ends it.
"""

from __future__ import annotations

import ipaddress
import re
from typing import Optional
from urllib.parse import urlsplit

from credlint.chain.outcome import Result, Unknown, absent, fail, found, undecided
from credlint.chain.php.ini_view import readable, view
from credlint.chain.php.session import Session
from credlint.model.location import Location, environment_variable
from credlint.model.location import imds as imds_place
from credlint.model.metadata import HttpAttempt
from credlint.model.trace import Offer

RELATIVE = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"
FULL = "AWS_CONTAINER_CREDENTIALS_FULL_URI"
_TOKEN = "AWS_CONTAINER_AUTHORIZATION_TOKEN"  # noqa: S105  the name of a variable
_TOKEN_FILE = "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"  # noqa: S105
_TIMEOUT = "AWS_METADATA_SERVICE_TIMEOUT"
_DISABLED = "AWS_EC2_METADATA_DISABLED"
_ROLES = "meta-data/iam/security-credentials/"
_OK, _NO_CONTENT = 200, 204
_MAYBE_EC2 = frozenset({"ec2", "ecs", "eks"})
_PATIENCE_MILLISECONDS = 500  # half of what the SDK waits
_URL = r"(?a)[A-Za-z][A-Za-z0-9+.-]*://[^\s/?#]+\S*\Z"
_NUMBER = r"(?a)\s*[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?\s*\Z"
_BOOLEANS = {"true": True, "on": True, "1": True, "false": False, "off": False, "0": False}


def configured(session: Session) -> Optional[str]:
    """Return the variable that names the container endpoint, None when there is none."""
    return next((name for name in (RELATIVE, FULL) if session.env(name) is not None), None)


def container(session: Session) -> Result:
    """Judge the endpoint; raises Raised where it is refused or cannot be asked."""
    name = configured(session)
    if name is None:
        return absent("no variable names a container credentials endpoint")
    place, offer = environment_variable(name), Offer("dynamic")
    detail = f"the container credentials endpoint named by {name}"
    text = session.text(name)
    address = f"http://{session.sdk.container['relative_host']}{text}" if name == RELATIVE else text
    _check_address(session, address, place)
    _check_token(session)
    timeout = session.text(_TIMEOUT)
    if timeout and not re.match(_NUMBER, timeout):
        message = f"{_TIMEOUT} is no number"
        session.refuse(message, environment_variable(_TIMEOUT))
    evidence = session.snapshot.container
    if evidence.variable == name and evidence.reachable in {"refused", "unreachable"}:
        session.refuse(f"{detail} does not answer ({evidence.reachable})", place)
    if evidence.variable != name or evidence.reachable != "yes":
        return undecided(f"{detail} was not reached by the probe", place, offer)
    return found(detail, offer, place)


def _split(address: str) -> tuple[str, str]:
    """Return scheme and host of an address, empty where there is none."""
    try:
        parts = urlsplit(address)
        host = parts.hostname
    except ValueError:
        return "", ""
    return parts.scheme, host or ""


def _check_address(session: Session, address: str, place: Location) -> None:
    scheme, host = _split(address)
    if scheme == "https":
        return
    if not host or scheme != "http":
        session.refuse("the container endpoint is no address of a host", place)
    if host not in session.sdk.container["allowed_hosts"] and not _is_loopback(session, host):
        session.refuse("the container endpoint is at a host that is refused", place)


def _is_loopback(session: Session, host: str) -> bool:
    """Tell whether a host is this machine; raises Unknown for names that are not looked up."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        known = session.snapshot.container.resolved
        if host == "localhost":
            return True
        relative = session.sdk.container["relative_host"]
        if not host or host.endswith(".invalid") or host.startswith(relative):
            return False  # no such name can have an address
        if host == session.snapshot.container.host and known:
            return ipaddress.ip_address(known[0]).is_loopback
        message = f'what the host name "{host}" stands for is not looked up'
        raise Unknown(message) from None
    return address.is_loopback if address.version == 4 else str(address) == "::1"  # noqa: PLR2004


def _check_token(session: Session) -> None:
    """Raise Raised where the request's token cannot be had or sent."""
    path = session.text(_TOKEN_FILE)
    if path:
        place = environment_variable(_TOKEN_FILE)
        fact = session.snapshot.named_file("container-token", path)
        if fact is None or fact.status != "present":
            status = fact.status if fact is not None else "absent"
            session.refuse(f"the file of {_TOKEN_FILE} is {status}", place)
        if fact.newline:
            session.refuse(f"the file of {_TOKEN_FILE} holds a line break", place)
        return
    token = session.env(_TOKEN)
    if token is not None and {"newline", "carriage-return"}.intersection(token.flaws):
        session.refuse(f"{_TOKEN} holds a line break", environment_variable(_TOKEN))


def imds(session: Session) -> Result:
    """Judge the instance role; raises Raised where it is refused or gives nothing."""
    evidence, place = session.snapshot.imds, imds_place()
    if session.text(_DISABLED).lower() == "true":
        return absent(f"{_DISABLED} is true", environment_variable(_DISABLED))
    endpoint = _endpoint(session)
    doubt = _doubt(session, endpoint)
    if doubt is not None:
        return undecided(doubt, place)
    if not evidence.probed:
        return absent(f"no IMDS here ({evidence.reason or 'not probed'})", place)
    token = evidence.token.status
    if token in session.sdk.imds["token_refused_for_good"]:
        return absent(f"IMDS answers the token request with status {token}", place)
    if token != _OK and _v1_disabled(session):
        return absent("no IMDSv2 token can be had and IMDSv1 is disabled", place)
    roles = evidence.roles_with_token if token == _OK else evidence.roles_without_token
    return _role(session, roles, "IMDSv2" if token == _OK else "IMDSv1")


def _role(session: Session, roles: HttpAttempt, version: str) -> Result:
    evidence, place = session.snapshot.imds, imds_place(_ROLES)
    if roles.status == _OK and evidence.role is not None:
        detail = f"role {evidence.role} of the instance through {version}"
        return found(detail, Offer("dynamic", account=evidence.account, role=evidence.role), place)
    if roles.status == _OK:
        message = "IMDS answers with an empty list of roles, and the SDK asks again for ever"
        fail(session.sdk.error("never_returns"), message, place)
    timed_out = "timeout" in {roles.error, evidence.token.error}
    if timed_out and _MAYBE_EC2.intersection(session.snapshot.platform.contexts):
        return undecided("the probe of IMDS timed out, the SDK waits longer", place)
    if roles.status is not None:
        return absent(f"IMDS lists no role (status {roles.status})", place)
    return absent(f"no IMDS answers ({roles.error or evidence.token.error})", place)


def resolved(session: Session, key: str) -> tuple[str, Optional[Location]]:
    """Return a setting of the environment, else of the profile, as ConfigurationResolver does.

    The profile's section has no prefix, and the file is read in PHP's normal mode.
    """
    name = "AWS_" + key.upper()
    if session.env(name) is not None:
        return session.text(name), environment_variable(name)
    file = session.named_file("config", "AWS_CONFIG_FILE")
    if not readable(file):
        return "", None
    if session.normal is None:
        variables = lambda variable: _variable(session, variable)  # noqa: E731  it is one call
        session.normal = view(session.snapshot, file, variables) or {}
    profiles = session.normal
    setting = profiles.get(session.ambient, {}).get(key)
    if setting is None:
        return "", None
    if setting.text is None:
        message = f'{key} of profile "{session.ambient}" was not captured'
        raise Unknown(message)
    return setting.text, setting.location


def _variable(session: Session, name: str) -> Optional[str]:
    value = session.snapshot.variable(name)
    if value is None:
        return None
    if value.text is None:
        message = f"the text of {name} was not captured"
        raise Unknown(message)
    return value.text


def _endpoint(session: Session) -> str:
    mode, place = resolved(session, "ec2_metadata_service_endpoint_mode")
    hosts: dict[str, str] = session.sdk.imds["endpoints"]
    usual = hosts.get(mode or "IPv4")
    if usual is None:
        session.refuse(f"the endpoint mode of IMDS is neither IPv4 nor IPv6: {mode}", place)
    endpoint, place = resolved(session, "ec2_metadata_service_endpoint")
    endpoint = endpoint or usual
    scheme, host = _split(endpoint)
    if endpoint != usual and not (host and re.match(_URL, endpoint)):
        session.refuse("the configured IMDS endpoint is no address of a host", place)
    if scheme != "https" and endpoint not in hosts.values() and not _is_loopback(session, host):
        session.refuse("the configured IMDS endpoint is at a host that is refused", place)
    return endpoint


def _doubt(session: Session, endpoint: str) -> Optional[str]:
    """Return why the evidence does not tell what the SDK would meet, None when it does."""
    evidence = session.snapshot.imds
    if endpoint.rstrip("/") != evidence.endpoint.rstrip("/"):
        return "the SDK asks another IMDS endpoint than was probed"
    host = _split(endpoint)[1]
    proxy = next((name for name in ("http_proxy", "HTTP_PROXY") if session.env(name)), None)
    if proxy is not None and not _is_spared(session, host, proxy):
        return f"IMDS: the requests may go through the proxy of {proxy}"
    slow = (evidence.token.milliseconds or 0, evidence.roles_without_token.milliseconds or 0)
    if evidence.token.status is not None and max(slow) > _PATIENCE_MILLISECONDS:
        return "IMDS answers about as slowly as the SDK's time-out"
    if not evidence.probed and {*_MAYBE_EC2, "container"}.intersection(
        session.snapshot.platform.contexts
    ):
        return f"IMDS was not asked ({evidence.reason or 'unknown reason'})"
    return None


def _is_spared(session: Session, host: str, proxy: str) -> bool:
    """Tell whether no_proxy keeps the host from the proxy; curl reads one, Guzzle the other."""
    names = ("no_proxy", "NO_PROXY") if proxy == "http_proxy" else ("NO_PROXY",)
    entries = re.split(r"[\s,]+", next((session.text(n) for n in names if session.env(n)), ""))
    return "*" in entries or host in entries


def _v1_disabled(session: Session) -> bool:
    return _BOOLEANS.get(resolved(session, "ec2_metadata_v1_disabled")[0].lower(), False)
