"""CHN403 to CHN406: regions that are not there, are none, or belong elsewhere."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator, Mapping
from typing import Optional

from credlint.checks.arn import partition_of_arn
from credlint.checks.builder import FindingBuilder
from credlint.checks.closest import closest
from credlint.checks.options import CheckOptions
from credlint.checks.partitions import (
    is_region,
    known_regions,
    looks_like_region,
    owner_of,
    partition_of_region,
    region_of_zone,
)
from credlint.checks.places import file_place, variable_place
from credlint.checks.profiles import PlacedSetting, effective_profiles
from credlint.checks.region import choosing, explained_by_default
from credlint.checks.sdk_facts import sdk_facts
from credlint.checks.setting_names import mentions
from credlint.checks.situation import contexts_of, text_of
from credlint.checks.tokens import environment_redirects, section_redirects
from credlint.checks.wording import do, file_readers, sdks_of
from credlint.model.captured import CapturedValue
from credlint.model.finding import Finding, Level
from credlint.model.lean_dataclasses import dataclass
from credlint.model.location import HOME, SRCROOT, Location, imds
from credlint.model.snapshot import HostSnapshot
from credlint.model.trace import Trace

_INHERITED = FindingBuilder("CHN403", "region-not-inherited")
_MALFORMED = FindingBuilder("CHN404", "region-malformed")
_DIFFERS = FindingBuilder("CHN405", "region-differs-from-host")
_PARTITION = FindingBuilder("CHN406", "partition-mismatch")

_VARIABLES = ("AWS_REGION", "AWS_DEFAULT_REGION")
_SETTINGS = ("region", "sso_region")
_ARN_SETTINGS = ("role_arn", "mfa_serial")
_MACHINES = frozenset(("ec2", "ecs", "eks"))
_PIPELINES = frozenset(("ci", "codebuild"))


def region_not_inherited(
    snapshot: HostSnapshot, traces: tuple[Trace, ...], options: CheckOptions
) -> Iterable[Finding]:
    """Tell that the selected profile has no region while [default], which lends none, has."""
    del options
    without = [t for t in choosing(traces) if t.region.value is None and t.profile != "default"]
    if not without:
        return
    profiles = effective_profiles(snapshot)
    groups: dict[str, list[Trace]] = {}
    for trace in explained_by_default(snapshot, without):
        groups.setdefault(trace.profile, []).append(trace)
    for name, group in groups.items():
        sdks, setting = sdks_of(group), profiles["default"].settings["region"]
        region, place = setting.value.text or "REGION", profiles[name].first_place()
        yield _INHERITED.build(
            "warning",
            f"`[{name}]` has no region and does not inherit {region} from `[default]`: "
            f"{do(sdks, 'find no region')}.",
            place or Location("file", ".aws/config", HOME),
            subject=name,
            sdks=sdks,
            related=[setting.place("This region counts for [default] alone.")],
            remedy=(
                (
                    f"`aws configure set region {shlex.quote(region)} --profile "
                    f"{shlex.quote(name)}`."
                ),
            ),
        )


@dataclass(frozen=True)
class _Named:
    """A place that names a region: ``name`` is a variable or the setting of ``owner``."""

    name: str
    owner: str
    value: CapturedValue
    place: Location
    subject: str
    readers: tuple[str, ...]
    remedy: str


def region_malformed(
    snapshot: HostSnapshot, traces: tuple[Trace, ...], options: CheckOptions
) -> Iterable[Finding]:
    """Tell that a value is no region: a zone, another cloud's, a slip of the pen."""
    del options
    for named in _named_regions(snapshot, traces):
        text = named.value.text
        # Blanks, quotes and comments in the value are CHN208's and CHN209's matter.
        if not text or named.value.flaws or is_region(text):
            continue
        level, fault, meant = _fault_of(text)
        using = [t for t in traces if t.region.value == text and t.sdk in named.readers]
        uses = f"; {do(sdks_of(using), 'use')} it" if using else ""
        hint = f" Perhaps `{meant}` is meant." if meant else ""
        yield _MALFORMED.build(
            level,
            f"{named.name}={text}{named.owner} {fault}{uses}.{hint}",
            named.place,
            subject=named.subject,
            sdks=sdks_of(using) or named.readers,
            remedy=(named.remedy.format(shlex.quote(meant or "REGION")),),
        )


