"""The region and where it comes from, and what a request to STS or SSO needs of it.

Sources: aws-config 1.13.0, default_provider/region.rs, environment/region.rs, profile/region.rs
(the profile's, else that of the profile it refers to, and so on), imds/region.rs;
aws-sdk-sts 1.124.0, config/endpoint.rs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Optional

from credlint.chain.ini_view import Setting
from credlint.chain.outcome import Raised, Unknown
from credlint.chain.rust.endpoints import is_disabled, reached_imds
from credlint.chain.rust.session import Session, Value, known_text, place_of, runs_over
from credlint.chain.rust.uri import parse_uri
from credlint.model.location import environment_variable
from credlint.model.location import imds as imds_place
from credlint.model.trace import RegionChoice

_VARIABLES = ("AWS_REGION", "AWS_DEFAULT_REGION")
_PATH = "meta-data/placement/region"
_LABELS = r"[A-Za-z0-9][A-Za-z0-9-]{0,62}(\.[A-Za-z0-9][A-Za-z0-9-]{0,62})*\Z"
_NOT_PLAIN = (
    ("AWS_USE_FIPS_ENDPOINT", "use_fips_endpoint"),
    ("AWS_USE_DUALSTACK_ENDPOINT", "use_dualstack_endpoint"),
)
_URL, _URL_KEY = "AWS_ENDPOINT_URL", "endpoint_url"


def choose_region(session: Session) -> tuple[RegionChoice, Optional[str]]:
    """Return the choice and, if it cannot be told, a note for people."""
    try:
        candidates = list(_candidates(session))
    except Unknown as reason:
        return RegionChoice(), f"the region cannot be told: {reason}"
    if not candidates:
        return _of_imds(session)
    first, *others = candidates
    ignored = tuple((one.source or "", one.value or "") for one in others)
    choice = RegionChoice(first.value, first.source, first.location, ignored)
    if first.value is None:
        return choice, "the region cannot be told: its text was not captured"
    return choice, None


def _candidates(session: Session) -> Iterator[RegionChoice]:
    for name in _VARIABLES:
        value = session.env(name)
        if value is not None:
            yield RegionChoice(value.text, f"env:{name}", environment_variable(name))
    name, visited = session.name, set[str]()
    while name not in visited:
        visited.add(name)
        profile = session.profile(name)
        setting = profile.get("region") if profile is not None else None
        if setting is not None:
            yield RegionChoice(setting.text, f"profile:{name}", setting.location)
            return
        source = profile.get("source_profile") if profile is not None else None
        if source is None:
            return
        name = known_text(source, "source_profile")


def _of_imds(session: Session) -> tuple[RegionChoice, Optional[str]]:
    if is_disabled(session):
        return RegionChoice(), None
    try:
        reached = reached_imds(session)
    except Raised:
        return RegionChoice(), None
    except Unknown as reason:
        return RegionChoice(), f"the region cannot be told: {reason}"
    if reached.kind == "undecided":
        return RegionChoice(), f"the region cannot be told: {reached.detail}"
    region = session.snapshot.imds.placement_region if reached.kind == "found" else None
    if region is None:
        return RegionChoice(), None
    return RegionChoice(region, "imds", imds_place(_PATH)), None


def check_service(
    session: Session, service: str, region: Optional[Setting] = None, *, signed: bool = True
) -> None:
    """Raise Raised where no request to the service can be made; ``region``: its own.

    A request that is not ``signed`` does without a region where an address is configured.
    """
    endpoint = _endpoint(session, service)
    if region is None:
        choice, note = choose_region(session)
        kind, _, name = (choice.source or "").partition(":")
        if kind == "profile":
            profile = session.profile(name)
            region = profile.get("region") if profile is not None else None
        elif note is not None:
            raise Unknown(note)
        if choice.source is None and (signed or endpoint is None):
            message = f"no region is configured, without which {service.upper()} is not found"
            session.fail("source_failed", message)
        text = choice.value
    if region is not None:
        text = "\n" if runs_over(region) else known_text(region, "the region")
    if text is not None and not re.match(_LABELS, text):
        place = region.location if region is not None else None
        session.fail("source_failed", "the region is no part of a host name", place)
    if endpoint is not None:
        _check_endpoint(session, endpoint)


def _endpoint(session: Session, service: str) -> Optional[Value]:
    name = f"{_URL}_{service.upper()}"
    value = session.env(name)
    if value is None:
        value = session.env(_URL)
    if value is not None:
        return value
    services = session.selected("services")
    if services is not None:
        section = session.sections.get(("services", known_text(services, "services")))
        block = section.get(service) if section is not None else None
        for line in known_text(block, "services").split("\n") if block is not None else ():
            key, equals, _ = line.partition("=")
            if equals and key.strip(" \t") == _URL_KEY:
                return block
    return session.selected(_URL_KEY)


def _check_endpoint(session: Session, endpoint: Value) -> None:
    place = place_of(endpoint, _URL)
    if not endpoint:
        session.fail("panic", "the configured endpoint is empty", place)
    uri = parse_uri(known_text(endpoint, "the configured endpoint"))
    if uri is None or uri[0] not in {"http", "https"}:
        session.fail("source_failed", "the configured endpoint is no web address", place)
    for variable, key in _NOT_PLAIN:
        value = session.either(variable, key)
        if value is not None and (value.text or "").lower() == "true":
            message = f"{key} cannot be met with the configured endpoint"
            session.fail("source_failed", message, place)
