"""The metadata service, judged on what the probe saw.

Sources: auth 2.57.8 InstanceProfileCredentialsProvider and Ec2MetadataConfigProvider, regions
2.57.8 EC2MetadataUtils: status 400 of the token request ends it, every other failure falls back
to version 1 unless that is forbidden. Both read the profile for their settings, so a file with a
refused line takes the instance role away as well.
"""

from __future__ import annotations

import re
from typing import Optional

from credlint.chain.java.session import Session, text_of
from credlint.chain.outcome import Result, Unknown, absent, found
from credlint.chain.patterns import pattern
from credlint.model.location import environment_variable
from credlint.model.location import imds as imds_place
from credlint.model.metadata import HttpAttempt
from credlint.model.trace import Offer

_OK = 200
_BAD_REQUEST = 400
_NOT_FOUND = 404
_ROLES = "meta-data/iam/security-credentials/"
_MAYBE_EC2 = frozenset({"ec2", "ecs", "eks"})
_NOT_TOLD = _MAYBE_EC2 | {"container"}
_DISABLED = "AWS_EC2_METADATA_DISABLED"
_V1_DISABLED = "AWS_EC2_METADATA_V1_DISABLED"
_ENDPOINT = "AWS_EC2_METADATA_SERVICE_ENDPOINT"
_MODE = "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE"
_TIMEOUT = "AWS_METADATA_SERVICE_TIMEOUT"
_DEFAULTS = {"ipv4": "http://169.254.169.254", "ipv6": "http://[fd00:ec2::254]"}
ADDRESS = pattern(r"https?://([A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(:[0-9]+)?(/[^\s]*)?\Z")
# Double.parseDouble, hexadecimal forms aside.
_NUMBER = r"(?a)[+-]?(NaN|Infinity|([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?[fFdD]?)\Z"
_SLOW = 700  # milliseconds; the SDK waits for one second unless it is told otherwise


def imds(session: Session, profile: Optional[str] = None) -> Result:
    """Judge the instance role for a profile; raises Raised where a setting cannot be used."""
    profile = session.profile if profile is None else profile
    place, evidence = imds_place(), session.snapshot.imds
    if session.boolean(_DISABLED):
        return absent(f"{_DISABLED} is true", environment_variable(_DISABLED))
    asked = _endpoint(session, profile)
    wait = _wait(session, profile)
    if wait is None or ADDRESS.match(asked) is None:
        what = "time-out" if wait is None else "endpoint"
        return absent(f"the configured {what} of IMDS cannot be used", place)
    doubt(session, asked)
    if not evidence.probed:
        return absent(f"no IMDS here ({evidence.reason or 'not probed'})", place)
    roles, version = _roles(session, profile)
    if roles.status == _OK and evidence.role is not None:
        if asked.endswith("/"):
            message = "IMDS is asked with two slashes in a row, which the probe did not do"
            raise Unknown(message)
        detail = f"role {evidence.role} of the instance through {version}"
        return found(detail, Offer("dynamic", account=evidence.account, role=evidence.role), place)
    late(session, roles)
    if roles.status is not None:
        return absent(f"IMDS lists no role (status {roles.status})", place)
    return absent(f"no IMDS answers ({roles.error or evidence.token.error})", place)


def region_from_imds(session: Session) -> Optional[str]:
    """Return the region of the identity document; raises Raised or Unknown."""
    evidence = session.snapshot.imds
    if session.boolean(_DISABLED):
        return None
    asked = _endpoint(session, session.own_profile)
    if ADDRESS.match(asked) is None:
        return None
    doubt(session, asked)
    if not evidence.probed:
        return None
    document, _ = _roles(session, session.own_profile)
    if evidence.region is not None and asked.endswith("/"):
        message = "IMDS is asked with two slashes in a row, which the probe did not do"
        raise Unknown(message)
    if evidence.region is None:
        late(session, document)
    return evidence.region


def _roles(session: Session, profile: str) -> tuple[HttpAttempt, str]:
    """Return what the list of roles answered the SDK; raises Raised where it does not ask."""
    evidence = session.snapshot.imds
    if evidence.token.status == _OK:
        return evidence.roles_with_token, "IMDSv2"
    if evidence.token.status == _BAD_REQUEST:
        session.fail("imds_failed", "IMDS answers the token request with status 400", imds_place())
    if _v1_disabled(session, profile):
        session.fail("imds_failed", "no IMDSv2 token can be had and IMDSv1 is disabled")
    return evidence.roles_without_token, "IMDSv1"


def _v1_disabled(session: Session, profile: str) -> bool:
    value = session.boolean(_V1_DISABLED)
    if value is None:
        setting = session.own("ec2_metadata_v1_disabled", profile)
        if setting is not None:
            value = session.truth(setting.name, text_of(setting), setting.location)
    return bool(value)


def _endpoint(session: Session, profile: str) -> str:
    given = session.system(_ENDPOINT)
    if given is not None:
        return given.text
    setting = session.own("ec2_metadata_service_endpoint", profile)
    if setting is not None:
        return text_of(setting)
    named = session.system(_MODE)
    own = session.own("ec2_metadata_service_endpoint_mode", profile) if named is None else None
    mode = named.text if named is not None else text_of(own) if own is not None else "ipv4"
    if mode.lower() not in _DEFAULTS:
        session.fail("invalid_value", f"{_MODE} is neither IPv4 nor IPv6")
    return _DEFAULTS[mode.lower()]


def _wait(session: Session, profile: str) -> Optional[float]:
    """Return the time-out in seconds (0: none), None when it is one that cannot be used."""
    given = session.system(_TIMEOUT)
    setting = session.own("metadata_service_timeout", profile) if given is None else None
    if given is None and setting is None:
        return 1
    text = given.text if given is not None else text_of(setting) if setting is not None else ""
    if re.match(_NUMBER, text) is None:
        return None
    number = float(text.rstrip("fFdD") if text[-1:] in "fFdD" else text)
    return None if number < 0 else number


def doubt(session: Session, asked: str) -> None:
    """Raise Unknown where the evidence does not tell what the SDK would meet."""
    evidence = session.snapshot.imds
    reason = None
    if asked.rstrip("/") != evidence.endpoint.rstrip("/"):
        reason = "the SDK asks another IMDS endpoint than was probed"
    elif not evidence.probed and _NOT_TOLD.intersection(session.snapshot.platform.contexts):
        reason = f"IMDS was not asked ({evidence.reason or 'unknown reason'})"
    elif evidence.token.status is not None and _slowest(session) > _SLOW:
        reason = "IMDS answers about as slowly as the SDK's time-out"
    if reason is not None:
        raise Unknown(reason)


def _slowest(session: Session) -> int:
    evidence = session.snapshot.imds
    return max(evidence.token.milliseconds or 0, evidence.roles_without_token.milliseconds or 0)


def late(session: Session, attempt: HttpAttempt) -> None:
    """Raise Unknown where a service is there that the SDK would wait longer for."""
    evidence = session.snapshot.imds
    if "timeout" not in {attempt.error, evidence.token.error}:
        return
    connected = HttpAttempt() != evidence.roles_without_token
    if connected or _MAYBE_EC2.intersection(session.snapshot.platform.contexts):
        message = "the probe of IMDS timed out, the SDK waits longer"
        raise Unknown(message)
