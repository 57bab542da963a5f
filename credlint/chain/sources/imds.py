"""The instance role through IMDS, judged on what the probe saw.

Source: botocore 1.44.5 utils.py ``InstanceMetadataFetcher`` (status 400 of the token request ends
it, every other failure falls back to version 1, ``ec2_metadata_v1_disabled`` forbids that with
an exception even where there is no IMDS at all) and credentials.py ``InstanceMetadataProvider``.
"""

from __future__ import annotations

from typing import Optional

from credlint.chain.outcome import Result, absent, found, undecided
from credlint.chain.session import Session
from credlint.chain.sources.imds_settings import ImdsSettings, imds_settings, place_of
from credlint.model.location import environment_variable
from credlint.model.location import imds as imds_place
from credlint.model.metadata import HttpAttempt, ImdsEvidence
from credlint.model.trace import Offer

_OK = 200
_BAD_REQUEST = 400
_ROLES = "meta-data/iam/security-credentials/"
_MAYBE_EC2 = frozenset({"ec2", "ecs", "eks"})
# Without a probe, a container may run on an instance as well.
_NOT_TOLD = _MAYBE_EC2 | {"container"}


def imds(session: Session) -> Result:
    """Judge the instance role; raises Raised when version 1 is needed and forbidden."""
    settings = imds_settings(session)
    reach = reachability(session, settings)
    if reach.kind != "found":
        return reach
    evidence = session.snapshot.imds
    with_token = _has_token(evidence, settings)
    roles = evidence.roles_with_token if with_token else evidence.roles_without_token
    if roles.status == _OK:
        return _role(evidence, "IMDSv2" if with_token else "IMDSv1")
    late = _too_late(session, evidence.token, roles)
    if late is not None:
        return late
    if roles.status is not None:
        return absent(f"IMDS lists no role (status {roles.status})", imds_place(_ROLES))
    return absent(f"no IMDS answers ({roles.error or evidence.token.error})", imds_place(_ROLES))


def reachability(  # noqa: PLR0911  in the order in which the SDK looks
    session: Session, settings: ImdsSettings
) -> Result:
    """Tell whether metadata can be asked for at all: kind found means go on.

    Raises Raised (MetadataRetrievalError) when version 1 would be needed and is forbidden.
    """
    evidence = session.snapshot.imds
    token = evidence.token
    place = imds_place()
    if settings.disabled:
        return absent(
            "AWS_EC2_METADATA_DISABLED is true", environment_variable("AWS_EC2_METADATA_DISABLED")
        )
    if settings.timeout <= 0 < settings.attempts:
        # urllib3 refuses such a time-out when the request is made.
        message = "the time-out for instance metadata is not positive"
        where = place_of(session, "AWS_METADATA_SERVICE_TIMEOUT")
        session.fail("http_failed", message, where)
    if settings.proxy is not None and settings.attempts > 0:
        why = f"the requests to IMDS go through the proxy of {settings.proxy}"
        return undecided(why, environment_variable(settings.proxy))
    if token.status == _BAD_REQUEST and settings.attempts > 0 and _asked(session, settings):
        return absent("IMDS answers the token request with status 400", place)
    doubt = _doubt(session, settings)
    if doubt is not None:
        return undecided(doubt, place)
    if settings.v1_disabled and not _has_token(evidence, settings):
        message = "no IMDSv2 token can be had and IMDSv1 is disabled"
        session.fail("imds_v1_disabled", message, place)
    if settings.attempts <= 0:
        return absent("the SDK is set to make no attempt at IMDS", place)
    if not evidence.probed:
        return absent(f"no IMDS here ({evidence.reason or 'not probed'})", place)
    return Result("found", "IMDS answers", place)


def _asked(session: Session, settings: ImdsSettings) -> bool:
    """Tell whether the probe asked the endpoint that the SDK asks."""
    return settings.endpoint is None or _same(settings.endpoint, session.snapshot.imds.endpoint)


def _doubt(session: Session, settings: ImdsSettings) -> Optional[str]:
    """Return why the evidence does not tell what the SDK would meet, None when it does."""
    evidence = session.snapshot.imds
    if not _asked(session, settings):
        return "the SDK asks another IMDS endpoint than was probed"
    if any(_slower(a, settings.timeout) for a in (evidence.token, evidence.roles_without_token)):
        return "IMDS answers about as slowly as the SDK's time-out"
    if not evidence.probed and _NOT_TOLD.intersection(session.snapshot.platform.contexts):
        return f"IMDS was not asked ({evidence.reason or 'unknown reason'})"
    late = _too_late(session, evidence.token) if settings.v1_disabled else None
    return late.detail if late is not None else None


def _has_token(evidence: ImdsEvidence, settings: ImdsSettings) -> bool:
    return evidence.token.status == _OK and settings.attempts > 0


def _slower(attempt: HttpAttempt, timeout: int) -> bool:
    return attempt.status is not None and (attempt.milliseconds or 0) > timeout * 1000


def _too_late(session: Session, *attempts: HttpAttempt) -> Optional[Result]:
    """Return undecided when the probe gave up on what may be an instance's slow answer."""
    timed_out = any(attempt.error == "timeout" for attempt in attempts)
    contexts = session.snapshot.platform.contexts
    # Without a connection nothing but the context tells of an instance.
    if not timed_out or not (_connected(session) or _MAYBE_EC2.intersection(contexts)):
        return None
    return undecided("the probe of IMDS timed out, the SDK waits longer", imds_place())


def _connected(session: Session) -> bool:
    """Tell whether something took the connection: only then is the list of roles asked for."""
    evidence = session.snapshot.imds
    return HttpAttempt() != evidence.roles_without_token


def _role(evidence: ImdsEvidence, version: str) -> Result:
    if evidence.role is None:
        return absent(
            "IMDS lists no role: the instance has no instance profile", imds_place(_ROLES)
        )
    place = imds_place(f"iam/security-credentials/{evidence.role}")
    offer = Offer("dynamic", role=evidence.role, account=evidence.account)
    detail = f"instance role {evidence.role} ({version})"
    if evidence.info_code not in {None, "Success"}:
        why = f"{detail}; iam/info reports {evidence.info_code}, so it may give no credentials"
        return undecided(why, place, offer)
    return found(detail, offer, place)


def _same(one: str, other: str) -> bool:
    return one.rstrip("/") == other.rstrip("/")
