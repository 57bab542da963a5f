"""The container endpoint and the instance role, as the AWS SDK for Ruby asks for them.

Source: aws-sdk-core 3.211.0, ecs_credentials.rb and instance_profile_credentials.rb. The chain
asks once, with a second's patience; an endpoint that gives nothing is a warning and no credentials,
never an error. A container variable takes IMDS out of the chain.
"""

from __future__ import annotations

import ipaddress
import re
from typing import Optional

from credlint.chain.outcome import Result, Unknown, absent, fail, found, undecided
from credlint.chain.ruby.session import Session
from credlint.model.location import Location, environment_variable
from credlint.model.location import imds as imds_place
from credlint.model.metadata import HttpAttempt
from credlint.model.no_proxy import is_exempt
from credlint.model.trace import Offer

RELATIVE = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"
FULL = "AWS_CONTAINER_CREDENTIALS_FULL_URI"
_TOKEN = "AWS_CONTAINER_AUTHORIZATION_TOKEN"  # noqa: S105  the name of a variable
_TOKEN_FILE = "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"  # noqa: S105
_DISABLED = "AWS_EC2_METADATA_DISABLED"
_ROLES = "meta-data/iam/security-credentials/"
_OK, _BAD_REQUEST = 200, 400
_MAYBE_EC2 = frozenset({"ec2", "ecs", "eks"})
_PATIENCE_MILLISECONDS = 500  # half of what the SDK waits
# RFC 3986 as URI::RFC3986_Parser has it, for addresses with a host and for those without.
_PATH = r"(?P<path>(?:[A-Za-z0-9\-._~!$&'()*+,;=:@/]|%[0-9A-Fa-f]{2})*)(?:\?[^#]*)?(?:\#[^#\s]*)?\Z"
_URI = (
    r"(?P<scheme>[A-Za-z][A-Za-z0-9+\-.]*):(?://(?:[^/?#@\[\]\s]*@)?"
    r"(?P<host>\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9\-._~!$&'()*+,;=%]*)(?::(?P<port>\d*))?(?=[/?#]|\Z))?"
    + _PATH
)
_RELATIVE_URI = r"(?!//)" + _PATH


def configured(session: Session) -> Optional[str]:
    """Return the variable that names the container endpoint; even an empty one does."""
    names = session.sdk.container["uri_names"]
    return next((name for name in names if session.env(name) is not None), None)


def container(session: Session) -> Result:  # noqa: PLR0911  in the SDK's order
    """Judge the endpoint; raises Raised for an address that is refused."""
    name = configured(session)
    if name is None:
        return absent("no variable names a container credentials endpoint")
    place, offer = environment_variable(name), Offer("dynamic")
    detail = f"the container credentials endpoint named by {name}"
    evidence = session.snapshot.container
    if name == FULL:
        if not _is_reachable_name(session, place):
            return absent(f"{detail} has no address", place)
    elif not (session.text(name) or "").startswith("/"):
        return absent(f"{name} is no path, so that no server can answer", place)
    elif evidence.host != session.sdk.container["relative_host"]:
        return undecided(f"{detail} was not probed at the address that Ruby asks", place, offer)
    if evidence.variable == name and evidence.reachable in {"refused", "unreachable"}:
        return absent(f"{detail} does not answer ({evidence.reachable})", place)
    if evidence.variable != name or evidence.reachable != "yes":
        return undecided(f"{detail} was not reached by the probe", place, offer)
    return _with_token(session, detail, place, offer)


def _is_reachable_name(session: Session, place: Location) -> bool:
    """Check the address; tell whether its host has one. Raises Raised or Unknown."""
    text = session.text(FULL) or ""
    uri = re.match(_URI, text)
    if uri is None:
        if not re.match(_RELATIVE_URI, text):
            session.fail("uri_invalid", f"{FULL} is no address", place)
        session.fail("parameter", f"{FULL} is no http or https address", place)
    scheme, host = uri.group("scheme").lower(), uri.group("host")
    if scheme not in {"http", "https"}:
        session.fail("parameter", f"{FULL} is no http or https address", place)
    if scheme == "https":
        return bool(host)
    if not host:
        fail("IPAddr::AddressFamilyError", f"{FULL} names no host", place)
    try:
        address = ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return _is_local_name(session, host)
    if not address.is_loopback and str(address) not in session.sdk.container["allowed_hosts"]:
        message = f"{FULL} names a host that is neither loopback nor one of ECS and EKS"
        session.fail("parameter", message, place)
    return True


def _is_local_name(session: Session, host: str) -> bool:
    if host.lower().endswith(".invalid"):
        return False  # a name without any address is not refused, it is only not reached
    for address in session.snapshot.container.resolved:
        if not ipaddress.ip_address(address).is_loopback:
            break
    else:
        if session.snapshot.container.resolved:
            return True
    message = f"what the host name in {FULL} stands for is not looked up"
    raise Unknown(message)


def _with_token(session: Session, detail: str, place: Location, offer: Offer) -> Result:
    """Judge the token that the request carries; the endpoint is there."""
    if _TOKEN_FILE in session.sdk.container["token_names"] and session.env(_TOKEN_FILE) is not None:
        fact = session.snapshot.named_file("container-token", session.text(_TOKEN_FILE) or "")
        named = environment_variable(_TOKEN_FILE)
        if fact is None or fact.status == "absent":
            session.fail("container_token", f"the file of {_TOKEN_FILE} does not exist", named)
        if fact.status in {"not-a-file", "unreadable"}:
            return absent(f"the file of {_TOKEN_FILE} cannot be read", named)
        return found(detail, offer, place)
    token = session.env(_TOKEN) if _TOKEN in session.sdk.container["token_names"] else None
    breaks = {"newline", "carriage-return"}.intersection(token.flaws if token else ())
    if len(breaks) > 1:
        session.fail("container_token_invalid", f"{_TOKEN} holds line breaks", place)
    if breaks:
        return absent(f"{_TOKEN} holds a line break", environment_variable(_TOKEN))
    return found(detail, offer, place)


