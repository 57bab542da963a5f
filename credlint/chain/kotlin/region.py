"""The region and where it comes from.

Source: aws-sdk-kotlin 1.8.12, aws-config region (DefaultRegionProviderChainJVM.kt,
ImdsRegionProvider.kt); smithy-kotlin 1.7.2 RegionProviderChain.kt: what raises is passed over, and
an empty text is a region, with which no client can be created.
"""

from __future__ import annotations

from typing import Optional

from credlint.chain.kotlin.imds import imds_region
from credlint.chain.kotlin.session import Session
from credlint.chain.outcome import Raised, Unknown
from credlint.model.lean_dataclasses import replace
from credlint.model.location import imds as imds_place
from credlint.model.trace import RegionChoice

_VARIABLE = "AWS_REGION"
_IGNORED = "AWS_DEFAULT_REGION"
_PATH = "meta-data/placement/region"


def chain_region(session: Session) -> RegionChoice:
    """Return what the default chain gives; raises Unknown when that cannot be told."""
    text = session.text(_VARIABLE)
    if text is not None:
        return RegionChoice(text, session.source(_VARIABLE), session.place(_VARIABLE))
    try:
        setting = session.active().get("region")
    except Raised:
        setting = None
    if setting is not None:
        if setting.text is None and "\n" not in setting.masked:
            message = "the profile's region was not captured"
            raise Unknown(message)
        # What runs over several lines is none, but keeps the next place from being asked.
        return RegionChoice(
            setting.text or setting.masked, f"profile:{session.ambient}", setting.location
        )
    region = imds_region(session)
    return RegionChoice(region, "imds", imds_place(_PATH)) if region else RegionChoice()


def choose_region(session: Session) -> tuple[RegionChoice, Optional[str]]:
    """Return the choice and, if it cannot be told, a note for people."""
    note = None
    try:
        choice = chain_region(session)
        if "\n" in (choice.value or ""):
            choice = replace(choice, value=None)
            note = "the region cannot be told: it runs over several lines"
    except Unknown as reason:
        choice, note = RegionChoice(), f"the region cannot be told: {reason}"
    others = tuple(one for one in _others(session) if one[0] != choice.source)
    return RegionChoice(choice.value, choice.source, choice.location, others), note


def _others(session: Session) -> list[tuple[str, str]]:
    others = []
    entry = session.property(_VARIABLE)
    if entry is not None and entry.value.text:
        others.append((session.source(_VARIABLE), entry.value.text))
    for name in (_VARIABLE, _IGNORED):
        value = session.snapshot.variable(name)
        if value and value.text:
            others.append((f"env:{name}", value.text))
    for profile in dict.fromkeys((session.ambient, session.name)):
        try:
            setting = session.config().profile(profile).get("region")
        except (Raised, Unknown):
            continue
        if setting is not None and setting.text:
            others.append((f"profile:{profile}", setting.text))
    return others
