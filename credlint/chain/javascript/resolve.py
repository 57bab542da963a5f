"""Walks the chain of the JavaScript SDK: the next source is asked after most failures. Pure.

Source: @aws-sdk/credential-provider-node 3.972.97, ``defaultProvider``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Callable, Optional

from credlint.chain.javascript.container import container, is_configured
from credlint.chain.javascript.environment import env, web_identity_env
from credlint.chain.javascript.imds import default_imds
from credlint.chain.javascript.profile import KINDS, kind_of
from credlint.chain.javascript.region import choose_region
from credlint.chain.javascript.session import Passed, Session
from credlint.chain.outcome import Result, absent
from credlint.chain.sdk import SdkSpecification
from credlint.chain.walk import walk
from credlint.model.snapshot import HostSnapshot
from credlint.model.trace import Trace

_OUTSIDE: dict[str, Callable[[Session], Result]] = {
    "env": env,
    "web_identity_env": web_identity_env,
    "container": container,
    "imds": default_imds,
}
SOURCES = frozenset({*_OUTSIDE, *KINDS})


def resolve_family(snapshot: HostSnapshot, sdk: SdkSpecification, profile: Optional[str]) -> Trace:
    """Resolve credentials and region as a client of the SDK would.

    ``profile`` is the ``profile`` option of a client, not AWS_PROFILE.
    """
    session = Session(snapshot, sdk, profile)
    walked = walk(sdk.chain, lambda source: _judge(session, source), left_out=_left_out(session))
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
        notes=(note,) if note else (),
    )


def _left_out(session: Session) -> Mapping[str, str]:
    """Return the sources that the SDK does not ask although they are configured, and why."""
    settings = session.named(session.profile)
    kind = kind_of(settings)
    why = f'profile "{session.profile}" counts as {kind}'
    # The process is asked once more after the profile's own kind has failed.
    asked = {kind, "process_profile"}
    found = {
        name: why for name, (applies, _) in KINDS.items() if name not in asked and applies(settings)
    }
    if session.skips_environment:
        found["env"] = "a profile was named, which takes the variables out of the chain"
    if is_configured(session):
        found["imds"] = "a container endpoint is configured, after which IMDS is never asked"
    return found


def _judge(session: Session, source: str) -> Result:
    try:
        if source not in KINDS:
            return _OUTSIDE[source](session)
        session.check()
        applies, judge = KINDS[source]
        if not applies(session.named(session.profile)):
            return absent(f'profile "{session.profile}" is no {source} or does not exist')
        return judge(session, session.profile)
    except Passed as passed:
        return absent(passed.detail, passed.location)
