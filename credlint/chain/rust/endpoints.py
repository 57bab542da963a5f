"""What is asked over the network without AWS keys: the container endpoint and IMDS.

Sources: aws-config 1.13.0, ecs.rs, http_credential_provider.rs, imds/client.rs,
imds/client/token.rs, imds/credentials.rs, imds/region.rs. Nothing of it is requested here but
what the probe of IMDS asked. The SDK knows version 2 of IMDS alone, and no proxy.
"""

from __future__ import annotations

import ipaddress

from credlint.chain.outcome import Result, Unknown, absent, found, undecided
from credlint.chain.rust.session import Session, known_text, place_of
from credlint.chain.rust.uri import Uri, parse_uri
from credlint.model.location import Location, environment_variable
from credlint.model.location import imds as imds_place
from credlint.model.metadata import ImdsEvidence
from credlint.model.trace import Offer

RELATIVE = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"
FULL = "AWS_CONTAINER_CREDENTIALS_FULL_URI"
_TOKEN = "AWS_CONTAINER_AUTHORIZATION_TOKEN"  # noqa: S105  the name of a variable
_TOKEN_FILE = "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"  # noqa: S105
_NOT_IN_A_HEADER = {"newline", "carriage-return", "control-character"}
_DISABLED = "AWS_EC2_METADATA_DISABLED"
_ENDPOINT = "AWS_EC2_METADATA_SERVICE_ENDPOINT"
_MODE = "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE"
_DEFAULT = {"ipv4": "http://169.254.169.254", "ipv6": "http://[fd00:ec2::254]"}
_ROLES = "meta-data/iam/security-credentials/"
_OK, _NOT_FOUND = 200, 404
_MAYBE_EC2 = frozenset({"ec2", "ecs", "eks"})
_NOT_TOLD = _MAYBE_EC2 | {"container"}


def container(session: Session) -> Result:
    """Judge the endpoint; its token is looked at first, even where no endpoint is named."""
    _check_token(session)
    name = next((name for name in (RELATIVE, FULL) if session.env(name) is not None), None)
    if name is None:
        return absent(f"neither {RELATIVE} nor {FULL} is set")
    place, offer = environment_variable(name), Offer("dynamic")
    host = _container_uri(session, name)[1].strip("[]").lower()
    detail = f"the container credentials endpoint named by {name}"
    evidence = session.snapshot.container
    if evidence.variable != name or evidence.host != host:
        return undecided(f"{detail} is another than was probed", place, offer)
    if evidence.reachable == "yes":
        return found(detail, offer, place)
    if evidence.reachable in {"refused", "unreachable"}:
        message = f"the endpoint does not answer ({evidence.reachable})"
        session.fail("container_failed", message, place)
    return undecided(f"{detail} was not reached by the probe", place, offer)


def _check_token(session: Session) -> None:
    if session.env(_TOKEN_FILE) is not None:
        fact = session.snapshot.path_fact(f"environment/{_TOKEN_FILE}")
        place = environment_variable(_TOKEN_FILE)
        if fact is None:
            message = f"the file of {_TOKEN_FILE} was not looked at"
            raise Unknown(message)
        if fact.status not in {"present", "empty"}:
            session.fail("source_failed", f"the file of {_TOKEN_FILE} cannot be read", place)
        if fact.newline:
            message = f"the file of {_TOKEN_FILE} holds a line break"
            session.fail("profile_invalid", message, place)
        return
    token = session.env(_TOKEN)
    if token is not None and _NOT_IN_A_HEADER.intersection(token.flaws):
        message = f"{_TOKEN} holds a character that no header may have"
        session.fail("profile_invalid", message, environment_variable(_TOKEN))


def _container_uri(session: Session, name: str) -> Uri:
    value, place = session.env(name), environment_variable(name)
    uri = parse_uri(known_text(value, name)) if value is not None else None
    if uri is None:
        session.fail("profile_invalid", f"{name} is no address", place)
    if name == RELATIVE:
        return "http", session.sdk.container["relative_host"]
    scheme, host = uri
    if scheme == "https":
        return uri
    if not host:
        session.fail("profile_invalid", f"{name} is no address of a host", place)
    if not _is_allowed(session, host.strip("[]"), place):
        message = f"{name} names a host that is neither loopback nor one of ECS and EKS"
        session.fail("profile_invalid", message, place)
    if not scheme:
        session.fail("panic", f"{name} has no scheme", place)
    return uri


