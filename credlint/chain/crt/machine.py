"""What the machine gives: the container endpoint and the instance role.

Sources: aws-c-auth source/credentials_provider_ecs.c, aws_imds_client.c,
credentials_provider_default_chain.c and aws-c-common uri.c as packed in awscrt 0.38.0. IMDS is
in the chain only where no container provider could be made; a container provider whose token
file cannot be read never answers, and the whole chain with it.
"""

from __future__ import annotations

import ipaddress
from typing import Optional

from credlint.chain.crt.session import Session
from credlint.chain.outcome import Result, absent, found, undecided
from credlint.chain.patterns import pattern
from credlint.model.lean_tuples import NamedTuple
from credlint.model.location import Location, environment_variable
from credlint.model.location import imds as imds_place
from credlint.model.trace import Offer

RELATIVE = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"
FULL = "AWS_CONTAINER_CREDENTIALS_FULL_URI"
_TOKEN = "AWS_CONTAINER_AUTHORIZATION_TOKEN"  # noqa: S105  the name of a variable
_TOKEN_FILE = "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"  # noqa: S105
_DISABLED = "AWS_EC2_METADATA_DISABLED"
_ENDPOINT = "AWS_EC2_METADATA_SERVICE_ENDPOINT"
_MODE = "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE"
_ROLES = "meta-data/iam/security-credentials/"
_EC2_HOSTS = frozenset({"169.254.169.254", "fd00:ec2::254"})
_OK, _BAD_REQUEST = 200, 400
_MAYBE_EC2 = frozenset({"ec2", "ecs", "eks"})
_PORT = pattern(r"[0-9]{1,10}\Z")
# Answers within this many milliseconds are sure to be waited for.
_FAST = 800


class Address(NamedTuple):
    """An address as the Common Runtime splits it; ``port`` 0 where none is named."""

    scheme: str
    host: str
    port: int
    path: str


def split(text: str) -> Optional[Address]:
    """Return the parts of an address, None where the reader refuses it (uri.c)."""
    scheme, colon, rest = text.partition(":")
    if colon and rest.startswith("/"):
        if not rest.startswith("//"):
            return None
        text = rest[2:]
    else:
        scheme = ""
    if not text:
        return None
    slash, mark = text.find("/"), text.find("?")
    end = slash if slash >= 0 else mark if mark >= 0 else len(text)
    authority, path = text[:end], text[end:]
    authority = authority.partition("@")[2] if "@" in authority else authority
    host, colon, port = authority.partition(":")
    if authority.startswith("["):
        inner, bracket, after = authority[1:].partition("]")
        if not bracket:
            return None
        host, colon, port = inner, after[:1], after[1:]
    if port and not _PORT.match(port):
        return None
    return Address(scheme.lower(), host, int(port or 0), path)


def container(session: Session) -> Result:
    """Judge the endpoint; raises Raised when asking it fails, never answers or is refused."""
    relative, full = session.text_of(RELATIVE), session.text_of(FULL)
    name = RELATIVE if relative else FULL
    if not relative and not full:
        return absent(f"neither {RELATIVE} nor {FULL} is set")
    place = environment_variable(name)
    address = Address("http", session.sdk.container["relative_host"], 80, relative)
    if not relative:
        parsed = split(full)
        if parsed is None:
            return absent(f"{FULL} is no address, and IMDS is asked instead", place)
        address = parsed
    _check_token_file(session)
    if not relative:
        _check_host(session, address, place)
    elif not relative.startswith("/"):
        session.fail("container", f"{RELATIVE} does not begin with a slash", place)
    _check_token(session)
    port = address.port or (443 if address.scheme == "https" else 80)
    return reached(session, name, address.host, port)


def has_container(session: Session) -> bool:
    """Tell whether a container provider is made, which takes IMDS out of the chain."""
    relative, full = session.text_of(RELATIVE), session.text_of(FULL)
    return bool(relative) or bool(full and split(full) is not None)


def _check_token_file(session: Session) -> None:
    path = session.text_of(_TOKEN_FILE)
    if not path:
        return
    fact = session.snapshot.named_file("container-token", path)
    if fact is not None and fact.status in {"absent", "unreadable", "not-a-file"}:
        message = f"the file of {_TOKEN_FILE} cannot be read, and the request is never answered"
        session.fail("never_returns", message, environment_variable(_TOKEN_FILE))


def _check_token(session: Session) -> None:
    path, place = session.text_of(_TOKEN_FILE), environment_variable(_TOKEN_FILE)
    if path:
        fact = session.snapshot.named_file("container-token", path)
        if fact is not None and fact.newline:
            session.fail("container", f"the file of {_TOKEN_FILE} holds a line break", place)
        return
    token = session.filled(_TOKEN)
    if token is not None and {"newline", "carriage-return"} & set(token.flaws):
        session.fail("container", f"{_TOKEN} holds a line break", environment_variable(_TOKEN))


