"""CHN416: settings that leave a program without retries, or with those of ten years ago."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator

from credlint.checks.builder import FindingBuilder
from credlint.checks.options import CheckOptions
from credlint.checks.places import variable_place
from credlint.checks.profiles import effective_profiles
from credlint.checks.setting_names import mentions
from credlint.checks.situation import contexts_of, text_of
from credlint.checks.wording import sdks_of
from credlint.model.finding import Finding
from credlint.model.location import Location
from credlint.model.snapshot import HostSnapshot
from credlint.model.trace import Trace

_RETRIES = FindingBuilder("CHN416", "legacy-or-no-retries")

_MODE = ("AWS_RETRY_MODE", "retry_mode", "legacy")
_ATTEMPTS = ("AWS_MAX_ATTEMPTS", "max_attempts", "1")
_EFFECTS = {
    "legacy": "throttled requests are tried again with less patience than in mode standard",
    "1": "throttled requests and answers of 5xx are not tried again at all",
}


def legacy_or_no_retries(
    snapshot: HostSnapshot, traces: tuple[Trace, ...], options: CheckOptions
) -> Iterable[Finding]:
    """Tell that someone chose mode legacy, or one attempt; the SDK's default is not judged."""
    del options
    if contexts_of(snapshot) == {"laptop"}:
        return
    for label, value, place, profile in _chosen(snapshot, traces):
        setting, better = ("retry_mode", "standard") if value == "legacy" else ("max_attempts", "3")
        variable = _MODE[0] if value == "legacy" else _ATTEMPTS[0]
        remedy = f"`export {variable}={better}`."
        if profile:
            remedy = f"`aws configure set {setting} {better} --profile {shlex.quote(profile)}`."
        yield _RETRIES.build(
            "note",
            f"{label}: {_EFFECTS[value]}.",
            place,
            subject=f"{profile}/{setting}" if profile else variable,
            sdks=sdks_of(traces),
            remedy=(remedy,),
        )


def _chosen(
    snapshot: HostSnapshot, traces: tuple[Trace, ...]
) -> Iterator[tuple[str, str, Location, str]]:
    in_files = mentions(snapshot, _MODE[1], _ATTEMPTS[1])
    profiles = effective_profiles(snapshot) if in_files else {}
    for variable, setting, value in (_MODE, _ATTEMPTS):
        text = text_of(snapshot.variable(variable))
        if text:
            if text.strip().lower() == value:
                yield f"{variable}={value}", value, variable_place(snapshot, variable), ""
            continue
        for name in dict.fromkeys(trace.profile for trace in traces):
            placed = profiles[name].settings.get(setting) if name in profiles else None
            if placed is not None and (placed.value.text or "").strip().lower() == value:
                yield f"{setting}={value} of `[{name}]`", value, placed.place(), name
