"""The instance role through IMDS, judged on what the probe saw.

Source: aws-sdk-go-v2 feature/ec2/imds 1.20.7: request_middleware.go (the path of a configured
endpoint is dropped), token_provider.go (status 400 of the token request ends it, every other
failure falls back to version 1 unless that is forbidden); aws-sdk-go 1.55.8, aws/ec2metadata
service.go and token_provider.go do the same.
"""

from __future__ import annotations

from typing import Optional
from urllib.parse import urlsplit

from credlint.chain.go.proxy import proxy_doubt
from credlint.chain.go.session import Session
from credlint.chain.outcome import Result, absent, at_first_use, found, undecided
from credlint.model.location import environment_variable
from credlint.model.location import imds as imds_place
from credlint.model.metadata import HttpAttempt, ImdsEvidence
from credlint.model.trace import Offer, SdkError

_OK = 200
_BAD_REQUEST = 400
_ROLES = "meta-data/iam/security-credentials/"
_MAYBE_EC2 = frozenset({"ec2", "ecs", "eks"})
_NOT_TOLD = _MAYBE_EC2 | {"container"}
_DISABLED = "AWS_EC2_METADATA_DISABLED"
_ENDPOINT = "AWS_EC2_METADATA_SERVICE_ENDPOINT"
_V1_DISABLED = "AWS_EC2_METADATA_V1_DISABLED"
_HEADER_MILLISECONDS = 500
_EMPTY_LIST = "(status 200)"


def imds(session: Session) -> Result:  # noqa: PLR0911  in the SDK's order
    """Judge the instance role; kind absent means that asking for credentials fails."""
    evidence, place = session.snapshot.imds, imds_place()
    disabled = session.env(_DISABLED)
    if disabled is not None and (disabled.text or "").lower() == "true":
        return absent(f"{_DISABLED} is true", environment_variable(_DISABLED))
    endpoint = _endpoint(session)
    if endpoint is not None and not _is_address(endpoint):
        return absent("the configured IMDS endpoint is no address of a host", place)
    doubt = _doubt(session, endpoint)
    if doubt is not None:
        return undecided(doubt, place)
    if not evidence.probed:
        return absent(f"no IMDS here ({evidence.reason or 'not probed'})", place)
    if evidence.token.status == _BAD_REQUEST:
        return absent("IMDS answers the token request with status 400", place)
    with_token = evidence.token.status == _OK
    if not with_token and _v1_disabled(session):
        return absent("no IMDSv2 token can be had and IMDSv1 is disabled", place)
    roles = evidence.roles_with_token if with_token else evidence.roles_without_token
    return _role(session, evidence, roles, "IMDSv2" if with_token else "IMDSv1")


def imds_error(session: Session, result: Result) -> SdkError:
    """Return the error of the first use where IMDS gives nothing."""
    situation = "imds_without_role" if result.detail.endswith(_EMPTY_LIST) else "imds_failed"
    return at_first_use(session.sdk.error(situation), result.detail, result.location)


def _role(session: Session, evidence: ImdsEvidence, roles: HttpAttempt, version: str) -> Result:
    place = imds_place(_ROLES)
    if roles.status == _OK and evidence.role is not None:
        detail = f"role {evidence.role} of the instance through {version}"
        offer = Offer("dynamic", account=evidence.account, role=evidence.role)
        return found(detail, offer, place)
    timed_out = "timeout" in {roles.error, evidence.token.error}
    # Without a connection, which the list of roles is asked after, only the context tells.
    connected = HttpAttempt() != evidence.roles_without_token
    contexts = session.snapshot.platform.contexts
    if timed_out and (connected or _MAYBE_EC2.intersection(contexts)):
        return undecided("the probe of IMDS timed out, the SDK waits longer", place)
    if roles.status is not None:
        return absent(f"IMDS lists no role (status {roles.status})", place)
    return absent(f"no IMDS answers ({roles.error or evidence.token.error})", place)


def _endpoint(session: Session) -> Optional[str]:
    value = session.env(_ENDPOINT)
    if value is not None:
        return value.text or ""
    # Not the profile's of source_profile: one configuration makes all clients.
    setting = session.profile.get("ec2_metadata_service_endpoint")
    return None if setting is None else setting.text or ""


def _is_address(endpoint: str) -> bool:
    try:
        parts = urlsplit(endpoint)
        return parts.scheme in {"http", "https"} and bool(parts.hostname)
    except ValueError:
        return False


def _doubt(session: Session, endpoint: Optional[str]) -> Optional[str]:
    """Return why the evidence does not tell what the SDK would meet, None when it does."""
    evidence = session.snapshot.imds
    asked = endpoint or _default_endpoint(session)
    if urlsplit(asked).path.strip("/"):
        return "Go drops the path of the configured IMDS endpoint, which the probe kept"
    if asked.rstrip("/") != evidence.endpoint.rstrip("/"):
        return "the SDK asks another IMDS endpoint than was probed"
    proxy = proxy_doubt(session, urlsplit(asked).hostname or "")
    if proxy is not None:
        return f"IMDS: {proxy}"
    slow = (evidence.token.milliseconds or 0, evidence.roles_without_token.milliseconds or 0)
    if evidence.token.status is not None and max(slow) > _HEADER_MILLISECONDS:
        return "IMDS answers about as slowly as the SDK's time-out"
    if not evidence.probed and _NOT_TOLD.intersection(session.snapshot.platform.contexts):
        return f"IMDS was not asked ({evidence.reason or 'unknown reason'})"
    return None


def _default_endpoint(session: Session) -> str:
    value = session.env("AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE")
    setting = session.profile.get("ec2_metadata_service_endpoint_mode")
    mode = value.text if value is not None else setting.text if setting is not None else ""
    if (mode or "").strip().lower() == "ipv6":
        return "http://[fd00:ec2::254]"
    return "http://169.254.169.254"


def _v1_disabled(session: Session) -> bool:
    value = session.env(_V1_DISABLED)
    word = (value.text or "").lower() if value is not None else ""
    if word in {"true", "false"}:  # Go v1 passes over all else, and v2 refuses it before
        return word == "true"
    setting = session.profile.get("ec2_metadata_v1_disabled")
    return setting is not None and (setting.text or "").lower() == "true"