def _fault_of(text: str) -> tuple[Level, str, Optional[str]]:
    """Return how bad it is, what is wrong, and the region that may be meant."""
    zone = region_of_zone(text)
    if zone is not None:
        return "error", "is a zone, not a region", zone
    if is_region(text.lower()):
        return "error", "is not written in lower case", text.lower()
    meant = closest(text, known_regions())
    if looks_like_region(text):
        return "warning", "is no region that credlint knows; only a newer one could be so", meant
    owner = owner_of(text)
    if owner is not None:
        return "error", f"is not a region of AWS but looks like one of {owner}", None
    return "error", "is not the name of a region", meant


def _named_regions(snapshot: HostSnapshot, traces: tuple[Trace, ...]) -> Iterator[_Named]:
    """Yield all places, but for those that are meant for another service than AWS."""
    if not environment_redirects(snapshot):
        yield from _of_variables(snapshot, traces)
        yield from _of_profiles(snapshot, traces)
        yield from _of_provider(snapshot, traces)


def _of_variables(snapshot: HostSnapshot, traces: tuple[Trace, ...]) -> Iterator[_Named]:
    for name in _VARIABLES:
        value = snapshot.variable(name)
        if not value or is_region(value.text or ""):
            continue
        readers = tuple(t.sdk for t in traces if name in sdk_facts(t.sdk).get("region_chain", ()))
        if readers:
            remedy = f"`export {name}={{}}`."
            yield _Named(name, "", value, variable_place(snapshot, name), name, readers, remedy)


def _of_profiles(snapshot: HostSnapshot, traces: tuple[Trace, ...]) -> Iterator[_Named]:
    profiles = effective_profiles(snapshot) if mentions(snapshot, *_SETTINGS) else {}
    for profile in profiles.values():
        for name in _SETTINGS:
            setting = profile.settings.get(name)
            if setting is None or section_redirects(setting.section):
                continue
            yield _Named(
                name,
                f" of `[{profile.name}]`",
                setting.value,
                file_place(
                    setting.file, setting.setting.line, setting.section.name, value_only=True
                ),
                f"{profile.name}/{name}",
                tuple(t.sdk for t in traces if not t.unread) or file_readers(traces),
                f"`aws configure set {name} {{}} --profile {shlex.quote(profile.name)}`.",
            )


def _of_provider(snapshot: HostSnapshot, traces: tuple[Trace, ...]) -> Iterator[_Named]:
    readers = tuple(t.sdk for t in traces if t.step("provider_block") is not None)
    for block in snapshot.provider_blocks if readers else ():
        for argument in block.arguments:
            if argument.name == "region" and argument.literal and argument.values:
                yield _Named(
                    "region",
                    f" of the provider in {block.file}",
                    argument.values[0],
                    Location("file", block.file, SRCROOT, argument.line),
                    f"{block.file}/region",
                    readers,
                    'Write `region = "{}"`.',
                )


def region_differs_from_host(
    snapshot: HostSnapshot, traces: tuple[Trace, ...], options: CheckOptions
) -> Iterable[Finding]:
    """Tell that the configured region is another one than the machine's own."""
    del options
    contexts, own = contexts_of(snapshot), snapshot.imds.region
    if own is None or not contexts & _MACHINES or contexts & _PIPELINES:
        return
    groups: dict[tuple[str, str], list[Trace]] = {}
    for trace in traces:
        choice = trace.region
        configured = (choice.source or "").startswith(("env:", "profile:"))
        if configured and choice.value and choice.value != own and is_region(choice.value):
            groups.setdefault((choice.value, choice.source or ""), []).append(trace)
    for (value, source), group in groups.items():
        name = source.partition(":")[2]
        said = f"{name}={value}" if source.startswith("env:") else f"region={value} of `[{name}]`"
        yield _DIFFERS.build(
            "note",
            f"{said} is another region than this instance's, {own}: {do(sdks_of(group), 'use')} "
            f"{value}.",
            group[0].region.location or variable_place(snapshot, name),
            subject=name,
            sdks=sdks_of(group),
            related=[imds("placement/region", f"This instance runs in {own}.")],
            remedy=(
                "Leave it where the services that are used are there on purpose.",
                (
                    "Else name the instance's own: "
                    f"`export AWS_REGION={own} AWS_DEFAULT_REGION={own}`."
                ),
            ),
        )


@dataclass(frozen=True)
class _Bound:
    """Something that belongs to a partition; ``what`` names it in a message."""

    what: str
    partition: str
    place: Location
    subject: str


