"""The metadata service as the AWS SDK for Java v1 asks it, judged on what the probe saw.

Source: aws-java-sdk-core 1.12.797, InstanceMetadataServiceResourceFetcher, EC2MetadataUtils,
ConnectionUtils: only an answer that is neither 400 nor of the server's own kind, or none in time,
falls back to version 1.
"""

from __future__ import annotations

import re
from typing import Optional

from credlint.chain.java.imds import ADDRESS, doubt, late
from credlint.chain.java_v1.session import Session
from credlint.chain.outcome import Result, Unknown, absent, found
from credlint.model.location import environment_variable
from credlint.model.location import imds as imds_place
from credlint.model.metadata import HttpAttempt
from credlint.model.trace import Offer

_OK = 200
_BAD_REQUEST = 400
_ROLES = "meta-data/iam/security-credentials/"
_DISABLED = "AWS_EC2_METADATA_DISABLED"
_V1_DISABLED = "AWS_EC2_METADATA_V1_DISABLED"
_ENDPOINT = "AWS_EC2_METADATA_SERVICE_ENDPOINT"
_TIMEOUT = "AWS_METADATA_SERVICE_TIMEOUT"
_DEFAULT = "http://169.254.169.254"
_INTEGER = r"(?a)[+-]?[0-9]+\Z"
_NUMBER = r"(?a)\s*[+-]?(NaN|([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?[fFdD]?)\s*\Z"
_WRAP, _LARGEST = 2**32, 2**31


def check_wait(session: Session) -> None:
    """Raise Raised for a time-out that keeps the SDK's classes from being loaded."""
    given = session.env(_TIMEOUT)
    if given is None or not given.value.length:
        return
    text = session.raw(given)
    milliseconds: Optional[int] = None
    if re.match(_INTEGER, text) is not None and -_LARGEST <= int(text) < _LARGEST:
        milliseconds = (int(text) * 1000 + _LARGEST) % _WRAP - _LARGEST
    elif re.match(_NUMBER, text) is not None and "NaN" not in text:
        number = float(text.strip().rstrip("fFdD")) * 1000
        milliseconds = round(number) if abs(number) < _LARGEST else None
    if milliseconds is None or milliseconds <= 0:
        session.fail("class_not_loaded", f"{_TIMEOUT} is no positive number", given.place)


def imds(session: Session) -> Result:
    """Judge the instance role; raises Raised where it fails."""
    place, evidence = imds_place(), session.snapshot.imds
    if session.is_true(_DISABLED):
        return absent(f"{_DISABLED} is true", environment_variable(_DISABLED))
    asked = _endpoint(session)
    if ADDRESS.match(asked) is None:
        return absent("the configured endpoint of IMDS cannot be used", place)
    doubt(session, asked)
    if not evidence.probed:
        return absent(f"no IMDS here ({evidence.reason or 'not probed'})", place)
    roles = _roles(session, asked)
    if roles.status == _OK and evidence.role is not None:
        version = "IMDSv2" if evidence.token.status == _OK else "IMDSv1"
        detail = f"role {evidence.role} of the instance through {version}"
        return found(detail, Offer("dynamic", account=evidence.account, role=evidence.role), place)
    late(session, roles)
    if roles.status is not None:
        return absent(f"IMDS lists no role (status {roles.status})", place)
    return absent(f"no IMDS answers ({roles.error or evidence.token.error})", place)


def region_from_imds(session: Session) -> Optional[str]:
    """Return the region of the identity document; raises Raised or Unknown."""
    evidence = session.snapshot.imds
    if session.is_true(_DISABLED):
        return None
    check_wait(session)
    asked = _endpoint(session)
    if ADDRESS.match(asked) is None:
        return None
    doubt(session, asked)
    if not evidence.probed:
        return None
    document = _roles(session, asked)
    if evidence.region is None:
        late(session, document)
    return evidence.region


def _roles(session: Session, asked: str) -> HttpAttempt:
    evidence = session.snapshot.imds
    token = evidence.token
    if token.status is not None and asked.endswith("/"):
        message = "IMDS is asked with two slashes in a row, which the probe did not do"
        raise Unknown(message)
    if token.status == _OK:
        return evidence.roles_with_token
    if token.status is None:
        late(session, token)
        return token
    if token.status == _BAD_REQUEST or 500 <= token.status < 600:  # noqa: PLR2004
        message = f"IMDS answers the token request with status {token.status}"
        session.fail("imds_failed", message, imds_place())
    profile = session.setting_of_config("ec2_metadata_v1_disabled")
    if session.is_true(_V1_DISABLED) or (profile or "").lower() == "true":
        session.fail("imds_failed", "no IMDSv2 token can be had and IMDSv1 is disabled")
    return evidence.roles_without_token


def _endpoint(session: Session) -> str:
    given = session.property(_ENDPOINT) or session.env(_ENDPOINT)
    return session.raw(given) if given is not None else _DEFAULT
