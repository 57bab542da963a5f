"""Every place that names an endpoint for requests to AWS, and which SDKs follow it.

Order and names: AWS SDKs and Tools Reference Guide, "Service-specific endpoints"; botocore 1.44.5
configprovider.py, ``ConfiguredEndpointProvider``. Whether an SDK follows them at all is
``configured_endpoints`` of its file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Optional
from urllib.parse import urlsplit

from credlint.checks.ini_view import Section, Setting, view_file
from credlint.checks.places import file_place, variable_place
from credlint.checks.profiles import Profile, effective_profiles
from credlint.checks.sdk_facts import sdk_facts
from credlint.checks.setting_names import mentions
from credlint.checks.situation import is_set, text_of
from credlint.model.host_file import HostFile
from credlint.model.lean_dataclasses import dataclass
from credlint.model.location import Location
from credlint.model.snapshot import HostSnapshot
from credlint.model.trace import Trace

GLOBAL = "AWS_ENDPOINT_URL"
_PREFIX = f"{GLOBAL}_"
_SETTING = "endpoint_url"
_PROPERTY = "aws.endpointUrl"
IGNORE_FLAG = "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"
_IGNORE_SETTING = "ignore_configured_endpoint_urls"
_USER_INFO = re.compile(r"//[^/?#]*@")
# Host names that lead back to the machine: RFC 6761 and LocalStack's own.
_LOCAL_NAMES = ("localhost", "localhost.localstack.cloud")


@dataclass(frozen=True)
class Endpoint:
    """One endpoint that is set, and the traces of the SDKs that would use it.

    ``service`` is empty for all services. ``scheme`` and ``host`` are None where the value is no
    address. ``unset`` is how to take it away.
    """

    label: str
    service: str
    scheme: Optional[str]
    host: Optional[str]
    place: Location
    subject: str
    traces: tuple[Trace, ...]
    unset: str


def configured_endpoints(
    snapshot: HostSnapshot, traces: tuple[Trace, ...], *, flagged: bool = False
) -> Iterator[Endpoint]:
    """Yield every endpoint that some trace's SDK uses, the strongest places first.

    ``flagged``: also those that an SDK is told to ignore.
    """
    in_files = mentions(snapshot, _SETTING)
    if not in_files and not _is_in_environment(snapshot):
        return
    profiles = effective_profiles(snapshot)
    following = tuple(
        trace
        for trace in traces
        if sdk_facts(trace.sdk).get("configured_endpoints", True)
        and (flagged or not _is_told_to_ignore(snapshot, profiles.get(trace.profile)))
    )
    if not following:
        return
    yield from _of_variables(snapshot, following)
    yield from _of_properties(snapshot, following)
    if is_set(snapshot, GLOBAL):
        return  # it comes before everything that the files say
    for name in dict.fromkeys(trace.profile for trace in following):
        profile = profiles.get(name)
        readers = tuple(t for t in following if t.profile == name and not t.unread)
        if profile is not None and readers:
            yield from _of_profile(snapshot, profile, readers)


def _is_in_environment(snapshot: HostSnapshot) -> bool:
    return any(entry.name.startswith(GLOBAL) for entry in snapshot.environment) or any(
        entry.name.startswith(_PROPERTY) for entry in snapshot.system_properties
    )


def _is_told_to_ignore(snapshot: HostSnapshot, profile: Optional[Profile]) -> bool:
    """Tell whether the flag is true, which a variable says before the profile does."""
    value = snapshot.variable(IGNORE_FLAG)
    if value is not None:
        return (value.text or "").lower() == "true"
    return profile is not None and (profile.text(_IGNORE_SETTING) or "").lower() == "true"


def _of_variables(snapshot: HostSnapshot, traces: tuple[Trace, ...]) -> Iterator[Endpoint]:
    for entry in snapshot.environment:
        if not entry.value or not (entry.name == GLOBAL or entry.name.startswith(_PREFIX)):
            continue
        scheme, host = address_of(entry.value.text)
        yield Endpoint(
            label=entry.name,
            service=entry.name[len(_PREFIX) :],
            scheme=scheme,
            host=host,
            place=variable_place(snapshot, entry.name),
            subject=entry.name,
            traces=traces,
            unset=f"`unset {entry.name}`",
        )


def _of_properties(snapshot: HostSnapshot, traces: tuple[Trace, ...]) -> Iterator[Endpoint]:
    for entry in snapshot.system_properties:
        readers = tuple(t for t in traces if sdk_facts(t.sdk).get("system_properties"))
        if not entry.name.startswith(_PROPERTY) or not entry.value or not readers:
            continue
        scheme, host = address_of(entry.value.text)
        yield Endpoint(
            label=f"The system property {entry.name}",
            service=entry.name[len(_PROPERTY) :],
            scheme=scheme,
            host=host,
            place=variable_place(snapshot, entry.variable),
            subject=entry.name,
            traces=readers,
            unset=f"Delete -D{entry.name}=… from {entry.variable}",
        )


def _of_profile(
    snapshot: HostSnapshot, profile: Profile, traces: tuple[Trace, ...]
) -> Iterator[Endpoint]:
    own = profile.settings.get(_SETTING)
    services = profile.text("services")
    if services:
        for file, section, service, setting in _services(snapshot, services):
            if is_set(snapshot, f"{_PREFIX}{service.upper()}"):
                continue
            scheme, host = address_of(text_of(setting.value))
            yield Endpoint(
                label=f"{_SETTING} of {service} in `[{section.name}]`",
                service=service.upper(),
                scheme=scheme,
                host=host,
                place=file_place(file, setting.line, section.name),
                subject=f"{section.name}/{service}",
                traces=traces,
                unset=f"Delete line {setting.line.number} of {file.path}",
            )
    if own is not None and own.value:
        scheme, host = address_of(own.value.text)
        yield Endpoint(
            label=f"{_SETTING} of `[{profile.name}]`",
            service="",
            scheme=scheme,
            host=host,
            place=own.place(),
            subject=f"{profile.name}/{_SETTING}",
            traces=traces,
            unset=f"Delete line {own.setting.line.number} of {own.file.path}",
        )


def _services(
    snapshot: HostSnapshot, name: str
) -> Iterator[tuple[HostFile, Section, str, Setting]]:
    """Yield the endpoints that a services section nests below its services."""
    file = snapshot.file("config")
    if file is None:
        return
    for section in view_file(file).sections:
        if section.name.split() != ["services", name]:
            continue
        for service in section.settings:
            for line in service.continuations:
                if line.kind == "setting" and (line.name or "").lower() == _SETTING:
                    yield file, section, service.name, Setting(_SETTING, line)


def address_of(text: Optional[str]) -> tuple[Optional[str], Optional[str]]:
    """Return scheme and host (in lower case) of an http address, None for both of anything else.

    What stands before an @ is no part of the host; in a snapshot it is a mark.
    """
    try:
        parts = urlsplit(_USER_INFO.sub("//", (text or "").strip(), count=1))
        host = parts.hostname
    except ValueError:
        return None, None
    if parts.scheme not in ("http", "https") or not host:
        return None, None
    return parts.scheme, host


def is_loopback(host: str) -> bool:
    """Tell whether a host name or address leads back to this machine, however it is written."""
    import ipaddress  # noqa: PLC0415  seldom asked
    import socket  # noqa: PLC0415  likewise

    bare = host.rstrip(".")
    if any(bare == name or bare.endswith(f".{name}") for name in _LOCAL_NAMES):
        return True
    try:
        address = ipaddress.ip_address(bare.partition("%")[0])
    except ValueError:
        try:
            # 127.1, 0x7f000001, 2130706433: what C libraries take for an address.
            address = ipaddress.ip_address(socket.inet_aton(bare))
        except (OSError, UnicodeError):
            return False
    inner = getattr(address, "ipv4_mapped", None) or address
    return inner.is_loopback or inner.is_unspecified
