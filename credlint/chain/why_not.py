"""Searches the fewest changes after which a source would win. Pure.

Every answer is checked by resolving the changed snapshot with the SDK's own chain, so it holds
for whatever rules the SDK has.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Optional

from credlint.chain.changed import assume, file_change, unset, with_region
from credlint.chain.resolve import resolve
from credlint.chain.sdk import SdkSpecification
from credlint.model.location import Location
from credlint.model.snapshot import HostSnapshot
from credlint.model.trace import Step, Trace
from credlint.model.why_not import Change, WhyNot

# More changes than this nobody calls a way; each number of them multiplies the tries.
_MOST_CHANGES = 5
_MOST_TRIES = 400
# What keeps a source of the machine from being asked, although it is no credential itself.
_SWITCHES = {
    "imds": (
        "AWS_EC2_METADATA_DISABLED",
        "AWS_EC2_METADATA_V1_DISABLED",
        "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
        "AWS_CONTAINER_CREDENTIALS_FULL_URI",
        "AWS_EC2_METADATA_SERVICE_ENDPOINT",
        "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE",
    ),
}
_KEYS = ("env", "env_amazon")

State = tuple[HostSnapshot, Optional[str], tuple[Change, ...]]


def why_not(
    snapshot: HostSnapshot, sdk: SdkSpecification, source: str, profile: Optional[str] = None
) -> WhyNot:
    """Return the shortest list of changes after which ``source`` of ``sdk.chain`` would win.

    ``profile`` is an explicit choice, as for ``resolve``; not giving it is one of the changes.
    """
    trace = resolve(snapshot, sdk, profile)
    if _wins(trace, source):
        return WhyNot(sdk.id, source, "wins")
    changes = _search(snapshot, sdk, source, profile)
    if changes is not None:
        return WhyNot(sdk.id, source, "changes", changes)
    assumed, need = assume(snapshot, source, sdk)
    if assumed is not None:
        changes = _search(assumed, sdk, source, profile)
        if changes is not None:
            return WhyNot(sdk.id, source, "changes", changes, (need,))
    step = trace.step(source)
    reason = step.detail if step is not None else f"{sdk.name} does not know this source"
    return WhyNot(sdk.id, source, "impossible", needs=(need,) if need else (), reason=reason)


def _wins(trace: Trace, source: str) -> bool:
    winner = trace.winner
    return (
        trace.outcome == "selected"
        and winner is not None
        and winner.source == source
        and winner.error is None
    )


def _search(
    snapshot: HostSnapshot, sdk: SdkSpecification, source: str, profile: Optional[str]
) -> Optional[tuple[Change, ...]]:
    """Go through the changed snapshots, fewest changes first; None when none will do."""
    states: list[State] = [(snapshot, profile, ())]
    seen, tries = set[frozenset[str]](), 0
    for _ in range(_MOST_CHANGES + 1):
        following: list[State] = []
        for current, chosen, done in states:
            tries += 1
            if tries > _MOST_TRIES:
                return None
            trace = resolve(current, sdk, chosen)
            if _wins(trace, source):
                return done
            for changed, option, change in _candidates(current, sdk, trace, source, chosen):
                texts = frozenset(one.text for one in (*done, change))
                if texts not in seen:
                    seen.add(texts)
                    following.append((changed, option, (*done, change)))
        states = following
    return None


Candidate = tuple[HostSnapshot, Optional[str], Change]


def _candidates(
    snapshot: HostSnapshot,
    sdk: SdkSpecification,
    trace: Trace,
    source: str,
    profile: Optional[str],
) -> Iterator[Candidate]:
    """Yield what takes one obstacle out of the way: the winner, the error, a switch, a choice."""
    if profile is not None:
        yield snapshot, None, Change("do not name a profile explicitly (--profile, profile_name=)")
    if trace.winner is not None and trace.winner.source != source:
        yield from _without_step(snapshot, sdk, trace.winner, profile)
    faults = [trace.error, *(step.error for step in trace.steps if step.source == source)]
    places = [fault.location for fault in faults if fault is not None]
    places += [step.location for step in trace.steps if step.status == "broken"]
    for place in dict.fromkeys(places):
        if place is not None:
            yield from _without_place(snapshot, place, profile)
    if trace.region.value is None and snapshot.variable("AWS_REGION") is None:
        yield with_region(snapshot), profile, Change("set AWS_REGION")
    kind, _, variable = trace.profile_source.partition(":")
    names = [variable] if kind == "env" else []
    names += [name for name in _SWITCHES.get(source, ()) if snapshot.variable(name) is not None]
    for name in names:
        yield unset(snapshot, (name,)), profile, Change(f"unset {name}")


def _without_step(
    snapshot: HostSnapshot, sdk: SdkSpecification, step: Step, profile: Optional[str]
) -> Iterator[Candidate]:
    if step.source in _KEYS:
        names = [
            entry.name
            for entry in snapshot.environment
            if entry.name
            in (*sdk.env_access_key_id, *sdk.env_secret_access_key, *sdk.env_session_token)
        ]
        if names:
            change = Change(f"unset {' '.join(names)}", step.location)
            yield unset(snapshot, tuple(names)), profile, change
            return
    if step.location is not None:
        yield from _without_place(snapshot, step.location, profile)


def _without_place(
    snapshot: HostSnapshot, place: Location, profile: Optional[str]
) -> Iterator[Candidate]:
    if place.kind == "environment":
        name = (place.logical or "").rpartition("/")[2]
        if snapshot.variable(name) is not None:
            yield unset(snapshot, (name,)), profile, Change(f"unset {name}", place)
    elif place.kind == "file":
        for changed, text in file_change(snapshot, place):
            yield changed, profile, Change(text, place)
