"""Walks the chain of the AWS SDK for PHP over a snapshot. Pure.

Source: aws-sdk-php 3.329.0, Credentials/CredentialProvider.php ``defaultProvider`` and ``chain``,
ClientResolver.php ``_apply_profile`` and ``_default_region``. Every failure makes the chain go on;
a client that is given a profile asks for nothing but its role or keys in the credentials file.
"""

from __future__ import annotations

from typing import Callable, Optional

from credlint.chain.outcome import Result, Unknown, absent
from credlint.chain.php.machine import configured, container, imds, resolved
from credlint.chain.php.role import ini
from credlint.chain.php.session import Session
from credlint.chain.php.sources import (
    env,
    process,
    sso_profile,
    web_identity_env,
    web_identity_profile,
)
from credlint.chain.sdk import SdkSpecification
from credlint.chain.walk import walk
from credlint.model.location import environment_variable
from credlint.model.snapshot import HostSnapshot
from credlint.model.trace import RegionChoice, Trace


def _imds(session: Session) -> Result:
    name = configured(session)
    if name is not None:
        return absent(f"{name} is set, so IMDS is never asked", environment_variable(name))
    return imds(session)


SOURCES: dict[str, Callable[[Session], Result]] = {
    "env": env,
    "web_identity_env": web_identity_env,
    "web_identity_profile": web_identity_profile,
    "sso_profile": sso_profile,
    "process_credentials_file": lambda session: process(session, config=False),
    "role_credentials_file": lambda session: ini(session, config=False, role=True),
    "static_credentials_file": lambda session: ini(session, config=False, role=False),
    "process_config_file": lambda session: process(session, config=True),
    "role_config_file": lambda session: ini(session, config=True, role=True),
    "static_config_file": lambda session: ini(session, config=True, role=False),
    "container": container,
    "imds": _imds,
}


def resolve_family(snapshot: HostSnapshot, sdk: SdkSpecification, profile: Optional[str]) -> Trace:
    """Resolve credentials and region as the SDK would; see ``chain.resolve.resolve``."""
    session = Session(snapshot, sdk, profile)
    walked = walk(
        sdk.facts["chain_with_profile"] if session.explicit else sdk.chain,
        lambda source: SOURCES[source](session),
        goes_on=lambda _, result: (
            result.error is None or result.error.name != sdk.error("never_returns")
        ),
    )
    region, note = choose_region(session)
    notes = [note] if note else []
    if walked.outcome == "none":
        notes.append(f"every request ends in {sdk.error('rejected')}")
    if region.value is None and note is None:
        notes.append("without a region no client can be made (InvalidArgumentException)")
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


def choose_region(session: Session) -> tuple[RegionChoice, Optional[str]]:
    """Return the choice and, if it cannot be told, a note."""
    try:
        text, place = resolved(session, "region")
    except Unknown as reason:
        return RegionChoice(), f"the region cannot be told: {reason}"
    if not text:
        return RegionChoice(), None
    source = "env:AWS_REGION" if session.env("AWS_REGION") else f"profile:{session.ambient}"
    return RegionChoice(text, source, place), None
