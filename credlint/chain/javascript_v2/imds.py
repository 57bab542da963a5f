"""The instance role through IMDS, judged on what the probe saw.

Source: aws-sdk 2.1693.0, lib/metadata_service.js, lib/credentials/ec2_metadata_credentials.js.
"""

from __future__ import annotations

from credlint.chain.javascript.address import Address, InvalidAddress, parse_address
from credlint.chain.javascript.region import MAYBE_EC2
from credlint.chain.javascript.session import Passed
from credlint.chain.javascript_v2.region import imds_endpoint
from credlint.chain.javascript_v2.session import Session
from credlint.chain.outcome import Raised, Result, Unknown, found
from credlint.model.location import environment_variable
from credlint.model.location import imds as imds_place
from credlint.model.metadata import HttpAttempt
from credlint.model.trace import Offer

_DISABLED = "AWS_EC2_METADATA_DISABLED"
_V1_DISABLED = "AWS_EC2_METADATA_V1_DISABLED"
_ROLES = "meta-data/iam/security-credentials/"
_BAD_REQUEST, _TOO_MANY, _SERVER_ERROR = 400, 429, 500
_OTHER = "the SDK asks another IMDS endpoint than was probed"


def imds(session: Session) -> Result:
    """Judge the instance role; an address that is none ends the process."""
    if session.env(_DISABLED) is not None:
        message = f"{_DISABLED} is set (any text counts)"
        raise Passed(message, environment_variable(_DISABLED))
    try:
        text = imds_endpoint(session)
        address = parse_address(text)
    except InvalidAddress:
        message = "the IMDS endpoint is no address, and nobody catches that"
        session.fail("TypeError", message, imds_place())
    if not text.startswith("http"):
        message = "the IMDS endpoint is no address of http"
        raise Passed(message, imds_place())
    _check_probed(session, address)
    evidence = session.snapshot.imds
    with_token = _is_success(evidence.token)
    if not with_token:
        _check_fallback(session, evidence.token)
    roles = evidence.roles_with_token if with_token else evidence.roles_without_token
    if not evidence.probed or not _is_success(roles):
        why = evidence.reason or f"status {roles.status}, {roles.error or 'no error'}"
        message = f"IMDS gives no role ({why})"
        raise Passed(message, imds_place(_ROLES))
    if evidence.reason is not None:
        raise Unknown(evidence.reason)
    if evidence.role is None:
        message = "IMDS lists no role, and the list is no JSON"
        raise Passed(message, imds_place(_ROLES))
    if evidence.info_code not in {None, "Success"}:
        message = f"iam/info reports {evidence.info_code}, so there may be no credentials"
        raise Unknown(message)
    offer = Offer("dynamic", role=evidence.role, account=evidence.account)
    place = imds_place(f"iam/security-credentials/{evidence.role}")
    version = "IMDSv2" if with_token else "IMDSv1"
    return found(f"instance role {evidence.role} ({version})", offer, place)


def _is_success(attempt: HttpAttempt) -> bool:
    return attempt.status is not None and 200 <= attempt.status < 300  # noqa: PLR2004


def _check_fallback(session: Session, token: HttpAttempt) -> None:
    """Raise Passed where version 1 is not tried after the token request has failed."""
    status = token.status
    if status is not None and (status in {_BAD_REQUEST, _TOO_MANY} or status >= _SERVER_ERROR):
        message = f"IMDS answers the token request with status {status}; version 1 is not tried"
        raise Passed(message, imds_place())
    if _v1_disabled(session):
        message = "no IMDSv2 token can be had and IMDSv1 is disabled"
        raise Passed(message, imds_place())


def _v1_disabled(session: Session) -> bool:
    if session.text(_V1_DISABLED) not in {"", "false"}:
        return True
    try:
        settings = session.profiles().get(session.usual_profile, {})
    except Raised:
        return False
    setting = settings.get("ec2_metadata_v1_disabled")
    return setting is not None and setting.text != "false"


def _check_probed(session: Session, address: Address) -> None:
    """Raise Unknown when the evidence does not tell what the SDK would meet."""
    evidence = session.snapshot.imds
    try:
        probed = parse_address(evidence.endpoint)
    except InvalidAddress:
        raise Unknown(_OTHER) from None
    if (probed.scheme, probed.host) != (address.scheme, address.host):
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
    # The SDK puts its own path behind the endpoint's, slash or not.
    if address.path.endswith("/") and any(attempt.status is not None for attempt in attempts):
        raise Unknown(_OTHER)
