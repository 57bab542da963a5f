"""Walks the chain of the AWS SDK for Java v1 over a snapshot. Pure.

Every exception of a source is passed over (aws-java-sdk-core 1.12.797,
AWSCredentialsProviderChain); errors of the machine, which are none, end the program's request.
"""

from __future__ import annotations

from functools import partial
from typing import Callable, Optional

from credlint.chain.java_v1.imds import check_wait, imds
from credlint.chain.java_v1.profile import KINDS, from_profile
from credlint.chain.java_v1.region import choose_region
from credlint.chain.java_v1.session import Session
from credlint.chain.java_v1.sources import container, env, sysprops, web_identity_env
from credlint.chain.outcome import Result, absent
from credlint.chain.sdk import SdkSpecification
from credlint.chain.walk import prepared, walk
from credlint.model.snapshot import HostSnapshot
from credlint.model.trace import Trace


def _has_container(session: Session) -> bool:
    names = session.sdk.container["uri_names"]
    return any(session.env(name) is not None for name in names)


def _imds(session: Session) -> Result:
    if _has_container(session):
        return absent("not asked because a container endpoint is configured")
    return imds(session)


SOURCES: dict[str, Callable[[Session], Result]] = {
    "env": env,
    "sysprops": sysprops,
    "web_identity_env": web_identity_env,
    "container": container,
    "imds": _imds,
    **{source: partial(from_profile, source=source) for source in KINDS},
}


def resolve_family(snapshot: HostSnapshot, sdk: SdkSpecification, profile: Optional[str]) -> Trace:
    """Resolve credentials and region as the SDK would; see ``chain.resolve.resolve``.

    ``profile``: the default chain takes none, so it is given to the provider of profiles alone.
    """
    session = Session(snapshot, sdk, profile)
    fatal, unknown = prepared(lambda: _open(session))
    ends = {sdk.error(one) for one in ("endless", "class_not_loaded")}
    walked = walk(
        sdk.chain,
        lambda source: SOURCES[source](session),
        fatal=fatal,
        lost=unknown is not None,
        left_out=frozenset(sdk.chain) - KINDS if session.explicit else frozenset(),
        goes_on=lambda _, result: result.error is None or result.error.name not in ends,
    )
    region, note = choose_region(session)
    notes = [one for one in (note, unknown) if one is not None]
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


def _open(session: Session) -> None:
    """Do what making the chain does, which asks for IMDS unless there is a container endpoint."""
    if not session.explicit and not _has_container(session):
        check_wait(session)
