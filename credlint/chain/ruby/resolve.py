"""Walks the chain of the AWS SDK for Ruby over a snapshot. Pure.

Source: aws-sdk-core 3.211.0, credential_provider_chain.rb ``providers`` and
plugins/regional_endpoint.rb ``resolve_region``. A client's own profile stands before the
environment; every failure of a source that is configured ends the client.
"""

from __future__ import annotations

from typing import Callable, Optional

from credlint.chain.outcome import Result, absent
from credlint.chain.ruby.machine import configured, container, imds
from credlint.chain.ruby.role import role_profile
from credlint.chain.ruby.session import Session
from credlint.chain.ruby.sources import (
    check_client,
    env,
    process_profile,
    sso_profile,
    static_file,
    web_identity_env,
    web_identity_profile,
)
from credlint.chain.sdk import SdkSpecification
from credlint.chain.walk import Walk, prepared, walk
from credlint.model.location import environment_variable
from credlint.model.snapshot import HostSnapshot
from credlint.model.trace import RegionChoice, SdkError, Trace


def _imds(session: Session) -> Result:
    name = configured(session)
    if name is not None:
        return absent(f"{name} is set, so IMDS is never asked", environment_variable(name))
    return imds(session, session.profile)


SOURCES: dict[str, Callable[[Session], Result]] = {
    "env": env,
    "web_identity_env": web_identity_env,
    "web_identity_profile": lambda session: web_identity_profile(session, session.shared_profile),
    "sso_profile": lambda session: sso_profile(session, session.profile),
    "role_profile": lambda session: role_profile(session, session.profile),
    "static_credentials_file": lambda session: static_file(session, session.profile, "credentials"),
    "static_config_file": lambda session: static_file(session, session.profile, "config"),
    "process_profile": lambda session: process_profile(session, session.profile),
    "container": container,
    "imds": _imds,
}


def resolve_family(snapshot: HostSnapshot, sdk: SdkSpecification, profile: Optional[str]) -> Trace:
    """Resolve credentials and region as the SDK would; see ``chain.resolve.resolve``."""
    session = Session(snapshot, sdk, profile)
    fatal, unknown = prepared(session.load)
    chain = sdk.facts["chain_with_profile"] if session.explicit else sdk.chain

    def walked_with(error: Optional[SdkError]) -> Walk:
        judge = lambda source: SOURCES[source](session)  # noqa: E731  of one place
        return walk(chain, judge, fatal=error, lost=unknown is not None)

    walked = walked_with(fatal)
    if walked.error is None and unknown is None:
        # The client is not there yet: it looks for a bearer token after its credentials.
        late, unknown = prepared(lambda: check_client(session, session.profile))
        walked = walked if late is None and unknown is None else walked_with(late)
    region, region_note = choose_region(session)
    notes = [note for note in (region_note, unknown) if note]
    if region.value is None and region_note is None:
        notes.append(
            "without a region every client of a regional service ends in MissingRegionError"
        )
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
    """Return the choice and, if it cannot be told, a note.

    The first variable that exists hides the others, even when it is empty.
    """
    candidates, hidden = [], False
    for name in session.sdk.region_chain:
        value = session.env(name)
        if value is None:
            continue
        if value and not hidden:
            candidates.append(RegionChoice(value.text, f"env:{name}", environment_variable(name)))
        hidden = True
    setting = session.setting(session.shared_profile, "region")
    if setting is not None:
        source = f"profile:{session.shared_profile}"
        candidates.append(RegionChoice(setting.text, source, setting.location))
    if not candidates:
        return RegionChoice(), None
    first, *others = candidates
    ignored = tuple((one.source or "", one.value or "") for one in others)
    note = None
    if first.value is None:
        note = "the region cannot be told: it is a block or was not captured"
    return RegionChoice(first.value, first.source, first.location, ignored), note
