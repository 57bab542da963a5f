"""Walks an SDK's chain over a snapshot: what wins, what it hides, what breaks. Pure."""

from __future__ import annotations

from dataclasses import replace
from typing import Callable, Optional

from credlint.chain.outcome import Raised, Result, Unknown, absent, broken, undecided
from credlint.chain.region import choose_region
from credlint.chain.sdk import SdkSpecification
from credlint.chain.session import Session, shown
from credlint.chain.sources.client import client_error
from credlint.chain.sources.container import container
from credlint.chain.sources.environment import env
from credlint.chain.sources.imds import imds
from credlint.chain.sources.imds_settings import imds_settings
from credlint.chain.sources.legacy_files import boto2_config, ec2_credential_file
from credlint.chain.sources.login import login_profile
from credlint.chain.sources.process import process_profile
from credlint.chain.sources.role import role_profile
from credlint.chain.sources.sso import sso_profile
from credlint.chain.sources.static import static_config_file, static_credentials_file
from credlint.chain.sources.web_identity import web_identity
from credlint.model.snapshot import HostSnapshot
from credlint.model.trace import Outcome, SdkError, Status, Step, Trace

# Sources that only the program itself knows have no step.
_INVISIBLE = frozenset({"code", "code_profile"})


def _web_identity(session: Session) -> Result:
    return web_identity(session, session.profile, use_environment=not session.explicit)


SOURCES: dict[str, Callable[[Session], Result]] = {
    "env": env,
    "role_profile": lambda session: role_profile(session, session.profile),
    "web_identity": _web_identity,
    "sso_profile": lambda session: sso_profile(session, session.profile),
    "static_credentials_file": lambda session: static_credentials_file(session, session.profile),
    "login_profile": lambda session: login_profile(session, session.profile),
    "process_profile": lambda session: process_profile(session, session.profile),
    "static_config_file": lambda session: static_config_file(session, session.profile),
    "ec2_credential_file": ec2_credential_file,
    "boto2_config": boto2_config,
    "container": container,
    "imds": imds,
}


def _go(snapshot: HostSnapshot, sdk: SdkSpecification, profile: Optional[str]) -> Trace:
    from credlint.chain.go.resolve import resolve_go  # noqa: PLC0415  it builds upon this module

    return resolve_go(snapshot, sdk, profile)


# Every other family resolves by itself; botocore's is resolved here.
FAMILIES: dict[str, Callable[[HostSnapshot, SdkSpecification, Optional[str]], Trace]] = {"go": _go}


def resolve(snapshot: HostSnapshot, sdk: SdkSpecification, profile: Optional[str] = None) -> Trace:
    """Resolve credentials and region as the SDK would.

    ``profile`` is an explicit choice (``--profile``, ``profile_name=``), not AWS_PROFILE.
    """
    if sdk.family in FAMILIES:
        return FAMILIES[sdk.family](snapshot, sdk, profile)
    session = Session(snapshot, sdk, profile)
    fatal, unknown = _prepare(session)
    session.lost = fatal is not None
    steps: list[Step] = []
    winner: Optional[Step] = None
    outcome: Outcome = "none"
    error = fatal
    for source in sdk.chain:
        if source in _INVISIBLE:
            continue
        result = _judge(session, source)
        # An explicit profile takes the variables out of the chain, whatever they hold.
        excluded = source == "env" and session.explicit and sdk.explicit_profile_beats_env_keys
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
    if error is not None:
        outcome = "error"
    if unknown is not None:
        outcome = "undecided"
    region, region_note = choose_region(session)
    told = (region_note, unknown, _cache_note(sdk, winner), _exit_note(sdk, outcome, error))
    return Trace(
        sdk=sdk.id,
        outcome=outcome,
        steps=tuple(steps),
        winner=winner,
        error=error,
        region=region,
        profile=session.profile if session.chosen != "" else "",
        profile_source=session.profile_source,
        notes=tuple(note for note in told if note),
    )


def _prepare(session: Session) -> tuple[Optional[SdkError], Optional[str]]:
    """Return what ends the SDK before it asks any source, or why that cannot be told."""
    try:
        session.open()
        imds_settings(session)
    except Raised as raised:
        return raised.error, None
    except Unknown as reason:
        return None, str(reason)
    return None, None


def _judge(session: Session, source: str) -> Result:
    try:
        result = SOURCES[source](session)
    except Raised as raised:
        return broken(raised.error)
    except Unknown as reason:
        return undecided(str(reason))
    if result.offer is not None:
        return replace(result, error=client_error(session) or result.error)
    return result


def left_out(result: Result) -> Result:
    """Return what is told of a source that an explicit profile takes out of the chain."""
    why = "not asked because a profile was given explicitly"
    if result.offer is not None:
        return replace(result, kind="found", detail=f"{result.detail}; {why}", error=None)
    return absent(why if result.kind == "broken" else f"{result.detail}; {why}", result.location)


def step_of(source: str, result: Result, *, fatal: Optional[SdkError], decided: bool) -> Step:
    """Return a source's step; ``decided``: the chain has ended before it."""
    status: Status = "absent"
    detail = result.detail
    if result.error is not None and result.kind == "found":
        detail = f"{detail}; {shown(result.error)}"
    if result.kind == "broken":
        status = "broken"
        if result.error == fatal:
            status = "not-reached"  # what ended the session keeps this from being told
    elif result.kind == "found":
        status = "shadowed" if decided else "selected"
    elif result.kind == "undecided":
        if result.offer is not None:
            status = "shadowed" if decided else "selected"
        else:
            status = "not-reached" if decided else "selected"
    error = result.error if status in {"broken", "selected", "shadowed"} else None
    return Step(source, status, detail, result.location, result.offer, error)


def _cache_note(sdk: SdkSpecification, winner: Optional[Step]) -> Optional[str]:
    """Tell of sessions kept on disk, where the winner's may come from there."""
    if winner is None or winner.source not in sdk.session_cache.get("sources", ()):
        return None
    folder = sdk.session_cache["folder"]
    return f"{sdk.name} keeps its sessions in {folder} and uses them until they expire"


def _exit_note(sdk: SdkSpecification, outcome: Outcome, error: Optional[SdkError]) -> Optional[str]:
    if not sdk.exit_codes:
        return None
    if outcome == "none":
        code = sdk.exit_codes["no_credentials"]
        return f"{sdk.name} ends with exit code {code} without credentials"
    if outcome == "error" and error is not None:
        key = "unparsed_file" if error.name == sdk.error("config_not_parsed") else "error"
        return f"{sdk.name} ends with exit code {sdk.exit_codes[key]}"
    return None
