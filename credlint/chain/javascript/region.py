"""The region: ``AWS_REGION``, the profile (credentials file first), instance metadata.

Source: @smithy/core 3.41.0, submodules/config: ``NODE_REGION_CONFIG_OPTIONS`` with
``preferredFile: "credentials"``, ``getInstanceMetadataRegion`` (version 2 of IMDS only, the
endpoint's path is dropped, any failure means no region), ``resolveRegionConfig``.
"""

from __future__ import annotations

from typing import Optional

from credlint.chain.javascript.address import InvalidAddress, parse_address
from credlint.chain.javascript.session import Session
from credlint.chain.outcome import Unknown
from credlint.chain.patterns import pattern
from credlint.model.location import environment_variable
from credlint.model.location import imds as imds_place
from credlint.model.trace import RegionChoice

_ENDPOINT = "AWS_EC2_METADATA_SERVICE_ENDPOINT"
_MODE = "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE"
_DISABLED = "AWS_EC2_METADATA_DISABLED"
_LABEL = pattern(r"(?!.*-\Z)(?!-)[a-zA-Z0-9-]{1,63}\Z")
_FIPS = pattern(r"fips-(?:dkr-|prod-)?|-fips")
_OK = 200
MAYBE_EC2 = frozenset({"ec2", "ecs", "eks", "container"})


def choose_region(session: Session) -> tuple[RegionChoice, Optional[str]]:
    """Return the choice and, if it cannot be told or the look-up raises, a note for people."""
    try:
        chosen = _choose(session)
    except Unknown as reason:
        return RegionChoice(ignored=_others(session, None)), f"the region cannot be told: {reason}"
    others = _others(session, chosen.source)
    if chosen.value is None:
        return RegionChoice(ignored=others), None
    fault = label_fault(chosen.value)
    if fault is not None:
        note = f"looking up the region raises Error: {fault} ({chosen.source})"
        return RegionChoice(ignored=others), note
    return RegionChoice(real_region(chosen.value), chosen.source, chosen.location, others), None


def region_fault(session: Session) -> Optional[str]:
    """Return why the client's region is refused, None when it is not or cannot be told."""
    try:
        chosen = _choose(session)
    except Unknown:
        return None
    return None if chosen.value is None else label_fault(chosen.value)


def label_fault(region: str) -> Optional[str]:
    """Return why a region is refused (``checkRegion``)."""
    real = real_region(region)
    if real == "*" or _LABEL.match(real):
        return None
    return "the region is not a valid host label" if real else "the region is empty"


def real_region(region: str) -> str:
    """Return the region without the marks of FIPS pseudo-regions (``getRealRegion``)."""
    if region in {"fips-aws-global", "aws-fips"}:
        return "us-east-1"
    if region.startswith("fips-") or region.endswith("-fips"):
        return _FIPS.sub("", region, count=1)
    return region


def _choose(session: Session) -> RegionChoice:
    if session.is_set("AWS_REGION"):
        return RegionChoice(
            session.text("AWS_REGION"), "env:AWS_REGION", environment_variable("AWS_REGION")
        )
    session.check()
    setting = session.preferring("credentials", session.profile, "region")
    if setting is not None:
        if setting.text is None:
            message = "the profile's region was not captured"
            raise Unknown(message)
        return RegionChoice(setting.text, f"profile:{session.profile}", setting.location)
    return _from_imds(session)


def _from_imds(session: Session) -> RegionChoice:
    if session.env(_DISABLED) is not None:
        return RegionChoice()  # any text at all, even false
    evidence = session.snapshot.imds
    endpoint = session.text(_ENDPOINT)
    if endpoint:
        try:
            address = parse_address(endpoint)
        except InvalidAddress:
            return RegionChoice()
        if address.path not in {"", "/"} or not address.host or address.scheme != "http":
            message = "the SDK asks another IMDS endpoint than was probed"
            raise Unknown(message)
    ipv6 = session.text(_MODE) == "IPv6"
    if not endpoint and ipv6 != ("fd00:ec2::254" in evidence.endpoint):
        message = "the SDK asks another IMDS endpoint than was probed"
        raise Unknown(message)
    if not evidence.probed and MAYBE_EC2.intersection(session.snapshot.platform.contexts):
        message = f"IMDS was not asked ({evidence.reason or 'unknown reason'})"
        raise Unknown(message)
    if evidence.token.error == "timeout" and MAYBE_EC2.intersection(
        session.snapshot.platform.contexts
    ):
        message = "the probe of IMDS timed out, the SDK waits longer"
        raise Unknown(message)
    region = evidence.placement_region
    if evidence.token.status != _OK or not region:
        return RegionChoice()
    return RegionChoice(region, "imds", imds_place("meta-data/placement/region"))


def _others(session: Session, source: Optional[str]) -> tuple[tuple[str, str], ...]:
    others = []
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION"):
        value = session.env(name)
        if value is not None and value.text and f"env:{name}" != source:
            others.append((f"env:{name}", value.text))
    setting = session.preferring("credentials", session.profile, "region")
    name = f"profile:{session.profile}"
    if setting is not None and setting.text and name != source:
        others.append((name, setting.text))
    return tuple(others)
