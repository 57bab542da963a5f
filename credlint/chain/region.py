"""The region and where it comes from.

Sources: botocore 1.44.5 configprovider.py (``AWS_DEFAULT_REGION`` alone, then the profile); AWS
CLI v2 2.36.7 clidriver.py ``_construct_cli_region_chain`` and utils.py ``IMDSRegionProvider``
(availability zone without its last letter).
"""

from __future__ import annotations

from typing import Optional

from credlint.chain.outcome import Raised, Unknown
from credlint.chain.session import Session
from credlint.chain.sources.imds import reachability
from credlint.chain.sources.imds_settings import imds_settings
from credlint.model.location import environment_variable
from credlint.model.location import imds as imds_place
from credlint.model.trace import RegionChoice

_VARIABLES = ("AWS_REGION", "AWS_DEFAULT_REGION")
_IMDS = "imds_availability_zone"


def choose_region(session: Session) -> tuple[RegionChoice, Optional[str]]:
    """Return the choice and, if it cannot be told or its look-up raises, a note for people."""
    candidates = []
    note = None
    for place in session.sdk.region_chain:
        try:
            found = _look(session, place)
        except Raised as error:
            note = f"looking up the region raises {error.error.name}: {error.error.message}"
            break
        except Unknown as reason:
            note = f"the region cannot be told: {reason}"
            break
        if found is not None:
            candidates.append(found)
            break
    chosen = candidates[0] if candidates else RegionChoice()
    return (
        RegionChoice(chosen.value, chosen.source, chosen.location, _others(session, chosen.source)),
        note,
    )


def _look(session: Session, place: str) -> Optional[RegionChoice]:
    if place == "profile":
        setting = session.scoped().get("region")
        if setting is None:
            return None
        if setting.text is None:
            message = "the profile's region runs over several lines"
            raise Unknown(message)
        return RegionChoice(setting.value.text, f"profile:{session.profile}", setting.location)
    if place == _IMDS:
        return _from_imds(session)
    value = session.env(place)
    if value is None:
        return None
    return RegionChoice(value.text, f"env:{place}", environment_variable(place))


def _from_imds(session: Session) -> Optional[RegionChoice]:
    reach = reachability(session, imds_settings(session))
    if reach.kind == "undecided":
        raise Unknown(reach.detail)
    zone = session.snapshot.imds.availability_zone
    if reach.kind == "absent" or not zone:
        return None
    return RegionChoice(zone[:-1], "imds", imds_place("meta-data/placement/availability-zone"))


def _others(session: Session, source: Optional[str]) -> tuple[tuple[str, str], ...]:
    others = []
    for name in _VARIABLES:
        value = session.env(name)
        if value and value.text and f"env:{name}" != source:
            others.append((f"env:{name}", value.text))
    try:
        setting = session.named(session.profile).get("region")
    except (Raised, Unknown):
        setting = None
    if setting is not None and setting.text and f"profile:{session.profile}" != source:
        others.append((f"profile:{session.profile}", setting.text))
    return tuple(others)