# What is bound, the region it is used with, where that is said, and the SDKs that do so.
_Pair = tuple[_Bound, str, str, "tuple[str, ...]"]


def partition_mismatch(
    snapshot: HostSnapshot, traces: tuple[Trace, ...], options: CheckOptions
) -> Iterable[Finding]:
    """Tell that an ARN and the region that it is used with are in different partitions."""
    del options
    seen: set[tuple[Location, str]] = set()
    for bound, region, said, sdks in _used_together(snapshot, traces):
        partition = partition_of_region(region)
        if partition is None or partition == bound.partition or (bound.place, region) in seen:
            continue
        seen.add((bound.place, region))
        yield _PARTITION.build(
            "error",
            f"{bound.what} is in partition {bound.partition}, but {said} is in {partition}: "
            "credentials of one partition are invalid tokens in the other.",
            bound.place,
            subject=bound.subject,
            sdks=sdks,
            remedy=(
                f"Name a region of {bound.partition}"
                + (f", such as {_example(bound.partition)}." if _example(bound.partition) else "."),
                f"Or the ARN of the role in {partition}, and keys that were issued there.",
            ),
        )


def _example(partition: str) -> str:
    usual = "us-east-1" if partition == "aws" else ""
    found = (name for name in known_regions() if partition_of_region(name) == partition)
    return usual or next(found, "")


def _used_together(snapshot: HostSnapshot, traces: tuple[Trace, ...]) -> Iterator[_Pair]:
    by_region: dict[str, list[Trace]] = {}
    for trace in traces:
        if trace.region.value and trace.region.source != "fallback":
            by_region.setdefault(trace.region.value, []).append(trace)
    yield from _profile_pairs(snapshot, traces, by_region)
    yield from _variable_pairs(snapshot, by_region)
    yield from _instance_pairs(snapshot, by_region)


def _profile_pairs(
    snapshot: HostSnapshot, traces: tuple[Trace, ...], by_region: Mapping[str, list[Trace]]
) -> Iterator[_Pair]:
    """Yield each profile's ARN with its own region, else with those that it is used with."""
    if not mentions(snapshot, *_ARN_SETTINGS):
        return
    for profile in effective_profiles(snapshot).values():
        own = profile.settings.get("region")
        for bound in _bound_of(profile.name, profile.settings):
            if own is not None and own.value.text:
                said = f"the region of that profile, {own.value.text},"
                yield bound, own.value.text, said, file_readers(traces)
                continue
            for region, group in by_region.items():
                selected = [t for t in group if t.profile == profile.name]
                if selected:
                    yield bound, region, f"the region {region}", sdks_of(selected)


def _variable_pairs(
    snapshot: HostSnapshot, by_region: Mapping[str, list[Trace]]
) -> Iterator[_Pair]:
    role = text_of(snapshot.variable("AWS_ROLE_ARN"))
    partition = partition_of_arn(role)
    if partition is None:
        return
    place = variable_place(snapshot, "AWS_ROLE_ARN")
    bound = _Bound("The role of AWS_ROLE_ARN", partition, place, "AWS_ROLE_ARN")
    for region, group in by_region.items():
        using = [t for t in group if _uses_role(t, role)]
        if using:
            yield bound, region, f"the region {region}", sdks_of(using)


def _bound_of(name: str, settings: Mapping[str, PlacedSetting]) -> Iterator[_Bound]:
    for key in _ARN_SETTINGS:
        setting = settings.get(key)
        partition = partition_of_arn(setting.value.text) if setting is not None else None
        if setting is not None and partition is not None:
            yield _Bound(f"{key} of `[{name}]`", partition, setting.place(), name)
            return


def _uses_role(trace: Trace, role: Optional[str]) -> bool:
    offer = trace.winner.offer if trace.winner is not None else None
    return offer is not None and offer.role == role


def _instance_pairs(
    snapshot: HostSnapshot, by_region: Mapping[str, list[Trace]]
) -> Iterator[_Pair]:
    role = snapshot.imds.role
    partition = partition_of_arn(snapshot.imds.instance_profile_arn)
    if role is None or partition is None:
        return
    for region, group in by_region.items():
        using = [t for t in group if t.winner is not None and t.winner.source == "imds"]
        for trace in using[:1]:
            place = trace.region.location or imds(f"iam/security-credentials/{role}")
            bound = _Bound(f"Instance role `{role}`", partition, place, role)
            yield bound, region, f"the region {region}", sdks_of(using)
