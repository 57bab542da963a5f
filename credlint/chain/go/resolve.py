"""Walks the chain of an SDK of the Go family over a snapshot. Pure.

The first source that is configured is taken for good; only IMDS, the last one, is taken without
being configured, so there it is told as ``none`` when nothing answers.
"""

from __future__ import annotations

from typing import Callable, Optional

from credlint.chain.go.container import container
from credlint.chain.go.imds import imds, imds_error
from credlint.chain.go.region import choose_region
from credlint.chain.go.session import Session
from credlint.chain.go.sources import (
    env,
    login_profile,
    process_profile,
    role_profile,
    sso_profile,
    static_config_file,
    static_credentials_file,
    web_identity_env,
    web_identity_profile,
)
from credlint.chain.outcome import Raised, Result, Unknown, broken, undecided
from credlint.chain.resolve import left_out, step_of
from credlint.chain.sdk import SdkSpecification
from credlint.model.snapshot import HostSnapshot
from credlint.model.trace import Outcome, SdkError, Step, Trace

SOURCES: dict[str, Callable[[Session], Result]] = {
    "env": env,
    "web_identity_env": web_identity_env,
    "role_profile": lambda session: role_profile(session, session.profile),
    "static_credentials_file": lambda session: static_credentials_file(session, session.profile),
    "static_config_file": lambda session: static_config_file(session, session.profile),
    "web_identity_profile": lambda session: web_identity_profile(session, session.profile),
    "sso_profile": lambda session: sso_profile(session, session.profile),
    "login_profile": lambda session: login_profile(session, session.profile),
    "process_profile": lambda session: process_profile(session, session.profile),
    "container": container,
    "imds": imds,
}
_INVISIBLE = frozenset({"code", "code_profile"})
_ENVIRONMENT = frozenset({"env", "web_identity_env"})


def resolve_go(snapshot: HostSnapshot, sdk: SdkSpecification, profile: Optional[str]) -> Trace:
    """Resolve credentials and region as the SDK would; see ``chain.resolve.resolve``."""
    session = Session(snapshot, sdk, profile)
    fatal, unknown = _load(session)
    steps: list[Step] = []
    winner: Optional[Step] = None
    error = fatal
    outcome: Outcome = "none"
    note: Optional[str] = None
    for source in sdk.chain:
        if source in _INVISIBLE:
            continue
        result = _judge(session, source)
        excluded = session.explicit and source in _ENVIRONMENT
        if excluded:
            result = left_out(result)
        decided = winner is not None or error is not None or excluded
        step = step_of(source, result, fatal=fatal, decided=decided)
        steps.append(step)
        if decided:
            continue
        if step.status == "selected":
            winner = step
            outcome = "selected" if result.kind == "found" else "undecided"
        elif step.status == "broken":
            error = result.error
        elif source == "imds":
            failure = imds_error(session, result)
            note = f"every request fails with {failure.name}: {failure.message}"
    if error is not None:
        outcome = "error"
    if unknown is not None:
        outcome = "undecided"
    region, region_note = choose_region(session)
    return Trace(
        sdk=sdk.id,
        outcome=outcome,
        steps=tuple(steps),
        winner=winner,
        error=error,
        region=region,
        profile=session.name,
        profile_source=session.profile_source,
        notes=tuple(text for text in (region_note, unknown, note, _bundle_note(session)) if text),
    )


def _load(session: Session) -> tuple[Optional[SdkError], Optional[str]]:
    try:
        session.load()
    except Raised as raised:
        return raised.error, None
    except Unknown as reason:
        return None, str(reason)
    return None, None


def _judge(session: Session, source: str) -> Result:
    try:
        return SOURCES[source](session)
    except Raised as raised:
        return broken(raised.error)
    except Unknown as reason:
        return undecided(str(reason))


def _bundle_note(session: Session) -> Optional[str]:
    """Tell of the one file that is read at the start and not looked at here."""
    if session.env("AWS_CA_BUNDLE") is None and session.profile.get("ca_bundle") is None:
        return None
    return "the certificates of AWS_CA_BUNDLE or ca_bundle must be readable, or nothing works"
