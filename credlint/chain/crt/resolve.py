"""Walks the chain of the Common Runtime over a snapshot. Pure.

Every failure is passed over, save one that never answers: then nothing after it is asked.
Source: aws-c-auth source/credentials_provider_default_chain.c, credentials_provider_chain.c.
"""

from __future__ import annotations

from typing import Optional

from credlint.chain.crt.machine import container, imds_in_chain
from credlint.chain.crt.profile import environment, from_profile
from credlint.chain.crt.session import Session
from credlint.chain.crt.sts import web_identity_of
from credlint.chain.outcome import Result, Unknown
from credlint.chain.sdk import SdkSpecification
from credlint.chain.walk import walk
from credlint.model.snapshot import HostSnapshot
from credlint.model.trace import RegionChoice, Trace

_NO_REGION = "this chain gives credentials alone; the region is what the program says it is"


def resolve_family(
    snapshot: HostSnapshot, sdk: SdkSpecification, profile: Optional[str]
) -> Trace:
    """Resolve credentials as the SDK would; see ``chain.resolve.resolve``."""
    try:
        session = Session(snapshot, sdk, profile)
    except Unknown as reason:
        return Trace(sdk.id, "undecided", (), notes=(str(reason),))
    fatal = sdk.error("never_returns")
    walked = walk(
        sdk.chain,
        lambda source: _judge(session, source),
        goes_on=lambda _, result: result.error is None or result.error.name != fatal,
    )
    return Trace(
        sdk=sdk.id,
        outcome=walked.outcome,
        steps=walked.steps,
        winner=walked.winner,
        error=walked.error,
        region=RegionChoice(),
        profile=session.name,
        profile_source=session.profile_source,
        notes=(_NO_REGION, *(why for why, _ in session.faults.values())),
    )


def _judge(session: Session, source: str) -> Result:
    if source == "env":
        return environment(session)
    if source == "web_identity":
        return web_identity_of(session, session.name, session.config)
    if source == "container":
        return container(session)
    if source == "imds":
        return imds_in_chain(session)
    return from_profile(session, source)
