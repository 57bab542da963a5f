"""Walks the chain of an SDK of the Go family over a snapshot. Pure.

The first source that is configured is taken for good; only IMDS, the last one, is taken without
being configured, so there it is told as ``none`` when nothing answers.
"""

from __future__ import annotations

from typing import Callable, Optional

from credlint.chain.go.imds import imds, imds_error
from credlint.chain.go.region import choose_region
from credlint.chain.go.role import machine_container, role_profile
from credlint.chain.go.session import Session
from credlint.chain.go.session_v1 import SessionV1
from credlint.chain.go.sources import (
    env,
    process_profile,
    static_config_file,
    static_credentials_file,
    web_identity_env,
    web_identity_profile,
)
from credlint.chain.go.sso import login_profile, sso_profile
from credlint.chain.outcome import Result
from credlint.chain.sdk import SdkSpecification
from credlint.chain.walk import Walk, judged, prepared, walk
from credlint.model.snapshot import HostSnapshot
from credlint.model.trace import SdkError, Trace

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
    "container": machine_container,
    "imds": imds,
}
# Of a Terraform provider block, which stands around the others; see ``terraform_walk``.
AROUND = ("provider_assume_role", "provider_block", "provider_web_identity")
ENVIRONMENT = frozenset({"env", "web_identity_env"})


def resolve_family(snapshot: HostSnapshot, sdk: SdkSpecification, profile: Optional[str]) -> Trace:
    """Resolve credentials and region as the SDK would; see ``chain.resolve.resolve``."""
    if "provider_block" in sdk.chain:
        from credlint.chain.go.terraform_walk import (  # noqa: PLC0415  it builds upon this module
            resolve_terraform,
        )

        return resolve_terraform(snapshot, sdk, profile)
    session = (SessionV1 if sdk.facts["generation"] == 1 else Session)(snapshot, sdk, profile)
    fatal, unknown = prepared(session.load)
    walked = _walk(session, fatal, unknown)
    if fatal is None and unknown is None and walked.error is None:
        # Go v1 reads the certificates after it has chosen a source.
        fatal, unknown = prepared(session.check_certificates)
        if fatal or unknown:
            walked = _walk(session, fatal, unknown)
    region, region_note = choose_region(session)
    notes = (region_note, unknown, imds_note(session, walked), *session.notes())
    return Trace(
        sdk=sdk.id,
        outcome=walked.outcome,
        steps=walked.steps,
        winner=walked.winner,
        error=walked.error,
        region=region,
        profile=session.name,
        profile_source=session.profile_source,
        notes=tuple(note for note in notes if note),
    )


def _walk(session: Session, fatal: Optional[SdkError], unknown: Optional[str]) -> Walk:
    return walk(
        session.sdk.chain,
        lambda source: SOURCES[source](session),
        fatal=fatal,
        lost=unknown is not None,
        left_out=ENVIRONMENT if session.explicit else frozenset(),
    )


def imds_note(session: Session, walked: Walk) -> Optional[str]:
    """Tell of the error of every request, where only IMDS was left and gave nothing."""
    if walked.outcome != "none":
        return None
    failure = imds_error(session, judged(lambda _: imds(session), "imds"))
    name = session.sdk.errors.get("no_provider", failure.name)
    return f"every request fails with {name}: {failure.message}"
