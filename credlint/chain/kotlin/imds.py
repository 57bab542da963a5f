"""The instance metadata service, for the role and for the region.

Source: aws-sdk-kotlin 1.8.12, aws-config config/imds (ImdsClient.kt, ImdsEndpointProvider.kt,
TokenMiddleware.kt: version 2 alone, the path of an endpoint is kept) and
auth/credentials/ImdsCredentialsProvider.kt. The endpoint's settings are the ambient profile's.
"""

from __future__ import annotations

from typing import Optional

from credlint.chain.kotlin.address import parse, proxy
from credlint.chain.kotlin.session import Session
from credlint.chain.outcome import Raised, Result, Unknown, broken, fail, found, undecided
from credlint.model.location import Location
from credlint.model.location import imds as imds_place
from credlint.model.metadata import HttpAttempt
from credlint.model.trace import Offer, SdkError

_OK = 200
_ROLES = "meta-data/iam/security-credentials/"
_DISABLED = "AWS_EC2_METADATA_DISABLED"
_ENDPOINT = "AWS_EC2_METADATA_SERVICE_ENDPOINT"
_MAYBE_EC2 = frozenset({"ec2", "ecs", "eks"})
_NOT_TOLD = _MAYBE_EC2 | {"container"}
_MODES = {"ipv4": "http://169.254.169.254", "ipv6": "http://[fd00:ec2::254]"}


def disabled(session: Session) -> bool:
    """Tell whether a variable or a property forbids asking."""
    return bool(session.flag(_DISABLED))


def imds(session: Session) -> Result:
    """Judge the instance role."""
    if disabled(session):
        message = f"{session.called(_DISABLED)} is true"
        place = session.place(_DISABLED)
        return broken(SdkError(session.sdk.error("not_loaded"), message, place))
    try:
        trouble = _trouble(session, proxied=True)
    except Unknown as reason:
        return undecided(str(reason), imds_place())
    if trouble is not None:
        return broken(trouble)
    evidence = session.snapshot.imds
    detail = f"role {evidence.role} of the instance through IMDSv2"
    offer = Offer("dynamic", account=evidence.account, role=evidence.role)
    return found(detail, offer, imds_place(_ROLES))


def imds_region(session: Session) -> Optional[str]:
    """Return the region that the service tells; raises Unknown when that cannot be told."""
    if disabled(session):
        return None
    try:
        trouble = _no_token(session, proxied=False)
    except Raised:
        return None
    return session.snapshot.imds.placement_region if trouble is None else None


def _trouble(session: Session, *, proxied: bool) -> Optional[SdkError]:
    """Return what ends the look-up of the role, None when it is found."""
    name = session.sdk.error("failed")
    try:
        trouble = _no_token(session, proxied=proxied)
    except Raised as raised:
        # Whatever the look-up of the endpoint raises is wrapped.
        return SdkError(name, raised.error.message, raised.error.location)
    if trouble is not None:
        return SdkError(name, trouble, imds_place())
    evidence, roles = session.snapshot.imds, session.snapshot.imds.roles_with_token
    if roles.status is None:
        message = "the probe of IMDS timed out, the SDK waits longer"
        raise Unknown(message)
    if roles.status != _OK:
        return SdkError(name, f"IMDS lists no role (status {roles.status})", imds_place(_ROLES))
    if len(evidence.role_names) != 1:
        return SdkError(name, "IMDS lists no role or several", imds_place(_ROLES))
    return None


def _no_token(session: Session, *, proxied: bool) -> Optional[str]:
    """Return why there is no token; raises Raised for the endpoint's settings, or Unknown."""
    endpoint, place = _endpoint(session)
    try:
        address = parse(endpoint)
    except ValueError:
        message = "the configured IMDS endpoint is no address"
        fail("IllegalArgumentException", message, place)
    if proxied:
        try:
            through = proxy(address, session.text)
        except ValueError:
            return "a setting that names proxies cannot be parsed"
        if through is not None:
            message = f"IMDS is asked through the proxy of {through}"
            raise Unknown(message)
    if address.is_nowhere:
        return "the configured IMDS endpoint comes to a host that no name server knows"
    # One slash at the end makes no difference, another one is a part of the path.
    probed = session.snapshot.imds.endpoint
    if endpoint.endswith("//") or endpoint.rstrip("/") != probed.rstrip("/"):
        message = "the SDK asks another IMDS endpoint than was probed"
        raise Unknown(message)
    return _no_answer(session)


def _no_answer(session: Session) -> Optional[str]:
    """Return why the probed service gives no token; raises Unknown when it does not tell."""
    evidence, contexts = session.snapshot.imds, session.snapshot.platform.contexts
    if not evidence.probed:
        if _NOT_TOLD.intersection(contexts):
            message = f"IMDS was not asked ({evidence.reason or 'unknown reason'})"
            raise Unknown(message)
        return f"no IMDS here ({evidence.reason or 'not probed'})"
    if evidence.token.status == _OK:
        return None
    # Without a connection, which the list of roles is asked after, only the context tells.
    connected = HttpAttempt() != evidence.roles_without_token
    if evidence.token.error == "timeout" and (connected or _MAYBE_EC2.intersection(contexts)):
        message = "the probe of IMDS timed out, the SDK waits longer"
        raise Unknown(message)
    if evidence.token.status is not None:
        return f"IMDS gives no token (status {evidence.token.status}), and IMDSv1 is never used"
    return f"no IMDS answers ({evidence.token.error})"


def _endpoint(session: Session) -> tuple[str, Optional[Location]]:
    """Return the endpoint and what names it; raises Raised or Unknown."""
    text = session.text(_ENDPOINT)
    if text is not None:
        return text, session.place(_ENDPOINT)
    profile = session.active()
    setting = profile.get("ec2_metadata_service_endpoint")
    if setting is not None:
        return setting.text or "", setting.location
    variable = f"{_ENDPOINT}_MODE"
    mode = session.text(variable)
    place: Optional[Location] = session.place(variable)
    if mode is None:
        setting = profile.get("ec2_metadata_service_endpoint_mode")
        if setting is None:
            return _MODES["ipv4"], None
        mode, place = setting.text or "", setting.location
    if mode.lower() not in _MODES:
        message = "the mode of the IMDS endpoint is neither IPv4 nor IPv6"
        fail("IllegalArgumentException", message, place)
    return _MODES[mode.lower()], place
