"""CHN401 and CHN402: no region, or two variables that name different ones."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator, Sequence

from credlint.checks.builder import FindingBuilder
from credlint.checks.options import CheckOptions
from credlint.checks.places import file_place, variable_place
from credlint.checks.profiles import effective_profiles
from credlint.checks.situation import contexts_of, is_set, text_of
from credlint.checks.wording import BOTOCORE_FAMILY, conjunction, do, sdk_list, sdks_of
from credlint.model.finding import Finding, Level
from credlint.model.location import Location
from credlint.model.snapshot import HostSnapshot
from credlint.model.trace import Trace

_NOT_SET = FindingBuilder("CHN401", "region-not-set")
_DISAGREE = FindingBuilder("CHN402", "region-variables-disagree")

_INHERITED = "CHN403"

_REGION = "AWS_REGION"
_DEFAULT_REGION = "AWS_DEFAULT_REGION"
_STRICT_CONTEXTS = frozenset(("ci", "container", "ecs", "eks", "codebuild", "lambda"))


def region_not_set(
    snapshot: HostSnapshot, traces: tuple[Trace, ...], options: CheckOptions
) -> Iterable[Finding]:
    """Tell for which SDKs no region resolves, and which place they do not look at.

    Silent for an SDK that stops before it would choose a region.
    """
    del options
    all_without = [t for t in choosing(traces) if t.region.value is None]
    inherited = explained_by_default(snapshot, all_without)
    rest = [trace for trace in all_without if trace not in inherited]
    # Apart, so that CHN403 can stand for those whose reason it tells; see ``without_explained``.
    for without in (inherited, rest):
        if without:
            yield _not_set(snapshot, traces, without)


def _not_set(snapshot: HostSnapshot, traces: tuple[Trace, ...], without: list[Trace]) -> Finding:
    sdks = sdks_of(without)
    unread = sorted(
        {_source_text(source, value) for t in without for source, value in t.region.ignored}
    )
    told = f" They do not read {conjunction(unread)}." if unread else ""
    if len(sdks) == 1 and told:
        told = f" It does not read {conjunction(unread)}."
    level: Level = "error" if contexts_of(snapshot) & _STRICT_CONTEXTS else "warning"
    others = {t.region.value for t in traces if t.region.value}
    value = next(iter(sorted(others)), None) or snapshot.imds.region or "REGION"
    value = shlex.quote(value)
    return _NOT_SET.build(
        level,
        f"No region resolves for {sdk_list(sdks)}; {_failure(sdks)}.{told}",
        _place(snapshot),
        subject="region",
        sdks=sdks,
        remedy=(
            f"For this process: `export {_REGION}={value} {_DEFAULT_REGION}={value}`.",
            (
                f"Or for the profile: `aws configure set region {value} --profile "
                f"{shlex.quote(without[0].profile or 'default')}`."
            ),
        ),
    )


def without_explained(findings: Sequence[Finding]) -> list[Finding]:
    """Return the findings without those of CHN401 for whose SDKs CHN403 tells the reason."""
    told = {finding.sdks for finding in findings if finding.code == _INHERITED}
    return [f for f in findings if f.code != _NOT_SET.code or f.sdks not in told]


def explained_by_default(snapshot: HostSnapshot, traces: Sequence[Trace]) -> list[Trace]:
    """Return those of SDKs whose profile has no region while [default], which lends none, has."""
    if all(trace.profile == "default" for trace in traces):
        return []
    profiles = effective_profiles(snapshot)
    default = profiles.get("default")
    if default is None or not default.text("region"):
        return []
    return [
        trace
        for trace in traces
        if trace.profile in profiles
        and profiles[trace.profile] is not default
        and "region" not in profiles[trace.profile].settings
        and not trace.unread
    ]


def choosing(traces: tuple[Trace, ...]) -> tuple[Trace, ...]:
    """Return those of SDKs that come to choose a region and do not leave that to the program.

    Nothing is known of one that reads files which were not captured.
    """
    known = (t for t in traces if t.outcome not in ("error", "undecided") or t.region.value)
    return tuple(t for t in known if t.region.source != "program")


def _failure(sdks: tuple[str, ...]) -> str:
    """Return what happens without a region; botocore's own words where only it is concerned."""
    if set(sdks) <= set(BOTOCORE_FAMILY):
        return "regional services fail with NoRegionError while S3 quietly uses us-east-1"
    return "clients of regional services fail"


def _source_text(source: str, value: str) -> str:
    kind, _, name = source.partition(":")
    if kind == "env":
        return f"{name}={value}"
    place = "the instance metadata" if kind == "imds" else source.replace(":", " ", 1)
    return f"{value} of {place}"


def _place(snapshot: HostSnapshot) -> Location:
    for name in (_REGION, _DEFAULT_REGION):
        if snapshot.variable(name) is not None:
            return variable_place(snapshot, name)
    file = snapshot.file("config")
    if file is not None and file.status == "read":
        return file_place(file)
    return variable_place(snapshot, _DEFAULT_REGION)


def region_variables_disagree(
    snapshot: HostSnapshot, traces: tuple[Trace, ...], options: CheckOptions
) -> Iterable[Finding]:
    """Tell that the two region variables, or the one that is set and another place, differ."""
    del options
    first, second = text_of(snapshot.variable(_REGION)), text_of(snapshot.variable(_DEFAULT_REGION))
    if not first or first == second:
        return
    concerned = choosing(traces)
    if not second and all(t.region.value == first for t in concerned):
        return
    contexts = contexts_of(snapshot)
    level: Level = "error" if contexts & _STRICT_CONTEXTS else "warning"
    uses = list(_uses(concerned))
    if not uses:
        return
    quoted = shlex.quote(first)
    names = f"{_REGION}={first}"
    if is_set(snapshot, _DEFAULT_REGION):
        start = f"{names} but {_DEFAULT_REGION}={second}"
        related = [variable_place(snapshot, _DEFAULT_REGION, f"Names {second}.")]
    else:
        start, related = f"{names} is set without {_DEFAULT_REGION}", []
    yield _DISAGREE.build(
        level,
        f"{start}: {conjunction(uses)}.",
        variable_place(snapshot, _REGION),
        subject=_REGION,
        sdks=sdks_of(concerned),
        related=related,
        remedy=(f"Set both to one value: `export {_REGION}={quoted} {_DEFAULT_REGION}={quoted}`.",),
    )


def _uses(traces: tuple[Trace, ...]) -> Iterator[str]:
    groups: dict[str, list[Trace]] = {}
    for trace in traces:
        groups.setdefault(trace.region.value or "", []).append(trace)
    for value, group in groups.items():
        sdks = sdks_of(group)
        yield do(sdks, f"use {value}") if value else do(sdks, "find no region")
