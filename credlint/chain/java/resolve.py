"""Walks the chain of the AWS SDK for Java v2 over a snapshot. Pure.

Whatever goes wrong with a source, the next is asked (auth 2.57.8 AwsCredentialsProviderChain).
"""

from __future__ import annotations

from functools import partial
from typing import Callable, Optional

from credlint.chain.java.container import container
from credlint.chain.java.imds import imds
from credlint.chain.java.profile import KINDS, from_profile
from credlint.chain.java.region import choose_region
from credlint.chain.java.session import Session
from credlint.chain.java.sources import env, sysprops, web_identity_env
from credlint.chain.outcome import Result
from credlint.chain.sdk import SdkSpecification
from credlint.chain.walk import walk
from credlint.model.snapshot import HostSnapshot
from credlint.model.trace import Trace

SOURCES: dict[str, Callable[[Session], Result]] = {
    "sysprops": sysprops,
    "env": env,
    "web_identity_env": web_identity_env,
    "container": container,
    "imds": imds,
    **{source: partial(from_profile, source=source) for source in KINDS},
}


def resolve_family(snapshot: HostSnapshot, sdk: SdkSpecification, profile: Optional[str]) -> Trace:
    """Resolve credentials and region as the SDK would; see ``chain.resolve.resolve``."""
    session = Session(snapshot, sdk, profile)
    walked = walk(sdk.chain, lambda source: SOURCES[source](session), goes_on=lambda *_: True)
    region, note = choose_region(session)
    notes = [] if note is None else [note]
    if walked.outcome == "none":
        failure = sdk.error("no_credentials")
        notes.append(f"every request fails with {failure}: no source of the chain gave any")
    return Trace(
        sdk=sdk.id,
        outcome=walked.outcome,
        steps=walked.steps,
        winner=walked.winner,
        error=walked.error,
        region=region,
        profile=session.profile,
        profile_source=session.profile_source,
        notes=tuple(notes),
    )