def _is_allowed(session: Session, host: str, place: Location) -> bool:
    if host.lower() == "localhost":
        return True
    if host.lower().endswith(".invalid"):
        # RFC 6761, section 6.4: such a name stands for nothing anywhere.
        session.fail("profile_invalid", f"{FULL} names a host that does not exist", place)
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        message = f'what the host "{host}" of {FULL} stands for is not looked up'
        raise Unknown(message) from None
    allowed = session.sdk.container["allowed_hosts"]
    return address.is_loopback or any(address == ipaddress.ip_address(one) for one in allowed)


def imds(session: Session) -> Result:
    """Judge the instance role; a token or an answer that is not had raises Raised."""
    place = imds_place()
    if is_disabled(session):
        return absent(f"{_DISABLED} is true", environment_variable(_DISABLED))
    reached = reached_imds(session)
    if reached.kind != "found":
        return reached
    evidence = session.snapshot.imds
    roles = evidence.roles_with_token
    if roles.status == _NOT_FOUND:
        return absent("the instance has no role (IMDS answers with status 404)", place)
    if roles.status != _OK:
        message = f"IMDS does not list the roles ({roles.status or roles.error or 'not asked'})"
        session.fail("source_failed", message, place)
    if evidence.role is None:
        session.fail("imds_document", "IMDS lists an empty role", place)
    offer = Offer("dynamic", account=evidence.account, role=evidence.role)
    return found(f"role {evidence.role} of the instance through IMDSv2", offer, imds_place(_ROLES))


def is_disabled(session: Session) -> bool:
    """Tell whether IMDS is switched off, for credentials and region alike."""
    disabled = session.env(_DISABLED)
    return disabled is not None and (disabled.text or "").lower() == "true"


def reached_imds(session: Session) -> Result:
    """Tell whether a token of IMDS is had: found, absent or undecided; may raise Raised."""
    place = imds_place()
    (scheme, _), asked = _endpoint(session)
    if scheme not in {"http", "https"}:
        return absent("the configured IMDS endpoint has no scheme that can be used", place)
    evidence = session.snapshot.imds
    if asked.rstrip("/") != evidence.endpoint.rstrip("/"):
        if scheme == "https":
            return undecided("IMDS is to be asked by https, which the probe does not do", place)
        return undecided("the SDK asks another IMDS endpoint than was probed", place)
    return _token(session, evidence)


def _token(session: Session, evidence: ImdsEvidence) -> Result:
    place, token = imds_place(), evidence.token
    contexts = session.snapshot.platform.contexts
    if not evidence.probed:
        reason = evidence.reason or "not probed"
        if _NOT_TOLD.intersection(contexts):
            return undecided(f"IMDS was not asked ({reason})", place)
        return absent(f"no IMDS here ({reason})", place)
    if token.status == _OK:
        return found("IMDS gives a token", Offer("dynamic"), place)
    if token.status is not None:
        message = f"IMDS gives no token (status {token.status}), and the SDK knows IMDSv2 alone"
        session.fail("source_failed", message, place)
    if token.error == "timeout" and _MAYBE_EC2.intersection(contexts):
        return undecided("the probe of IMDS timed out, the SDK waits longer", place)
    return absent(f"no IMDS answers ({token.error})", place)


def _endpoint(session: Session) -> tuple[Uri, str]:
    """Return the endpoint parsed and as it is written; raises Raised when Rust refuses it."""
    value = session.either(_ENDPOINT, "ec2_metadata_service_endpoint")
    if value is not None:
        text = known_text(value, "the IMDS endpoint")
        uri = parse_uri(text)
        if uri is None:
            place = place_of(value, _ENDPOINT)
            session.fail("source_failed", "the IMDS endpoint is no address", place)
        return uri, text
    mode = session.either(_MODE, "ec2_metadata_service_endpoint_mode")
    name = "ipv4" if mode is None else known_text(mode, "the IMDS endpoint mode").lower()
    if mode is not None and name not in _DEFAULT:
        place = place_of(mode, _MODE)
        session.fail("source_failed", "the IMDS endpoint mode is neither IPv4 nor IPv6", place)
    host = _DEFAULT[name]
    return ("http", host[len("http://") :]), host
