"""The instance role through IMDS, judged on what the probe saw.

Source: @smithy/credential-provider-imds 4.5.2, ``fromInstanceMetadata``: status 400 of the token
request ends it, every other failure falls back to version 1 unless that is forbidden.
"""

from __future__ import annotations

from typing import Optional

from credlint.chain.javascript.address import Address, InvalidAddress, parse_address
from credlint.chain.javascript.region import MAYBE_EC2
from credlint.chain.javascript.session import Passed, Session
from credlint.chain.outcome import Result, Unknown, found
from credlint.model.location import environment_variable
from credlint.model.location import imds as imds_place
from credlint.model.metadata import HttpAttempt, ImdsEvidence
from credlint.model.trace import Offer

_ENDPOINT = "AWS_EC2_METADATA_SERVICE_ENDPOINT"
_V1_DISABLED = "AWS_EC2_METADATA_V1_DISABLED"
_DEFAULTS = {"IPv4": "http://169.254.169.254", "IPv6": "http://[fd00:ec2::254]"}
_ROLES = "meta-data/iam/security-credentials/"
_BAD_REQUEST = 400
_OTHER = "the SDK asks another IMDS endpoint than was probed"


def is_disabled(session: Session) -> bool:
    """Tell whether the default chain leaves IMDS out: any text but ``false``."""
    return session.text("AWS_EC2_METADATA_DISABLED") not in {"", "false"}


def default_imds(session: Session) -> Result:
    """Judge IMDS at the end of the chain."""
    if is_disabled(session):
        message = "AWS_EC2_METADATA_DISABLED is set"
        raise Passed(message, environment_variable("AWS_EC2_METADATA_DISABLED"))
    return imds(session)


def imds(session: Session) -> Result:
    """Judge the instance role, whatever AWS_EC2_METADATA_DISABLED says."""
    address = _endpoint(session)
    evidence = session.snapshot.imds
    if address.scheme != "http":
        session.fail("TypeError", "IMDS is asked by plain http alone", imds_place())
    _check_probed(session, address)
    token = evidence.token
    if token.status == _BAD_REQUEST:
        message = "IMDS answers the token request with status 400"
        raise Passed(message, imds_place())
    with_token = token.status is not None and _is_success(token)
    if not with_token and _v1_disabled(session):
        message = "no IMDSv2 token can be had and IMDSv1 is disabled"
        raise Passed(message, imds_place())
    roles = evidence.roles_with_token if with_token else evidence.roles_without_token
    if not evidence.probed or not _is_success(roles):
        why = evidence.reason or f"status {roles.status}, {roles.error or 'no error'}"
        message = f"IMDS gives no role ({why})"
        raise Passed(message, imds_place(_ROLES))
    return _role(session, evidence, "IMDSv2" if with_token else "IMDSv1")


def _is_success(attempt: HttpAttempt) -> bool:
    return attempt.status is not None and 200 <= attempt.status < 300  # noqa: PLR2004


def _endpoint(session: Session) -> Address:
    text: Optional[str] = None
    if session.is_set(_ENDPOINT):
        text = session.text(_ENDPOINT)
    else:
        text = _setting(session, "ec2_metadata_service_endpoint")
    if not text:
        name = f"{_ENDPOINT}_MODE"
        mode = session.text(name) if session.is_set(name) else None
        if mode is None:
            mode = _setting(session, "ec2_metadata_service_endpoint_mode")
        mode = "IPv4" if mode is None else mode
        if mode not in _DEFAULTS:
            message = "the IMDS endpoint mode is neither IPv4 nor IPv6"
            session.fail("Error", message, environment_variable(name))
        text = _DEFAULTS[mode]
    try:
        return parse_address(text)
    except InvalidAddress:
        session.fail("TypeError", "the IMDS endpoint is not an address", imds_place())


def _setting(session: Session, name: str, profile: Optional[str] = None) -> Optional[str]:
    # The endpoint is looked up without the program's profile: AWS_PROFILE or default.
    session.check()
    setting = session.preferring(
        "config", profile or session.text("AWS_PROFILE") or "default", name
    )
    if setting is None:
        return None
    if setting.text is None:
        message = f"{name} was not captured"
        raise Unknown(message)
    return setting.text


def _v1_disabled(session: Session) -> bool:
    if session.is_set(_V1_DISABLED):
        return session.text(_V1_DISABLED) not in {"", "false"}
    value = _setting(session, "ec2_metadata_v1_disabled", session.profile)
    return value is not None and value != "false"


def _check_probed(session: Session, address: Address) -> None:
    """Raise Unknown when the evidence does not tell what the SDK would meet."""
    evidence = session.snapshot.imds
    try:
        probed = parse_address(evidence.endpoint)
    except InvalidAddress:
        raise Unknown(_OTHER) from None
    # The SDK replaces the endpoint's path by its own.
    if probed.host != address.host or probed.path not in {"", "/"}:
        raise Unknown(_OTHER)
    if not MAYBE_EC2.intersection(session.snapshot.platform.contexts):
        return
    if not evidence.probed:
        message = f"IMDS was not asked ({evidence.reason or 'unknown reason'})"
        raise Unknown(message)
    attempts = (evidence.token, evidence.roles_with_token, evidence.roles_without_token)
    if any(attempt.error == "timeout" for attempt in attempts):
        message = "the probe of IMDS timed out, the SDK waits longer"
        raise Unknown(message)


def _role(session: Session, evidence: ImdsEvidence, version: str) -> Result:
    place = imds_place(_ROLES)
    if evidence.reason is not None:
        raise Unknown(evidence.reason)
    if evidence.role is None:
        # The list itself is then asked for as the document of a role without name.
        session.fail("SyntaxError", "IMDS lists no role, and the list is no JSON", place)
    if len(evidence.role_names) > 1:
        session.fail("TypeError", "IMDS lists several roles, which make no path", place)
    if evidence.info_code not in {None, "Success"}:
        message = f"iam/info reports {evidence.info_code}, so there may be no credentials"
        raise Unknown(message)
    offer = Offer("dynamic", role=evidence.role, account=evidence.account)
    place = imds_place(f"iam/security-credentials/{evidence.role}")
    return found(f"instance role {evidence.role} ({version})", offer, place)
