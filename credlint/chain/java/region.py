"""The region and where it comes from.

Source: regions 2.57.8, DefaultAwsRegionProviderChain: system property and variable, profile, then
the metadata service's identity document; any failure goes on to the next.
"""

from __future__ import annotations

from typing import Optional
from urllib.parse import quote

from credlint.chain.java.imds import region_from_imds
from credlint.chain.java.session import Session, text_of
from credlint.chain.outcome import Raised, Unknown
from credlint.model.location import imds as imds_place
from credlint.model.trace import RegionChoice

_DOCUMENT = "dynamic/instance-identity/document"


def choose_region(session: Session) -> tuple[RegionChoice, Optional[str]]:
    """Return the choice of the program's clients and, if it cannot be told, a note for people."""
    try:
        chosen = region_of(session, session.profile) or RegionChoice()
    except Unknown as reason:
        return RegionChoice(), f"the region cannot be told: {reason}"
    others = _others(session, chosen.source)
    return RegionChoice(chosen.value, chosen.source, chosen.location, others), None


def region_of(session: Session, profile: str) -> Optional[RegionChoice]:
    """Return the region that the chain finds for a profile, None when it finds none."""
    found = session.system("AWS_REGION")
    if found is not None and not found.is_blank:
        return RegionChoice(encoded(found.text), found.source, found.place)
    try:
        setting = session.own("region", profile)
        if setting is not None and setting.value.length:
            value = encoded(text_of(setting))
            return RegionChoice(value, f"profile:{profile}", setting.location)
    except Raised:
        pass  # a file that cannot be read is passed over here
    try:
        placed = region_from_imds(session)
    except Raised:
        return None
    return RegionChoice(placed, "imds", imds_place(_DOCUMENT)) if placed else None


def encoded(region: str) -> str:
    """Return a region as ``Region.of`` keeps it."""
    return quote(region, safe="-_.~")


def _others(session: Session, source: Optional[str]) -> tuple[tuple[str, str], ...]:
    places = [session.property("AWS_REGION"), session.env("AWS_REGION")]
    places.append(session.env("AWS_DEFAULT_REGION"))
    others = [
        (found.source, found.value.text)
        for found in places
        if found is not None and found.value.text and found.source != source
    ]
    try:
        setting = session.own("region", session.profile)
    except (Raised, Unknown):
        setting = None
    if setting is not None and setting.text and source != f"profile:{session.profile}":
        others.append((f"profile:{session.profile}", setting.text))
    return tuple(others)
