"""Walks the chain of the JavaScript SDK v2: whatever fails passes on, unless it is never caught.

Source: aws-sdk 2.1693.0, lib/node_loader.js: ``AWS.Config.prototype.keys.credentials`` (the
environment and key pairs, while the SDK is loaded), then ``CredentialProviderChain``.
"""

from __future__ import annotations

from typing import Callable, Optional

from credlint.chain.javascript.session import Passed
from credlint.chain.javascript_v2.container import container
from credlint.chain.javascript_v2.imds import imds
from credlint.chain.javascript_v2.profile import role_profile, static_profile
from credlint.chain.javascript_v2.region import choose_region, load
from credlint.chain.javascript_v2.session import Session
from credlint.chain.javascript_v2.sources import env, process_profile, sso_profile, web_identity
from credlint.chain.outcome import Result, absent
from credlint.chain.sdk import SdkSpecification
from credlint.chain.walk import prepared, walk
from credlint.model.snapshot import HostSnapshot
from credlint.model.trace import Trace

SOURCES: dict[str, Callable[[Session], Result]] = {
    "env": lambda session: env(session, 0),
    "env_amazon": lambda session: env(session, 1),
    "static_profile": static_profile,
    "sso_profile": sso_profile,
    "role_profile": role_profile,
    "container": container,
    "process_profile": process_profile,
    "web_identity": web_identity,
    "imds": imds,
}
_EXPLICIT = frozenset({"static_profile", "role_profile"})


def resolve_family(snapshot: HostSnapshot, sdk: SdkSpecification, profile: Optional[str]) -> Trace:
    """Resolve credentials and region as the SDK would.

    ``profile``: the program sets ``SharedIniFileCredentials({profile})``, which knows key pairs
    and roles alone; there is no option that selects a profile for the whole chain.
    """
    session = Session(snapshot, sdk, profile)
    fatal, unknown = prepared(lambda: load(session))
    left_out: set[str] = set()
    if session.explicit is not None:
        left_out = set(sdk.chain) - _EXPLICIT
    walked = walk(
        sdk.chain,
        lambda source: _judge(session, source),
        fatal=fatal,
        lost=unknown is not None,
        left_out=left_out,
    )
    region, note = choose_region(session)
    return Trace(
        sdk=sdk.id,
        outcome=walked.outcome,
        steps=walked.steps,
        winner=walked.winner,
        error=walked.error,
        region=region,
        profile=session.profile,
        profile_source=session.profile_source,
        notes=tuple(text for text in (note, unknown) if text),
    )


def _judge(session: Session, source: str) -> Result:
    try:
        return SOURCES[source](session)
    except Passed as passed:
        if session.explicit is not None and source == "role_profile":
            message = f'profile "{session.explicit}" gives no credentials: {passed.detail}'
            session.fail(session.sdk.error("none"), message, passed.location)
        return absent(passed.detail, passed.location)
