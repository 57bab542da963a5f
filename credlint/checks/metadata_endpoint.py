"""CHN415: the metadata service is asked for at another address than that of the instance."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Optional

from credlint.checks.builder import FindingBuilder
from credlint.checks.endpoint_settings import address_of, is_loopback
from credlint.checks.options import CheckOptions
from credlint.checks.places import variable_place
from credlint.checks.profiles import effective_profiles
from credlint.checks.sdk_facts import sdk_facts
from credlint.checks.setting_names import mentions
from credlint.checks.situation import contexts_of, text_of
from credlint.checks.wording import do, sdks_of
from credlint.model.finding import Finding, Level
from credlint.model.location import Location
from credlint.model.snapshot import HostSnapshot
from credlint.model.trace import Trace

_REDIRECTED = FindingBuilder("CHN415", "imds-endpoint-redirected")

_VARIABLE = "AWS_EC2_METADATA_SERVICE_ENDPOINT"
_SETTING = "ec2_metadata_service_endpoint"
_PROPERTIES = (
    "aws.ec2MetadataServiceEndpoint",
    "com.amazonaws.sdk.ec2MetadataServiceEndpointOverride",
)
# EC2 User Guide, "Instance metadata": the address over IPv6.
_IPV6 = "fd00:ec2::254"


def imds_endpoint_redirected(
    snapshot: HostSnapshot, traces: tuple[Trace, ...], options: CheckOptions
) -> Iterable[Finding]:
    """Tell that another program than the instance's own service gives out the identity."""
    del options
    for label, text, place, sdks in _named(snapshot, traces):
        host = address_of(text)[1] if text else None
        if host is None or _is_instance(host) or not sdks:
            continue
        loopback = is_loopback(host)
        where = "on this machine" if loopback else "there"
        contexts = contexts_of(snapshot)
        level: Level = "error"
        if contexts == {"laptop"}:
            level = "note" if loopback else "warning"
        yield _REDIRECTED.build(
            level,
            f"{label} is not the address of the instance: {do(sdks, 'ask')} {host} for the role, "
            f"and whoever runs a program {where} chooses the identity.",
            place,
            subject=label,
            sdks=sdks,
            remedy=(
                f"`unset {label}`." if label == _VARIABLE else f"Delete {label}.",
                "An emulator (`aws-vault exec --ec2-server` and the like) needs no such setting.",
            ),
        )


_Named = tuple[str, Optional[str], Location, "tuple[str, ...]"]


def _named(snapshot: HostSnapshot, traces: tuple[Trace, ...]) -> Iterator[_Named]:
    """Yield each setting that some SDK follows: the variable, else the profile; the property."""
    asking = [trace for trace in traces if trace.step("imds") is not None]
    for entry in snapshot.system_properties:
        if entry.name not in _PROPERTIES or not entry.value:
            continue
        names = [t for t in asking if _reads_property(t.sdk, entry.name)]
        if names:
            place = variable_place(snapshot, entry.variable)
            yield f"-D{entry.name} in {entry.variable}", entry.value.text, place, sdks_of(names)
    value = snapshot.variable(_VARIABLE)
    if value:
        readers = [t for t in asking if _follows(t.sdk, "variable")]
        yield _VARIABLE, text_of(value), variable_place(snapshot, _VARIABLE), sdks_of(readers)
        return
    if not mentions(snapshot, _SETTING):
        return
    profiles = effective_profiles(snapshot)
    for name in dict.fromkeys(trace.profile for trace in asking):
        setting = profiles[name].settings.get(_SETTING) if name in profiles else None
        if setting is not None and setting.value:
            readers = [t for t in asking if t.profile == name and not t.unread]
            readers = [t for t in readers if _follows(t.sdk, "profile")]
            label = f"{_SETTING} of `[{name}]`"
            yield label, setting.value.text, setting.place(), sdks_of(readers)


def _reads_property(sdk: str, name: str) -> bool:
    return name in sdk_facts(sdk).get("system_properties", {}).values()


def _follows(sdk: str, kind: str) -> bool:
    """Tell whether an SDK takes the address from there; ``imds.endpoint_from`` lists it."""
    imds = sdk_facts(sdk).get("imds", {})
    return kind in imds.get("endpoint_from", ("variable", "profile"))


def _is_instance(host: str) -> bool:
    """Tell whether the address is link-local, or the instance's own over IPv6."""
    import ipaddress  # noqa: PLC0415  seldom asked

    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return False
    return address.is_link_local or address == ipaddress.ip_address(_IPV6)
