"""What environment and machine give: keys, the container endpoint, the instance role, region.

Source: aws-sdk-swift, AWSSDKIdentity/AWSCredentialIdentityResolvers
(EnvironmentAWSCredentialIdentityResolver.swift, ECSAWSCredentialIdentityResolver.swift,
IMDSAWSCredentialIdentityResolver.swift), IMDSClient/*.swift and AWSClientRuntime/Regions/*.swift.
The address of IMDS can be given by the program alone.
"""

from __future__ import annotations

from typing import Optional
from urllib.parse import urlsplit

from credlint.chain.crt.machine import FULL, RELATIVE, instance_role, reached
from credlint.chain.crt.profile import environment
from credlint.chain.crt.profile_file import Property
from credlint.chain.crt.session import Session, place_of, value_of
from credlint.chain.outcome import Raised, Result, Unknown, absent, fail, undecided
from credlint.chain.patterns import pattern
from credlint.model.captured import CapturedValue
from credlint.model.lean_dataclasses import replace
from credlint.model.location import environment_variable
from credlint.model.location import imds as imds_place
from credlint.model.trace import RegionChoice

_TOKEN = "AWS_CONTAINER_AUTHORIZATION_TOKEN"  # noqa: S105  the name of a variable
_TOKEN_FILE = "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"  # noqa: S105
_DISABLED, _ROLE = "AWS_EC2_METADATA_DISABLED", "AWS_EC2_INSTANCE_PROFILE_NAME"
_REGIONS = ("AWS_REGION", "AWS_DEFAULT_REGION")
_ADDRESS = "http://169.254.169.254"
_OCTET = "(?:[0-9]|[1-9][0-9]|1[0-9]{2}|2[0-4][0-9]|25[0-5])"
_IPV4 = pattern(rf"(?:{_OCTET}\.){{3}}{_OCTET}\Z")
_TRUTH = {"true": True, "false": False}
_PORTS = {"http": 80, "https": 443}
_OK = 200
env = environment


def ambient(session: Session) -> str:
    """Return the profile that everything reads which is given none."""
    return session.text_of("AWS_PROFILE") if session.env("AWS_PROFILE") is not None else "default"


def text(session: Session, profile: str, name: str) -> Optional[Property]:
    """Return a setting, empty ones too; one that holds a block of settings counts as none."""
    found = session.profile(profile)
    one = found.settings.get(name) if found is not None else None
    return None if one is None or one.inner else one


def check_files(session: Session) -> None:
    """Raise Raised where a file variable is empty: then nothing that looks into files works."""
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        value = session.env(name)
        if value is not None and not value:
            session.fail("files", f"{name} is empty", environment_variable(name))


def container(session: Session) -> Result:
    """Judge the endpoint; a token goes with the full address alone."""
    name = next((one for one in (RELATIVE, FULL) if session.env(one) is not None), None)
    if name is None:
        return absent(f"neither {RELATIVE} nor {FULL} is set")
    place, address = environment_variable(name), session.text_of(name)
    if name == FULL:
        _check_token(session)
    else:
        address = f"http://{session.sdk.container['relative_host']}{address}"
    try:
        parts = urlsplit(address)
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port, parts = None, None, urlsplit("")
    if host is None:
        session.fail("resolver", f"{name} is no address of a host", place)
    literal = _IPV4.match(host) is not None
    if parts.scheme != "https" and not literal:
        session.fail("resolver", f"{name} names a host in words or in IPv6, without https", place)
    allowed = session.sdk.container["allowed_hosts"]
    if literal and host not in allowed and not host.startswith("127."):
        session.fail("resolver", f"{name} names a host that is not allowed", place)
    doubt = _proxy(session)
    if doubt is not None:
        return undecided(f"the container endpoint: {doubt}", place)
    try:
        return reached(session, name, host, port or _PORTS.get(parts.scheme, 80))
    except Raised as raised:
        fail(session.sdk.error("resolver"), raised.error.message, raised.error.location)


