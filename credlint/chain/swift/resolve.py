"""Walks the chain of the AWS SDK for Swift over a snapshot. Pure.

Source: aws-sdk-swift, AWSSDKIdentity/AWSCredentialIdentityResolvers/
DefaultAWSCredentialIdentityResolverChain.swift: whatever a resolver throws, the next one is asked.
The files are read by the Common Runtime (aws-crt-swift, sdkutils/FileBasedConfiguration.swift).
"""

from __future__ import annotations

from typing import Callable, Optional

from credlint.chain.crt.session import Session
from credlint.chain.outcome import Result, Unknown, absent
from credlint.chain.sdk import SdkSpecification
from credlint.chain.swift.machine import check_files, choose_region, container, env, imds
from credlint.chain.swift.profile import KEY, KINDS, Profile, file_of, static, web_identity_env
from credlint.chain.walk import walk
from credlint.model.snapshot import HostSnapshot
from credlint.model.trace import Trace

_OUTSIDE: dict[str, Callable[[Session], Result]] = {
    "env": env,
    "web_identity_env": web_identity_env,
    "container": container,
    "imds": imds,
}
_STATIC = ("static_credentials_file", "static_config_file")
_KINDS = {name: judge for name, judge in KINDS.items() if name != "static_profile"}
SOURCES = frozenset({*_OUTSIDE, *_STATIC, *_KINDS})


def resolve_family(snapshot: HostSnapshot, sdk: SdkSpecification, profile: Optional[str]) -> Trace:
    """Resolve credentials and region as the SDK would; see ``chain.resolve.resolve``."""
    try:
        session = Session(snapshot, sdk, profile)
    except Unknown as reason:
        return Trace(sdk.id, "undecided", (), notes=(str(reason),))
    walked = walk(
        sdk.chain,
        lambda source: _judge(session, source),
        # A profile can be given to the profile's own resolver alone.
        left_out=frozenset(_OUTSIDE) if profile is not None else frozenset(),
        goes_on=lambda _source, _result: True,
    )
    region, note = choose_region(session)
    failure = None
    if walked.outcome == "none":
        name = sdk.error("resolver")
        failure = f"every request fails with {name}: no source of the chain gives credentials"
    faults = (why for why, _ in session.faults.values())
    return Trace(
        sdk=sdk.id,
        outcome=walked.outcome,
        steps=walked.steps,
        winner=walked.winner,
        error=walked.error,
        region=region,
        profile=session.name,
        profile_source=session.profile_source,
        notes=tuple(text for text in (note, failure, *faults) if text),
    )


def _judge(session: Session, source: str) -> Result:
    if source in _OUTSIDE:
        return _OUTSIDE[source](session)
    check_files(session)
    if session.profile(session.name) is None:
        message = f'the profile "{session.name}" does not exist'
        if source == _STATIC[0] and session.profile_source != "default":
            session.fail("resolver", message, session.profile_place())
        return absent(message)
    profile = Profile(session, session.name)
    if source in _KINDS:
        return _KINDS[source](profile)
    result, key = static(profile), profile.get(KEY)
    if result.kind == "found" and key is not None and source != f"static_{file_of(key)}_file":
        return absent(f"the keys stand in the {file_of(key)} file")
    return result
