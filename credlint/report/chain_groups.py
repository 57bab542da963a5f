"""SDKs that come to the same credentials by the same steps are told together."""

from __future__ import annotations

from typing import Optional

from credlint.model.lean_dataclasses import dataclass, replace
from credlint.model.trace import RegionChoice, Step, Trace


@dataclass(frozen=True)
class ChainGroup:
    """SDKs that come to the same credentials by the same steps; their regions may differ.

    ``traces`` holds one trace per SDK, in the order of ``sdks``.
    """

    sdks: tuple[str, ...]
    traces: tuple[Trace, ...]

    @property
    def trace(self) -> Trace:
        """Return the trace that speaks for all."""
        return self.traces[0]


def group_chains(chains: tuple[Trace, ...]) -> list[ChainGroup]:
    """Fold SDKs whose chains differ at most in region and notes, ordered by their first SDK."""
    groups: dict[Trace, list[Trace]] = {}
    for trace in chains:
        key = replace(trace, sdk="", region=RegionChoice(), notes=())
        groups.setdefault(key, []).append(trace)
    return [ChainGroup(tuple(t.sdk for t in same), tuple(same)) for same in groups.values()]


def hidden_steps(trace: Trace) -> list[Step]:
    """Return the steps that have something to give and are never used.

    What a winning role is assumed with is used, although it is not what the SDK hands out.
    """
    used = used_source(trace)
    return [s for s in trace.steps if s.status == "shadowed" and s.source != used]


def used_source(trace: Trace) -> Optional[str]:
    """Return the id of the source whose credentials the winning role is assumed with."""
    offer = trace.winner.offer if trace.winner else None
    return offer.source if offer else None