def _check_token(session: Session) -> None:
    if session.env(_TOKEN_FILE) is not None:
        place = environment_variable(_TOKEN_FILE)
        fact = session.snapshot.path_fact(f"environment/{_TOKEN_FILE}")
        if fact is None or fact.status in {"absent", "unreadable", "not-a-file"}:
            session.fail("resolver", f"the file of {_TOKEN_FILE} cannot be read", place)
        if fact.newline:
            # Line breaks at its ends are taken off; where they stand was not captured.
            message = f"the file of {_TOKEN_FILE} holds a line break"
            raise Unknown(message)
        if fact.error is None:
            return
    token = session.env(_TOKEN)
    if token is not None and {"newline", "carriage-return"} & set(token.flaws):
        session.fail("resolver", f"{_TOKEN} holds a line break", environment_variable(_TOKEN))


def _proxy(session: Session) -> Optional[str]:
    name = next((one for one in ("http_proxy", "HTTP_PROXY") if session.filled(one)), None)
    return None if name is None else f"the requests may go through the proxy of {name}"


def imds(session: Session) -> Result:
    """Judge the instance role; kind absent means that asking for it fails."""
    check_files(session)
    own = _setting(session, _ROLE, "ec2_instance_profile_name")
    if own is not None and (not own or "blank" in own.flaws):
        session.fail("imds", f"{_ROLE} is blank", environment_variable(_ROLE))
    place = environment_variable(_DISABLED)
    if _is_disabled(session):
        return absent(f"IMDS is disabled by {_DISABLED} or the profile", place)
    doubt = _proxy(session)
    if doubt is not None:
        return undecided(f"IMDS: {doubt}", imds_place())
    result = instance_role(session, _ADDRESS)
    if result.kind != "found":
        return result
    evidence = session.snapshot.imds
    if evidence.token.status != _OK:
        return absent("IMDS gives no token, and IMDSv1 is never used", imds_place())
    if len(evidence.role_names) != 1 and own is None:
        session.fail("imds", "IMDS lists several roles", imds_place())
    if own is not None and own.text != evidence.role:
        return undecided(f"whether IMDS has the role of {_ROLE} was not asked", imds_place())
    return result


def _is_disabled(session: Session) -> bool:
    value = session.env(_DISABLED)
    if value is not None and (value.text or "").lower() in _TRUTH:
        return _TRUTH[(value.text or "").lower()]
    one = text(session, ambient(session), "disable_ec2_metadata")
    return one is not None and _TRUTH.get(one.text.lower(), False)


def _setting(session: Session, variable: str, key: str) -> Optional[CapturedValue]:
    value = session.env(variable)
    if value is not None:
        return value
    one = text(session, ambient(session), key)
    return None if one is None else value_of(one)


def region_of(session: Session) -> RegionChoice:
    """Return the region of clients that the program gives none; raises Unknown."""
    for name in _REGIONS:
        if session.env(name) is not None:
            value = session.text_of(name)
            return RegionChoice(value, f"env:{name}", environment_variable(name))
    if session.has_paths:
        profile = ambient(session)
        one = text(session, profile, "region")
        if one is not None:
            return RegionChoice(value_of(one).text, f"profile:{profile}", place_of(one))
    evidence = session.snapshot.imds
    asked = instance_role(session, _ADDRESS)
    if asked.kind == "undecided":
        raise Unknown(asked.detail)
    # Unlike the role, the region is asked for even where IMDS is disabled.
    if evidence.endpoint.rstrip("/") != _ADDRESS or not evidence.placement_region:
        return RegionChoice()
    return RegionChoice(evidence.placement_region, "imds", imds_place("meta-data/placement/region"))


def choose_region(session: Session) -> tuple[RegionChoice, Optional[str]]:
    """Return the choice and, if it cannot be told, a note for people."""
    try:
        choice = region_of(session)
    except Unknown as reason:
        return RegionChoice(), f"the region cannot be told: {reason}"
    others = []
    for name in _REGIONS:
        value = session.filled(name)
        if value is not None and value.text and f"env:{name}" != choice.source:
            others.append((f"env:{name}", value.text))
    for profile in dict.fromkeys((ambient(session), session.name)):
        one = text(session, profile, "region")
        told = value_of(one).text if one is not None else None
        if told and f"profile:{profile}" != choice.source:
            others.append((f"profile:{profile}", told))
    return replace(choice, ignored=tuple(others)), None