def _check_host(session: Session, address: Address, place: Location) -> None:
    if address.scheme == "https" or address.host == session.sdk.container["relative_host"]:
        return
    if not address.host or address.host.lower().endswith(".invalid"):
        session.fail("host", f"{FULL} names no host", place)
    try:
        number = ipaddress.ip_address(address.host)
    except ValueError:
        return  # what the name stands for is seen by the probe, or not told
    if not number.is_loopback and address.host not in session.sdk.container["allowed_hosts"]:
        message = f"{FULL} names a host that is neither loopback nor one of ECS and EKS"
        session.fail("container_host", message, place)


def reached(session: Session, name: str, host: str, port: int) -> Result:
    """Judge an endpoint that the SDK asks by what the probe saw of it."""
    snapshot, place = session.snapshot, environment_variable(name)
    detail, offer = f"the container credentials endpoint named by {name}", Offer("dynamic")
    evidence = next(
        (
            one
            for one in (snapshot.container, snapshot.container_other)
            if (one.host, one.port) == (host.lower(), port)
        ),
        None,
    )
    if evidence is None or evidence.reachable == "not-probed":
        return undecided(f"{detail} was not reached by the probe", place, offer)
    if evidence.reachable in {"refused", "unreachable"}:
        message = f"the container endpoint does not answer ({evidence.reachable})"
        session.fail("container", message, place)
    if evidence.reachable != "yes":
        return undecided(f"{detail} did not answer the probe in time", place, offer)
    return found(detail, offer, place)


def is_disabled(session: Session) -> bool:
    """Tell whether IMDS is left out of the chain: everything but false does that."""
    return session.env(_DISABLED) is not None and session.text_of(_DISABLED).lower() != "false"


def imds_in_chain(session: Session) -> Result:
    """Judge the instance role as the last source of the default chain."""
    if has_container(session):
        return absent("not asked because a container endpoint is configured")
    if is_disabled(session):
        message = f"{_DISABLED} is set to something else than false"
        return absent(message, environment_variable(_DISABLED))
    return imds(session)


def imds(session: Session) -> Result:
    """Judge the instance role; kind absent means that asking for credentials fails.

    The path of a configured address is dropped, and one that cannot be split gives way to the
    default one.
    """
    text = session.text_of(_ENDPOINT)
    address = split(text) if text else None
    if address is None:
        six = session.text_of(_MODE).lower() == "ipv6"
        host = "[fd00:ec2::254]" if six else "169.254.169.254"
        return instance_role(session, f"http://{host}")
    host = f"[{address.host}]" if ":" in address.host else address.host
    port = f":{address.port}" if address.port else ""
    return instance_role(session, f"{address.scheme or 'http'}://{host}{port}")


def instance_role(session: Session, asked: str) -> Result:  # noqa: PLR0911  in the SDK's order
    """Judge the instance role by what the probe saw at the address that the SDK asks."""
    evidence, place = session.snapshot.imds, imds_place()
    maybe_ec2 = bool(_MAYBE_EC2.intersection(session.snapshot.platform.contexts))
    if _plain(asked) != _plain(evidence.endpoint):
        of_ec2 = (_plain(asked) or Address("", "", 0, "")).host in _EC2_HOSTS
        if maybe_ec2 or not of_ec2:
            return undecided("the SDK asks another IMDS endpoint than was probed", place)
        return absent("no IMDS at the address that the SDK asks", place)
    slow = (evidence.token.milliseconds or 0, evidence.roles_without_token.milliseconds or 0)
    if evidence.token.status is not None and max(slow) > _FAST:
        return undecided("IMDS answers about as slowly as the SDK's time-out", place)
    if not evidence.probed:
        why = evidence.reason or "not probed"
        if maybe_ec2 or "container" in session.snapshot.platform.contexts:
            return undecided(f"IMDS was not asked ({why})", place)
        return absent(f"no IMDS here ({why})", place)
    if evidence.token.status == _BAD_REQUEST:
        return absent("IMDS answers the token request with status 400", place)
    with_token = evidence.token.status == _OK
    roles = evidence.roles_with_token if with_token else evidence.roles_without_token
    if roles.status == _OK and evidence.role is not None:
        version = "IMDSv2" if with_token else "IMDSv1"
        detail = f"role {evidence.role} of the instance through {version}"
        offer = Offer("dynamic", account=evidence.account, role=evidence.role)
        return found(detail, offer, imds_place(_ROLES))
    if "timeout" in {roles.error, evidence.token.error} and maybe_ec2:
        return undecided("the probe of IMDS timed out, the SDK waits longer", place)
    if roles.status is not None:
        return absent(f"IMDS lists no role (status {roles.status})", imds_place(_ROLES))
    return absent(f"no IMDS answers ({roles.error or evidence.token.error})", place)


def _plain(endpoint: str) -> Optional[Address]:
    """Return an address with its port and without a last slash, to be compared."""
    address = split(endpoint)
    if address is None:
        return None
    port = address.port or (443 if address.scheme == "https" else 80)
    return Address(address.scheme or "http", address.host.lower(), port, address.path.rstrip("/"))
