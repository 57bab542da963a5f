"""CHN228: variables that are set to nothing, where an SDK takes nothing for something."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from credlint.checks.builder import FindingBuilder
from credlint.checks.failures import failures_at
from credlint.checks.options import CheckOptions
from credlint.checks.places import variable_place
from credlint.checks.situation import ACCESS_KEY_ID, SECRET_ACCESS_KEY, contexts_of
from credlint.checks.winning_key import winning_key
from credlint.checks.wording import BOTOCORE_FAMILY, do, sdks_of
from credlint.model.finding import Finding, Level
from credlint.model.location import Location
from credlint.model.snapshot import HostSnapshot
from credlint.model.trace import Trace

_EMPTY = FindingBuilder("CHN228", "empty-variable-set")

_STRICT = frozenset(("ci", "container", "ecs", "eks", "codebuild", "lambda"))
_PROFILES = ("AWS_PROFILE", "AWS_DEFAULT_PROFILE")
_REGIONS = ("AWS_REGION", "AWS_DEFAULT_REGION")
_KEYS = (ACCESS_KEY_ID, SECRET_ACCESS_KEY)
_FILES = {"AWS_CONFIG_FILE": "config", "AWS_SHARED_CREDENTIALS_FILE": "credentials"}


def empty_variable_set(
    snapshot: HostSnapshot, traces: tuple[Trace, ...], options: CheckOptions
) -> Iterable[Finding]:
    """Tell each variable or key id that is empty and has an effect all the same."""
    del options
    level: Level = "error" if contexts_of(snapshot) & _STRICT else "warning"
    empty = [entry.name for entry in snapshot.environment if not entry.value]
    told: set[str] = set()
    for name in empty:
        place = variable_place(snapshot, name)
        groups = [group for group in _effects(snapshot, traces, name, empty) if group[1]]
        concerned = tuple(t for t in traces if any(t in group for _, group in groups))
        if not groups or name in told:
            continue
        names = [name]
        if name in _KEYS:
            names = list(_KEYS)
        elif name in _REGIONS and set(_REGIONS) <= set(empty):
            names = list(_REGIONS)
        told.update(names)
        verb = "is" if len(names) == 1 else "are"
        effects = "; ".join(do(sdks_of(group), effect) for effect, group in groups)
        yield _EMPTY.build(
            level,
            f"{' and '.join(names)} {verb} set to the empty string: {effects}.",
            place,
            subject=name,
            sdks=sdks_of(concerned),
            remedy=_remedy(names),
        )
    yield from _empty_keys(snapshot, traces, level)


_Effect = tuple[str, tuple[Trace, ...]]


def _effects(
    snapshot: HostSnapshot, traces: tuple[Trace, ...], name: str, empty: list[str]
) -> Iterator[_Effect]:
    failed = failures_at(traces, [variable_place(snapshot, name)]).traces
    by_error: dict[str, list[Trace]] = {}
    for trace in failed:
        text = _verb(trace)
        by_error.setdefault(text, []).append(trace)
    for text, group in by_error.items():
        yield text, tuple(group)
    others = tuple(trace for trace in traces if trace not in failed)
    if name in _PROFILES:
        selected = (t for t in others if not t.profile and t.profile_source == f"env:{name}")
        yield "look for a profile without a name", tuple(selected)
    elif name in _REGIONS:
        yield from _region_effects(others, name, empty)
    elif name in _KEYS and set(_KEYS) <= set(empty):
        yield "find no keys there and none elsewhere", tuple(t for t in others if _has_none(t))
    elif name in _FILES:
        yield from _file_effects(snapshot, others, _FILES[name])


def _verb(trace: Trace) -> str:
    if trace.outcome == "error" and trace.error is not None:
        return f"stop with {trace.error.name}"
    late = trace.winner.error if trace.winner is not None else None
    return f"fail at the first request with {late.name}" if late else "skip what it names"


def _region_effects(traces: tuple[Trace, ...], name: str, empty: list[str]) -> Iterator[_Effect]:
    names = [f"env:{one}" for one in _REGIONS if one in empty]
    taken = tuple(t for t in traces if t.region.value == "" and t.region.source in names)
    yield "take the empty text for the region", taken
    if name != next(one for one in _REGIONS if one in empty):
        return
    choosing = (t for t in traces if t.outcome != "error" and t.region.source != "program")
    yield "find no region", tuple(t for t in choosing if t.region.value is None)


def _has_none(trace: Trace) -> bool:
    return trace.outcome == "none"


def _file_effects(
    snapshot: HostSnapshot, traces: tuple[Trace, ...], role: str
) -> Iterator[_Effect]:
    others = [snapshot.file(f"{role}-{kind}") for kind in ("unexpanded", "default")]
    usual = next((file for file in others if file is not None), None)
    if usual is None or usual.status != "read":
        return
    # botocore 1.44.5 configprovider.py: a variable that is set to nothing counts as set.
    readers = tuple(trace for trace in traces if trace.sdk in BOTOCORE_FAMILY)
    yield f"do not read {usual.path}", readers


def _empty_keys(
    snapshot: HostSnapshot, traces: tuple[Trace, ...], level: Level
) -> Iterator[Finding]:
    groups: dict[Location, list[Trace]] = {}
    for trace in traces:
        found = winning_key(snapshot, trace)
        if found is not None and not found[0] and found[1].kind == "file":
            groups.setdefault(found[1], []).append(trace)
    for place, group in groups.items():
        path = place.display().rpartition(":")[0]
        section = (place.logical or "").partition("/")[2]
        yield _EMPTY.build(
            level,
            f"The key id in `[{section}]` of {path} is empty: {do(sdks_of(group), 'take')} it for "
            "a key, and nothing behind it is asked.",
            place,
            subject=f"{section}/key",
            sdks=sdks_of(group),
            remedy=(f"Delete line {place.line} of {path} and the secret that belongs to it.",),
        )


def _remedy(names: list[str]) -> Iterator[str]:
    joined = " ".join(names)
    yield f"`unset {joined}` instead of assigning nothing."
    yield (
        f"In a compose or env file delete the line `{names[0]}=`; in a pipeline check that the "
        "variable or secret behind it exists for this run."
    )
