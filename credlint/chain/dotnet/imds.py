"""The instance role through IMDS, judged on what the probe saw.

Source: aws-sdk-net, AWSSDK.Core 3.7.402.25 as built, EC2InstanceMetadata.cs and
DefaultInstanceProfileAWSCredentials.cs: 403, 404 and 405 of the token request fall back to
version 1 at once, 400 ends it, everything else falls back after three tries, all of it unless
version 1 is forbidden. v4 speaks version 2 alone.
"""

from __future__ import annotations

from typing import Optional

from credlint.chain.dotnet.session import ENDPOINT, Session
from credlint.chain.outcome import Result, absent, at_first_use, broken, found, undecided
from credlint.model.location import environment_variable
from credlint.model.location import imds as imds_place
from credlint.model.metadata import HttpAttempt
from credlint.model.no_proxy import is_exempt
from credlint.model.trace import Offer, SdkError

_OK = 200
_BAD_REQUEST = 400
_ROLES = "meta-data/iam/security-credentials/"
_MAYBE_EC2 = frozenset({"ec2", "ecs", "eks"})
_NOT_TOLD = _MAYBE_EC2 | {"container"}
_DISABLED = "AWS_EC2_METADATA_DISABLED"
_PROXIES = ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY")


def imds(session: Session) -> Result:
    """Judge the instance role; absent means that asking for credentials fails."""
    if session.imds_is_off():
        place = environment_variable(_DISABLED)
        error = SdkError(session.sdk.error("imds_failed"), f"{_DISABLED} is true", place)
        return broken(error)
    fault = session.client_fault()
    if fault is not None:
        return absent(fault.message, fault.location)
    doubt = _doubt(session)
    if doubt is not None:
        return undecided(doubt, imds_place())
    return _role(session)


def imds_error(session: Session, result: Result) -> SdkError:
    """Return the error of the first use where IMDS gives nothing."""
    return at_first_use(session.sdk.error("imds_failed"), result.detail, result.location)


def reached(session: Session) -> tuple[Optional[str], str]:
    """Return how IMDS can be spoken to ("IMDSv2" or "IMDSv1"), else None and why not."""
    evidence = session.snapshot.imds
    if not evidence.probed:
        return None, f"no IMDS here ({evidence.reason or 'not probed'})"
    if evidence.token.status == _OK:
        return "IMDSv2", ""
    if session.sdk.imds["v1_fallback"] == "never":
        return None, "no IMDSv2 token can be had, and version 1 is not spoken"
    if evidence.token.status == _BAD_REQUEST:
        return None, "IMDS answers the token request with status 400"
    if session.v1_disabled():
        return None, "no IMDSv2 token can be had and IMDSv1 is disabled"
    return "IMDSv1", ""


def _role(session: Session) -> Result:
    evidence, place = session.snapshot.imds, imds_place(_ROLES)
    version, why = reached(session)
    if version is None:
        return absent(why, imds_place())
    roles = evidence.roles_with_token if version == "IMDSv2" else evidence.roles_without_token
    if roles.status == _OK and evidence.role is not None:
        detail = f"role {evidence.role} of the instance through {version}"
        return found(detail, Offer("dynamic", account=evidence.account, role=evidence.role), place)
    timed_out = "timeout" in {roles.error, evidence.token.error}
    connected = HttpAttempt() != evidence.roles_without_token
    contexts = session.snapshot.platform.contexts
    if timed_out and (connected or _MAYBE_EC2.intersection(contexts)):
        return undecided("the probe of IMDS timed out, the SDK waits longer", place)
    if roles.status is not None:
        return absent(f"IMDS lists no role (status {roles.status})", place)
    return absent(f"no IMDS answers ({roles.error or evidence.token.error})", place)


def _doubt(session: Session) -> Optional[str]:
    """Return why the evidence does not tell what the SDK would meet, None when it does."""
    evidence = session.snapshot.imds
    if endpoint(session).rstrip("/") != evidence.endpoint.rstrip("/"):
        return "the SDK asks another IMDS endpoint than was probed"
    proxy = next((name for name in _PROXIES if session.env(name) is not None), None)
    if proxy is not None and not _is_spared(session):
        return f"the requests may go through the proxy of {proxy}"
    if not evidence.probed and _NOT_TOLD.intersection(session.snapshot.platform.contexts):
        return f"IMDS was not asked ({evidence.reason or 'unknown reason'})"
    return None


def _is_spared(session: Session) -> bool:
    """Tell whether no_proxy lists the address (HttpEnvironmentProxy.cs of .NET)."""
    listed = next((value for value in map(session.env, ("no_proxy", "NO_PROXY")) if value), None)
    # A port or path behind it makes it another address than any that is listed.
    host = endpoint(session).partition("//")[2].strip("/[]")
    return listed is not None and is_exempt("dotnet", listed.text or "", host)


def endpoint(session: Session) -> str:
    """Return the address that is asked: variable, then the profile, then by the mode."""
    own = session.text(ENDPOINT) or session.of_ambient("ec2_metadata_service_endpoint")
    if own:
        return own
    mode = session.text(f"{ENDPOINT}_MODE") or session.of_ambient(
        "ec2_metadata_service_endpoint_mode"
    )
    ipv6 = mode.strip().lower() in ("ipv6", "1")
    return "http://[fd00:ec2::254]" if ipv6 else "http://169.254.169.254"
