"""The region and where it comes from.

Source: aws-sdk-net, AWSSDK.Core 3.7.402.25 as built, FallbackRegionFactory.cs: AWS_REGION, the
profile that AWS_PROFILE names (never the client configuration's), the instance identity document;
whatever throws, a name that is no region's included, is passed over.
"""

from __future__ import annotations

from typing import Optional

from credlint.chain.dotnet.imds import imds, reached
from credlint.chain.dotnet.session import Session
from credlint.chain.dotnet.values import is_region
from credlint.chain.outcome import Unknown
from credlint.model.location import environment_variable
from credlint.model.location import imds as imds_place
from credlint.model.trace import RegionChoice


def choose_region(session: Session) -> tuple[RegionChoice, Optional[str]]:
    """Return the choice and, if it cannot be told, a note for people."""
    try:
        candidates = _candidates(session)
    except Unknown as reason:
        return RegionChoice(), f"the region cannot be told: {reason}"
    if not candidates:
        return RegionChoice(), None
    first, *others = candidates
    ignored = tuple((one.source or "", one.value or "") for one in others)
    return RegionChoice(first.value, first.source, first.location, ignored), None


def _candidates(session: Session) -> list[RegionChoice]:
    found: list[RegionChoice] = []
    for name in session.sdk.region_chain:
        if found and name == "imds_identity_document":
            break  # IMDS is not asked for what would not count
        choice = _judges(session, name)
        if choice is not None:
            found.append(choice)
    return found


def _judges(session: Session, name: str) -> Optional[RegionChoice]:
    if name == "profile":
        named = session.sdk.facts["region_profile"] or session.ambient
        profile = session.usable_profile(named)
        setting = profile.region() if profile is not None else None
        if setting is None:
            return None
        return RegionChoice(setting.text, f"profile:{named}", setting.location)
    if name == "imds_identity_document":
        return _of_instance(session)
    text = session.text(name)
    if not is_region(text):
        return None
    return RegionChoice(text, f"env:{name}", environment_variable(name))


def _of_instance(session: Session) -> Optional[RegionChoice]:
    state = imds(session)
    if state.kind == "undecided":
        raise Unknown(state.detail)
    region = session.snapshot.imds.region
    # Without a role the document is there all the same.
    if state.kind == "broken" or session.configuration_fault() is not None or not region:
        return None
    if reached(session)[0] is None:
        return None
    return RegionChoice(region, "imds", imds_place("dynamic/instance-identity/document"))
