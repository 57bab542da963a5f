"""The region and where it comes from.

Source: aws-java-sdk-core 1.12.797, DefaultAwsRegionProviderChain: the variable and the property
count as soon as they exist, even if empty, then the config file, then the identity document.
"""

from __future__ import annotations

from typing import Optional

from credlint.chain.java_v1.imds import region_from_imds
from credlint.chain.java_v1.session import Session, find
from credlint.chain.outcome import Raised, Unknown
from credlint.model.location import imds as imds_place
from credlint.model.trace import RegionChoice

_DOCUMENT = "dynamic/instance-identity/document"


def choose_region(session: Session) -> tuple[RegionChoice, Optional[str]]:
    """Return the choice and, if it cannot be told or its look-up raises, a note for people."""
    note = None
    chosen = RegionChoice()
    try:
        chosen = region_of(session) or chosen
    except Unknown as reason:
        note = f"the region cannot be told: {reason}"
    except Raised as raised:
        error = raised.error
        note = f"looking up the region raises {error.name}: {error.message}"
    others = tuple(
        (one.source, one.value.text)
        for one in map(session.env, ("AWS_REGION", "AWS_DEFAULT_REGION"))
        if one is not None and one.value.text and one.source != chosen.source
    )
    return RegionChoice(chosen.value, chosen.source, chosen.location, others), note


def region_of(session: Session) -> Optional[RegionChoice]:
    """Return the region that the chain finds; raises Raised where a class cannot be loaded."""
    for given in (session.env("AWS_REGION"), session.property("AWS_REGION")):
        if given is not None:
            return RegionChoice(session.raw(given), given.source, given.place)
    try:
        profile = find(session.config(), session.own_profile)
    except Raised:
        profile = None
    setting = profile.get("region") if profile is not None else None
    if setting is not None and setting.value.length:
        if setting.text is None:
            message = "the text of region was not captured"
            raise Unknown(message)
        return RegionChoice(setting.text, f"profile:{session.own_profile}", setting.location)
    try:
        placed = region_from_imds(session)
    except Raised as raised:
        if raised.error.name == session.sdk.error("imds_failed"):
            return None
        raise
    return RegionChoice(placed, "imds", imds_place(_DOCUMENT)) if placed else None