def imds(session: Session, profile: str) -> Result:  # noqa: PLR0911  in the SDK's order
    """Judge the instance role; raises Raised for an endpoint mode that does not exist."""
    evidence, place = session.snapshot.imds, imds_place()
    endpoint = _endpoint(session, profile)
    if (session.text(_DISABLED) or "").lower() == "true":
        return absent(f"{_DISABLED} is true", environment_variable(_DISABLED))
    address = _address(endpoint)
    if address is None:
        return absent("the configured IMDS endpoint is no address of a host", place)
    doubt = _doubt(session, address)
    if doubt is not None:
        return undecided(doubt, place)
    if not evidence.probed:
        return absent(f"no IMDS here ({evidence.reason or 'not probed'})", place)
    token = evidence.token.status
    if token == _BAD_REQUEST or token in session.sdk.imds["token_refused_for_good"]:
        return absent(f"IMDS answers the token request with status {token}", place)
    if token != _OK and _v1_disabled(session, profile):
        return absent("no IMDSv2 token can be had and IMDSv1 is disabled", place)
    roles = evidence.roles_with_token if token == _OK else evidence.roles_without_token
    return _role(session, roles, "IMDSv2" if token == _OK else "IMDSv1")


def _role(session: Session, roles: HttpAttempt, version: str) -> Result:
    evidence, place = session.snapshot.imds, imds_place(_ROLES)
    if roles.status == _OK and evidence.role is not None:
        detail = f"role {evidence.role} of the instance through {version}"
        return found(detail, Offer("dynamic", account=evidence.account, role=evidence.role), place)
    timed_out = "timeout" in {roles.error, evidence.token.error}
    if timed_out and _MAYBE_EC2.intersection(session.snapshot.platform.contexts):
        return undecided("the probe of IMDS timed out, the SDK waits longer", place)
    if roles.status is not None:
        return absent(f"IMDS lists no role (status {roles.status})", place)
    return absent(f"no IMDS answers ({roles.error or evidence.token.error})", place)


def _configured(session: Session, profile: str, variable: str, key: str) -> Optional[str]:
    text = session.text(variable)
    if text is not None:
        return text
    setting = session.setting(profile, key)
    if setting is None:
        return None
    if setting.text is None:
        message = f'{key} of profile "{profile}" was not captured'
        raise Unknown(message)
    return setting.text


def _endpoint(session: Session, profile: str) -> str:
    name = "AWS_EC2_METADATA_SERVICE_ENDPOINT"
    mode = _configured(session, profile, f"{name}_MODE", "ec2_metadata_service_endpoint_mode")
    endpoint = _configured(session, profile, name, "ec2_metadata_service_endpoint")
    if endpoint is not None:
        return endpoint
    hosts: dict[str, str] = session.sdk.imds["endpoints"]
    host = hosts.get("ipv4" if mode is None else mode.lower())
    if host is None:
        message = f"the endpoint mode of IMDS is neither IPv4 nor IPv6: {mode!r}"
        session.fail("parameter", message, environment_variable(f"{name}_MODE"))
    return host


def _address(endpoint: str) -> Optional[str]:
    """Return what is asked, in plain http whatever the scheme; None for no address."""
    if endpoint in ("http://169.254.169.254", "http://[fd00:ec2::254]"):
        return f"{endpoint}:80"
    uri = re.match(_URI, endpoint)
    if uri is None or not uri.group("host"):
        return None
    port = uri.group("port")
    default = {"http": "80", "https": "443"}.get(uri.group("scheme").lower(), "80")
    return f"http://{uri.group('host')}:{port or default}"


def _doubt(session: Session, address: str) -> Optional[str]:
    """Return why the evidence does not tell what the SDK would meet, None when it does."""
    evidence = session.snapshot.imds
    if address != _address(evidence.endpoint):
        return "the SDK asks another IMDS endpoint than was probed"
    if evidence.endpoint.partition("//")[2].partition("/")[2].strip("/"):
        return "Ruby drops the path of the configured IMDS endpoint, which the probe kept"
    host = address.rpartition(":")[0].partition("//")[2]
    proxy = next((name for name in ("http_proxy", "HTTP_PROXY") if session.env(name)), None)
    listed = next((value for value in map(session.env, ("no_proxy", "NO_PROXY")) if value), None)
    spared = listed is not None and is_exempt("ruby", listed.text or "", host.strip("[]"))
    if proxy and not spared and not host.startswith(("127.", "localhost", "[::1]")):
        return f"IMDS: the requests may go through the proxy of {proxy}"
    slow = (evidence.token.milliseconds or 0, evidence.roles_without_token.milliseconds or 0)
    if evidence.token.status is not None and max(slow) > _PATIENCE_MILLISECONDS:
        return "IMDS answers about as slowly as the SDK's time-out"
    if not evidence.probed and {*_MAYBE_EC2, "container"}.intersection(
        session.snapshot.platform.contexts
    ):
        return f"IMDS was not asked ({evidence.reason or 'unknown reason'})"
    return None


def _v1_disabled(session: Session, profile: str) -> bool:
    if not session.sdk.imds["v1_can_be_disabled"]:
        return False
    name = "AWS_EC2_METADATA_V1_DISABLED"
    return (_configured(session, profile, name, name[4:].lower()) or "").lower() == "true"
