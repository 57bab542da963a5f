"""CHN120: made-up keys that come first in the chain."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Optional

from credlint.checks.builder import FindingBuilder
from credlint.checks.endpoints import OWN_ENDPOINT, has_local_endpoint, has_own_endpoint
from credlint.checks.options import CheckOptions
from credlint.checks.places import step_place
from credlint.checks.situation import contexts_of, key_variables_set, shadowed_steps
from credlint.checks.winning_key import has_placeholder, winning_key
from credlint.checks.wording import sdk_list, sdks_of, shell_path
from credlint.model.captured import CapturedValue
from credlint.model.finding import Finding, Level
from credlint.model.location import Location, container_endpoint, imds
from credlint.model.snapshot import HostSnapshot
from credlint.model.trace import Step, Trace, source_kind

_PLACEHOLDER = FindingBuilder("CHN120", "placeholder-credentials-shadow")

# Set by pytest for what it starts; by LocalStack's and moto's own tools and images.
_TEST_PREFIXES = ("PYTEST_", "LOCALSTACK_", "MOTO_")
_MACHINES = frozenset(("ec2", "ecs", "eks", "lambda"))


def placeholder_credentials_shadow(
    snapshot: HostSnapshot, traces: tuple[Trace, ...], options: CheckOptions
) -> Iterable[Finding]:
    """Tell that the keys which win cannot be real, and what they hide.

    Silent in a test run and where requests go to an emulator on this machine.
    """
    del options
    if any(entry.name.startswith(_TEST_PREFIXES) for entry in snapshot.environment):
        return
    groups: dict[Location, list[Trace]] = {}
    for trace in traces:
        found = winning_key(snapshot, trace)
        if found is not None and has_placeholder(snapshot, trace):
            groups.setdefault(found[1], []).append(trace)
    for place, group in groups.items():
        found = winning_key(snapshot, group[0])
        if found is None or has_local_endpoint(snapshot, group[0].profile):
            continue
        yield _finding(snapshot, found[0], place, group)


def _finding(
    snapshot: HostSnapshot, value: CapturedValue, place: Location, group: list[Trace]
) -> Finding:
    contexts = contexts_of(snapshot)
    level: Level = "error" if contexts & _MACHINES and "ci" not in contexts else "warning"
    addition = ""
    if has_own_endpoint(snapshot, group[0].profile):
        level, addition = "note", f" {OWN_ENDPOINT}"
    hidden = list(_hidden(snapshot, group))
    names = [text for text, _ in hidden]
    behind = f", and {names[0]} behind them is never used" if names else ""
    shown = f'"{value.placeholder}"' if value.placeholder else _example(value)
    sdks = sdks_of(group)
    in_environment = place.kind == "environment"
    return _PLACEHOLDER.build(
        level,
        f"Placeholder keys ({shown}) in {_named(place)} come first for {sdk_list(sdks)}: AWS "
        f"refuses every call signed with them{behind}.{addition}",
        place,
        subject=_subject(place),
        sdks=sdks,
        related=[where for _, where in hidden],
        remedy=_remedy(snapshot, place, in_environment=in_environment),
    )


def _example(value: CapturedValue) -> str:
    return f"documentation key {value.key_id.display()}" if value.key_id else "made up"


def _named(place: Location) -> str:
    if place.kind == "environment":
        return _subject(place)
    kind, _, name = (place.logical or "").partition("/")
    section = f"`[{name}]` of " if kind in ("profile", "section") else ""
    return section + place.display().rpartition(":")[0]


def _subject(place: Location) -> str:
    return (place.logical or place.uri).rpartition("/")[2]


def _hidden(snapshot: HostSnapshot, group: list[Trace]) -> Iterator[tuple[str, Location]]:
    """Yield what the keys hide, each place once, in the order of the first SDK that has it."""
    seen: set[tuple[str, str, str]] = set()
    for trace in group:
        for step in shadowed_steps(trace):
            text = _title(snapshot, step)
            message = f"Never used: {text}."
            place = step_place(step, message) or _virtual_place(step, message)
            if place is None or (text, place.base, place.uri) in seen:
                continue
            seen.add((text, place.base, place.uri))
            yield text, place


def _title(snapshot: HostSnapshot, step: Step) -> str:
    if step.source == "imds":
        role = snapshot.imds.role or (step.offer.role if step.offer else None)
        return f"instance role `{role}`" if role else "the instance role"
    if step.source == "container":
        return "the role of the container endpoint"
    kind = source_kind(step.source)
    if kind == "profile" and step.offer is not None and step.offer.profile:
        return f"profile `{step.offer.profile}`"
    return "the web identity role" if kind == "web_identity" else "another source"


def _virtual_place(step: Step, message: str) -> Optional[Location]:
    if step.source == "imds":
        return imds(message=message)
    return container_endpoint(message) if step.source == "container" else None


def _remedy(snapshot: HostSnapshot, place: Location, *, in_environment: bool) -> Iterator[str]:
    if in_environment:
        names = " ".join(key_variables_set(snapshot))
        yield f"`unset {names}` everywhere but in the test runner, and in what sets them."
    else:
        path = shell_path(place.display().rpartition(":")[0])
        yield f"Delete line {place.line} and the other aws_ lines of its section in {path}."
    yield (
        "For an emulator use `awslocal`, or a profile of its own with endpoint_url: "
        "`aws --profile localstack …`."
    )
