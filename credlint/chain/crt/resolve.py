"""Walks the chain of the Common Runtime over a snapshot. Pure.

Every failure is passed over, save one that never answers or ends the program.
Source: aws-c-auth source/credentials_provider_default_chain.c, credentials_provider_chain.c.
"""

from __future__ import annotations

import re
from typing import Callable, Optional

from credlint.chain.crt.cpp import DISABLED, Cpp
from credlint.chain.crt.machine import container, has_container, imds_in_chain, is_disabled
from credlint.chain.crt.profile import environment, from_profile
from credlint.chain.crt.profile_file import SERVICES
from credlint.chain.crt.session import Session, place_of, value_of
from credlint.chain.crt.sts import TokenRole, web_identity_of
from credlint.chain.outcome import Raised, Result, Unknown, absent
from credlint.chain.sdk import SdkSpecification
from credlint.chain.walk import walk
from credlint.model.location import environment_variable
from credlint.model.location import imds as imds_place
from credlint.model.snapshot import HostSnapshot
from credlint.model.trace import RegionChoice, SdkError, Trace

_TWO_PROFILES = 'the region is that of profile "{}", which only region and SSO are read from'
_NO_REGION = RegionChoice(source="program")
# The C++ SDK's own view is there for that SDK alone.
Judge = Callable[[str, Session, Optional[Cpp]], Result]


def _of_profile(source: str, session: Session, cpp: Optional[Cpp]) -> Result:
    try:
        return from_profile(session, source)
    except Raised as raised:
        error = raised.error
        unreachable = source == "role_profile" and error.name == session.sdk.error("host")
        if unreachable and cpp is None and _is_last(session):
            # No credentials and no error: awscrt ends the program (auth_credentials.c).
            message = f"{error.message}, and nothing is left to ask, which awscrt does not expect"
            session.fail("aborts", message, error.location)
        raise


def _is_last(session: Session) -> bool:
    """Tell whether the chain has no other provider behind the profile's."""
    if has_container(session) or not is_disabled(session):
        return False
    return not TokenRole(session, session.name, session.config).is_made


def _web_identity(_: str, session: Session, cpp: Optional[Cpp]) -> Result:
    if cpp is not None:
        return cpp.web_identity()
    return web_identity_of(TokenRole(session, session.name, session.config))


def _sso(_: str, __: Session, cpp: Optional[Cpp]) -> Result:
    return absent("SSO is no part of this chain") if cpp is None else cpp.sso()


def _container(_: str, session: Session, cpp: Optional[Cpp]) -> Result:
    return container(session) if cpp is None else cpp.container()


def _imds(_: str, session: Session, cpp: Optional[Cpp]) -> Result:
    return imds_in_chain(session) if cpp is None else cpp.imds()


SOURCES: dict[str, Judge] = {
    "env": lambda _, session, __: environment(session),
    "role_profile": _of_profile,
    "web_identity_profile": _of_profile,
    "static_credentials_file": _of_profile,
    "static_config_file": _of_profile,
    "process_profile": _of_profile,
    "web_identity": _web_identity,
    "sso_profile": _sso,
    "container": _container,
    "imds": _imds,
}


def resolve_family(snapshot: HostSnapshot, sdk: SdkSpecification, profile: Optional[str]) -> Trace:
    """Resolve credentials and region as the SDK would; see ``chain.resolve.resolve``."""
    try:
        session = Session(snapshot, sdk, profile)
        cpp = Cpp(session) if "config_profile_env" in sdk.facts else None
        fatal = _crash(session, cpp) or (cpp.aborts() if cpp is not None else None)
    except Unknown as reason:
        return Trace(sdk.id, "undecided", (), notes=(str(reason),))
    walked = walk(
        sdk.chain,
        lambda source: SOURCES[source](source, session, cpp),
        fatal=fatal,
        goes_on=lambda _, result: (
            result.error is None or result.error.name not in session.last_words
        ),
    )
    region, note = (_NO_REGION, None) if cpp is None else choose_region(cpp)
    return Trace(
        sdk=sdk.id,
        outcome=walked.outcome,
        steps=walked.steps,
        winner=walked.winner,
        error=walked.error,
        region=region,
        profile=session.name,
        profile_source=session.profile_source,
        notes=tuple(why for why in (note, *(why for why, _ in session.faults.values())) if why),
    )


def _crash(session: Session, cpp: Optional[Cpp]) -> Optional[SdkError]:
    """Return what ends the program while the chain is made.

    The endpoint of STS is looked for whatever the profile is good for, and a services section
    that has ``sts`` without ``endpoint_url`` is not expected.
    """
    config = session.config
    if config is None or not config[SERVICES]:
        return None
    try:
        TokenRole(session, session.name, config, cpp.given() if cpp else None).override()
        if cpp is None:
            from_profile(session, "role_profile")
            from_profile(session, "web_identity_profile")
    except Raised as raised:
        return raised.error if raised.error.name == session.sdk.error("crashes") else None
    return None


def choose_region(cpp: Cpp) -> tuple[RegionChoice, Optional[str]]:
    """Return the region that a client is made with and, if need be, a note for people.

    Source: aws-sdk-cpp 1.11.900 client/ClientConfiguration.cpp.
    """
    candidates: list[RegionChoice] = []
    for name in ("AWS_DEFAULT_REGION", "AWS_REGION"):
        value = cpp.session.filled(name)
        if value is not None:
            candidates.append(RegionChoice(value.text, f"env:{name}", environment_variable(name)))
    one = cpp.profile.get("region")
    if one is not None:
        candidates.append(RegionChoice(value_of(one).text, f"profile:{cpp.name}", place_of(one)))
    if not candidates:
        return _region_of_machine(cpp), None
    first, *others = candidates
    ignored = tuple((other.source or "", other.value or "") for other in others)
    choice = RegionChoice(first.value, first.source, first.location, ignored)
    if first.value is None:
        return choice, "the region cannot be told: it was not captured"
    by_profile = first.location is not None and first.location.kind == "file"
    apart = by_profile and cpp.name != cpp.session.name
    return choice, _TWO_PROFILES.format(cpp.name) if apart else None


def _region_of_machine(cpp: Cpp) -> RegionChoice:
    session = cpp.session
    asked = session.text_of(DISABLED).lower() != "true" and cpp.imds_endpoint() is not None
    zone = re.match(r"\D*\d+", session.snapshot.imds.availability_zone or "")
    if asked and zone is not None:
        return RegionChoice(zone.group(), "imds", imds_place("meta-data/placement"))
    return RegionChoice(session.sdk.facts["default_region_fallback"], "fallback")
