"""Walks an SDK's chain over a snapshot: what wins, what it hides, what breaks. Pure."""

from __future__ import annotations

from importlib import import_module
from typing import Callable, Optional

from credlint.chain.outcome import Result
from credlint.chain.region import choose_region
from credlint.chain.sdk import SdkSpecification
from credlint.chain.session import Session
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
from credlint.chain.walk import prepared, walk
from credlint.model.lean_dataclasses import replace
from credlint.model.snapshot import HostSnapshot
from credlint.model.trace import Outcome, SdkError, Step, Trace


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


def resolve(snapshot: HostSnapshot, sdk: SdkSpecification, profile: Optional[str] = None) -> Trace:
    """Resolve credentials and region as the SDK would.

    ``profile`` is an explicit choice (``--profile``, ``profile_name=``), not AWS_PROFILE. Every
    family but botocore's has a folder of its own with ``resolve_family`` in ``resolve.py``.
    """
    if sdk.family == "botocore":
        trace = _resolve(snapshot, sdk, profile)
    else:
        family = import_module(f"credlint.chain.{sdk.family}.resolve")
        trace = family.resolve_family(snapshot, sdk, profile)
    verified = "source" if sdk.evidence == "source" else "run"
    expands = sdk.facts.get("file_variables_expand")
    return replace(
        trace,
        verified=verified,
        unread=_unread(snapshot, sdk),
        file_variables=tuple(
            name
            for key in ("config_file_env", "credentials_file_env")
            for name in sdk.facts.get(key, ())
        ),
        expands=None if expands is None else tuple(expands),
        session_folder=sdk.session_cache.get("folder"),
        since=tuple(sorted(sdk.since.items())),
    )


def _unread(snapshot: HostSnapshot, sdk: SdkSpecification) -> tuple[str, ...]:
    """Return the shared files that the SDK would read only if a variable said so."""
    names = sdk.facts.get("config_file_enable_env", ())
    return ("config",) if names and not any(snapshot.variable(name) for name in names) else ()


def _resolve(snapshot: HostSnapshot, sdk: SdkSpecification, profile: Optional[str]) -> Trace:
    session = Session(snapshot, sdk, profile)
    fatal, unknown = prepared(lambda: _prepare(session))
    session.lost = fatal is not None
    # An explicit profile takes the variables out of the chain, whatever they hold.
    excluded = session.explicit and sdk.explicit_profile_beats_env_keys
    walked = walk(
        sdk.chain,
        lambda source: _judge(session, source),
        fatal=fatal,
        lost=unknown is not None,
        left_out=frozenset({"env"} if excluded else ()),
    )
    region, region_note = choose_region(session)
    told = (
        region_note,
        unknown,
        _cache_note(sdk, walked.winner),
        _exit_note(sdk, walked.outcome, walked.error),
    )
    return Trace(
        sdk=sdk.id,
        outcome=walked.outcome,
        steps=walked.steps,
        winner=walked.winner,
        error=walked.error,
        region=region,
        profile=session.profile if session.chosen != "" else "",
        profile_source=session.profile_source,
        notes=tuple(note for note in told if note),
    )


def _prepare(session: Session) -> None:
    session.open()
    imds_settings(session)


def _judge(session: Session, source: str) -> Result:
    result = SOURCES[source](session)
    if result.offer is not None:
        return replace(result, error=client_error(session) or result.error)
    return result


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
