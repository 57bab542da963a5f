"""Why a subject of an audit acts as somebody: what its SDKs use, and the line that says so."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Optional

from credlint.checks.provenance import (
    Provenance,
    assignment_place,
    provenance_of,
    spell_origin,
)
from credlint.checks.subject_places import subject_place
from credlint.checks.wording import describe_key, sdks_of
from credlint.model.audit import HostAudit, Subject, Verdict
from credlint.model.lean_dataclasses import dataclass
from credlint.model.location import Location
from credlint.model.trace import Trace, source_kind

# Their roles are a workload's own: not the instance's, and meant to be so.
_WORKLOAD = frozenset(("container", "web_identity"))
_PREFIXES = ("AWS_", "AMAZON_", "BOTO_")


@dataclass(frozen=True)
class Cause:
    """Why a subject does not act as the role: what the SDKs use, and where that is said."""

    verdict: Verdict
    traces: tuple[Trace, ...]
    place: Location
    used: str
    told: str
    provenance: Optional[Provenance] = None

    @property
    def subject(self) -> Subject:
        """Return whose cause it is."""
        return self.verdict.subject

    @property
    def identity(self) -> object:
        """Return what is equal for subjects that one edit would mend."""
        place = self.place
        return (place.base, place.uri, place.line, place.logical, self.used, sdks_of(self.traces))


def is_service(subject: Subject) -> bool:
    """Tell whether nobody sits before it: a unit, a job, a container, no terminal."""
    if subject.kind in ("unit", "cron"):
        return True
    if subject.kind != "process":
        return False
    return bool(subject.units or subject.container) or not any(
        one.terminal or one.own for one in subject.processes
    )


def shows_aws(subject: Subject) -> bool:
    """Tell whether something says that the subject itself uses AWS: a variable, or an SDK in it.

    Files of its user are no sign: every process of root has root's.
    """
    return bool(subject.snapshot.platform.sdks or subject.snapshot.system_properties) or any(
        entry.name.startswith(_PREFIXES) for entry in subject.snapshot.environment
    )


def causes_of(audit: HostAudit, verdict: Verdict, role: Optional[str]) -> Iterator[Cause]:
    """Yield one cause per place from which SDKs of the subject take something else.

    Without credentials it does not act as anybody; other rules tell why.
    """
    subject, found = verdict.subject, dict[object, list[Trace]]()
    for trace in verdict.traces:
        if trace.outcome_at_use == "selected" and not uses_role(trace, role):
            place = trace.winner.location if trace.winner else None
            found.setdefault(place, []).append(trace)
    for traces in found.values():
        yield _cause(audit, verdict, subject, tuple(traces))


def uses_role(trace: Trace, role: Optional[str]) -> bool:
    """Tell whether an SDK acts as the instance's role, one assumed with it, or a workload's own."""
    winner = trace.winner
    if winner is None:
        return False
    if source_kind(winner.source) in _WORKLOAD or source_kind(winner.source) == "imds":
        return True
    offer = winner.offer
    return offer is not None and (
        offer.source == "imds" or (role is not None and offer.role == role)
    )


def _cause(
    audit: HostAudit, verdict: Verdict, subject: Subject, traces: tuple[Trace, ...]
) -> Cause:
    winner = traces[0].winner
    offer = winner.offer if winner is not None else None
    used = describe_key(offer) if offer is not None and offer.key_id else ""
    if not used and offer is not None:
        named = f"role {offer.role}" if offer.role else "other credentials"
        used = f"{named} of profile {offer.profile}" if offer.profile else named
    location = winner.location if winner is not None else None
    if location is None:
        return Cause(verdict, traces, subject_place(subject, ""), used, "")
    if location.kind != "environment":
        place = subject_place(subject, "", location)
        return Cause(verdict, traces, place, used, f"from {place.display()}")
    variable = (location.logical or "").rpartition("/")[2]
    provenance = provenance_of(audit, subject, variable)
    told = f"from {variable}, {spell_origin(provenance)}"
    line = provenance.place
    place = assignment_place(line) if line else subject_place(subject, variable)
    return Cause(verdict, traces, place, used, told, provenance)
