"""Who set a variable of a subject: the process where it appears, the file and line that says so.

Equal fingerprints decide, never a name alone: the line that is named holds the very value. Pure.
"""

from __future__ import annotations

from typing import Callable, Optional

from credlint.model.audit import Assignment, HostAudit, Origin, Subject
from credlint.model.lean_dataclasses import dataclass
from credlint.model.location import HOSTROOT, Location

# How near a line stands to a subject; the far ones hold the same value but set it for others.
_OWN, _USER, _GLOBAL, _PERHAPS, _FAR = 0, 1, 2, 3, 9
# What a login reads; a service of the system does not, unless its program sources it.
_LOGIN_KINDS = frozenset(("etc-environment", "pam-env", "profile-script", "shell-startup"))


@dataclass(frozen=True)
class Provenance:
    """Where a variable comes from.

    ``places``: the lines that set it, the likeliest first; none when no file that was looked at
    does. ``elsewhere``: lines that hold the same value for somebody else. ``certain`` False: only a
    shell could tell whether the line gives this value.
    """

    variable: str
    places: tuple[Assignment, ...] = ()
    elsewhere: tuple[Assignment, ...] = ()
    origin: Optional[Origin] = None
    certain: bool = True

    @property
    def place(self) -> Optional[Assignment]:
        """Return the line to change, if one was found."""
        return self.places[0] if self.places else None


def provenance_of(audit: HostAudit, subject: Subject, variable: str) -> Provenance:
    """Return who set a variable of the subject, as far as the audit's files tell."""
    origin = next((one for one in subject.origins if one.variable == variable), None)
    value = subject.snapshot.variable(variable)
    named = [one for one in audit.assignments if one.variable == variable]
    equal = [one for one in named if one.literal and value is not None and _same(one, value)]
    near = sorted((one for one in equal if _distance(one, subject) < _FAR), key=_by(subject))
    far = tuple(one for one in equal if _distance(one, subject) == _FAR)
    if near:
        return Provenance(variable, tuple(near), far, origin)
    computed = [one for one in named if not one.literal and _distance(one, subject) < _FAR]
    computed.sort(key=_by(subject))
    return Provenance(variable, tuple(computed), far, origin, certain=False)


def _same(assignment: Assignment, value: object) -> bool:
    return assignment.value.fingerprint == getattr(value, "fingerprint", None)


def _by(subject: Subject) -> Callable[[Assignment], tuple[int, bool, str, int]]:
    """Order lines: what an engine wrote down of a container after what a person writes."""
    return lambda one: (_distance(one, subject), one.kind == "container", one.path, one.line)


def _distance(assignment: Assignment, subject: Subject) -> int:
    """Return how far a line is from the subject; ``_FAR``: it sets the variable for another."""
    if assignment.container is not None or subject.container is not None:
        mine = assignment.container is not None and assignment.container == subject.container
        return _OWN if mine else _FAR
    if assignment.units:
        return _OWN if set(assignment.units) & set(subject.units) else _FAR
    if assignment.user not in (None, subject.user):
        return _FAR
    if subject.units and assignment.kind in _LOGIN_KINDS:
        return _PERHAPS
    return _USER if assignment.user is not None else _GLOBAL


def assignment_place(assignment: Assignment, message: Optional[str] = None) -> Location:
    """Return the place of the value on its line."""
    return Location(
        "file",
        assignment.path.lstrip("/"),
        HOSTROOT,
        assignment.line,
        assignment.column,
        assignment.line,
        assignment.end_column,
        logical=f"{assignment.kind}/{assignment.variable}",
        message=message,
    )


def spell_origin(provenance: Provenance) -> str:
    """Return where the variable comes from, as the end of a sentence without its full stop."""
    place, origin = provenance.place, provenance.origin
    told = []
    if place is not None:
        verb = "set by" if provenance.certain else "perhaps set by"
        named = f", which {place.named_by} names" if place.named_by else ""
        told.append(f"{verb} {place.path}:{place.line}{named}")
    if origin is not None and origin.inherited:
        further = "" if origin.certain else " or further up"
        told.append(f"inherited from process {origin.pid} ({origin.program}){further}")
    if place is None:
        told.append("no file that was looked at sets it")
    return "; ".join(told)
