"""What a fault at some place does to each SDK, as its own trace tells."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Optional

from credlint.checks.wording import conjunction, do, sdks_of
from credlint.model.lean_dataclasses import dataclass
from credlint.model.location import Location
from credlint.model.trace import Trace


@dataclass(frozen=True)
class Failures:
    """``text``: which SDKs do what, without a full stop; empty when the fault reaches none."""

    text: str = ""
    traces: tuple[Trace, ...] = ()

    @property
    def sdks(self) -> tuple[str, ...]:
        """Return the SDKs that the fault reaches."""
        return sdks_of(self.traces)


def identity(place: Location) -> tuple[str, str, object]:
    """Return what two findings about one place have in common."""
    # Variables share one listing: their name tells them apart, not a line.
    return place.base, place.uri, place.logical if place.kind == "environment" else place.line


def failures_at(traces: Iterable[Trace], places: Iterable[Location]) -> Failures:
    """Return which SDKs stop at the places, fail with them later, or pass them over."""
    wanted = {identity(place) for place in places}
    groups: dict[str, list[Trace]] = {}
    for trace in traces:
        effect = _effect(trace, wanted)
        if effect is not None:
            groups.setdefault(effect, []).append(trace)
    return Failures(
        conjunction([do(sdks_of(group), effect) for effect, group in groups.items()]),
        tuple(trace for group in groups.values() for trace in group),
    )


def _effect(trace: Trace, wanted: set[tuple[str, str, object]]) -> Optional[str]:
    if trace.outcome == "error" and trace.error is not None:
        place = trace.error.location
        found = place is not None and identity(place) in wanted
        return f"stop with {trace.error.name}" if found else None
    late = trace.winner.error if trace.winner is not None else None
    if late is not None and late.location is not None and identity(late.location) in wanted:
        return f"fail at the first request with {late.name}"
    for step in trace.steps:
        place = step.error.location if step.status == "broken" and step.error else None
        if place is not None and identity(place) in wanted:
            return "skip the profile"
    return None
