"""CHN233: the chain ends in an exception, whatever the reason."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Optional

from credlint.checks.builder import FindingBuilder
from credlint.checks.failures import identity
from credlint.checks.options import CheckOptions
from credlint.checks.wording import do, sdks_of
from credlint.model.finding import Finding
from credlint.model.location import HOME, Location
from credlint.model.snapshot import HostSnapshot
from credlint.model.trace import SdkError, Trace

CODE = "CHN233"
_BUILDER = FindingBuilder(CODE, "sdk-stops-with-error")

# The rules about broken sources; others may stand at the same place and explain nothing.
_REASONS = (
    *("CHN114", "CHN2", "CHN302", "CHN309", "CHN311", "CHN313"),
    "CHN115",
    *("CHN304", "CHN305", "CHN307", "CHN308", "CHN315"),
    *("CHN404", "CHN409", "CHN414", "CHN415"),
    *("HST103", "HST104", "HST106"),
)
# Its further places may have faults of their own.
_FIRST_PLACE_ONLY = ("CHN115",)

# What usually helps, by the SDK's exception; {profile} is quoted for a shell.
_REMEDIES = {
    "SSOTokenLoadError": "Log in: `aws sso login --profile {profile}`.",
    "UnauthorizedSSOTokenError": "Log in again: `aws sso login --profile {profile}`.",
    "TokenRetrievalError": "Log in again: `aws sso login --profile {profile}`.",
    "LoginTokenLoadError": "Log in: `aws login --profile {profile}`.",
    "MissingDependencyException": "Install what the SDK asks for: `pip install 'botocore[crt]'`.",
}


def sdk_stops_with_error(
    snapshot: HostSnapshot, traces: tuple[Trace, ...], options: CheckOptions
) -> Iterable[Finding]:
    """Tell every way in which an SDK raises; ``run`` drops those that another finding explains."""
    del snapshot, options
    groups: dict[object, dict[SdkError, list[Trace]]] = {}
    for trace in traces:
        error = error_of(trace)
        if error is not None:
            # What stands at one place has one reason, whatever each SDK calls it.
            cause = identity(error.location) if error.location is not None else error
            groups.setdefault(cause, {}).setdefault(error, []).append(trace)
    for errors in groups.values():
        yield _finding(errors)


def error_of(trace: Trace) -> Optional[SdkError]:
    """Return what the SDK raises, at resolution or at the first request."""
    if trace.outcome == "error":
        return trace.error
    return trace.winner.error if trace.winner is not None else None


def _finding(errors: Mapping[SdkError, Sequence[Trace]]) -> Finding:
    """Return the finding of one cause, by what each SDK raises for it."""
    error, traces = next(iter(errors.items()))
    place = error.location or Location("file", ".aws/config", HOME)
    named: dict[tuple[str, bool], list[Trace]] = {}
    for one, same in errors.items():
        named.setdefault((one.name, one.at_first_use), []).extend(same)
    stops = [
        f"{do(sdks_of(same), 'fail at the first request with' if late else 'stop with')} {name}"
        for (name, late), same in named.items()
    ]
    return _BUILDER.build(
        "error",
        f"{', '.join(stops)}: {error.message.rstrip('.')}.",
        place,
        subject=f"{error.name}/{traces[0].profile or 'default'}",
        sdks=sdks_of(trace for same in errors.values() for trace in same),
        remedy=_remedy(error, traces[0], place),
    )


def _remedy(error: SdkError, trace: Trace, place: Location) -> Iterator[str]:
    known = _REMEDIES.get(error.name)
    if known is not None:
        yield known.format(profile=shlex.quote(trace.profile or "default"))
    else:
        yield f"Correct what {place.display()} says: {error.message.rstrip('.')}."
    yield "`credlint doctor --verbose` shows what every other source of the chain would give."


def without_explained(findings: Sequence[Finding]) -> list[Finding]:
    """Return the findings without those of this rule whose place another broken-source rule has.

    That other one tells the reason and the remedy; that the SDK stops is its consequence.
    """
    explained = {
        identity(place)
        for finding in findings
        if finding.code != CODE and finding.code.startswith(_REASONS)
        for place in (
            finding.location,
            *(() if finding.code in _FIRST_PLACE_ONLY else finding.related),
        )
    }
    return [f for f in findings if f.code != CODE or identity(f.location) not in explained]


def same_place(one: Location, other: Location) -> bool:
    """Tell whether two places are one line, or one variable."""
    return identity(one) == identity(other)


def stopped_at(traces: Iterable[Trace], places: Sequence[Location]) -> list[Trace]:
    """Return the traces that end with an error at one of the places."""
    errors = [(trace, error_of(trace)) for trace in traces]
    return [
        trace
        for trace, error in errors
        if error is not None
        and error.location is not None
        and any(same_place(error.location, place) for place in places)
    ]
