"""The findings of many subjects as those of one host: absolute places, equal ones told once."""

from __future__ import annotations

import re
from collections.abc import Iterable

from credlint.checks.acting import shows_aws
from credlint.checks.provenance import assignment_place, provenance_of
from credlint.checks.subject_names import subject_names
from credlint.checks.subject_places import subject_place, subject_text
from credlint.model.audit import HostAudit, Subject
from credlint.model.finding import Finding
from credlint.model.lean_dataclasses import replace
from credlint.model.location import Location

# What HST205 and HST204 tell with the process and the line that is to blame.
_TOLD_BY_SERVICES = frozenset(("CHN101", "CHN104", "CHN105", "CHN110"))
# About what SDKs make of a setting: nothing to tell where no SDK was found.
_ABOUT_SDKS = ("CHN122", "CHN229", "CHN4", "CHN232", "CHN233")
# That nothing is there: no fault where nobody set anything up and an SDK is merely installed.
_OF_ABSENCE = frozenset(("CHN232", "CHN401"))
_MEANT = re.compile(
    r"AWS_(DEFAULT_)?(PROFILE|REGION)\Z|AWS_CONTAINER_|AWS_ROLE_|AWS_WEB_IDENTITY_"
    r"|AWS_(ACCESS_KEY_ID|SECRET_ACCESS_KEY|SESSION_TOKEN|SHARED_CREDENTIALS_FILE|CONFIG_FILE)\Z"
)
# A program that runs may name its region itself, which nothing outside of it shows.
_PERHAPS_IN_CODE = "CHN401"
# That a program finds no credentials is told by the answer: it may never ask for any.
_TOLD_BY_ANSWER = "CHN232"
# About the machine: judged once, not for every subject.
MACHINE_PREFIX = "HST1"


def uses_aws(subject: Subject) -> bool:
    """Tell whether anything of the subject concerns AWS: a variable, a file, a property, an SDK.

    What has nothing of the kind is judged, but has nothing to be told of.
    """
    return shows_aws(subject) or _has_files(subject)


def _is_set_up(subject: Subject) -> bool:
    """Tell whether a variable or property says that it shall find credentials or a region."""
    return bool(subject.snapshot.system_properties) or any(
        _MEANT.match(entry.name) for entry in subject.snapshot.environment
    )


def _has_files(subject: Subject) -> bool:
    return any(file.status != "absent" for file in subject.snapshot.files)


def concerns(subject: Subject, finding: Finding) -> bool:
    """Tell whether a finding says something true of this subject, as far as it is known.

    Where nothing shows that it uses AWS only its files' own faults count; where its SDKs are not
    known nothing that depends on them.
    """
    if finding.code.startswith(MACHINE_PREFIX):
        return False
    if finding.code in _OF_ABSENCE and not (_is_set_up(subject) or _has_files(subject)):
        return False
    if not shows_aws(subject) and finding.location.kind != "file":
        return False
    return bool(subject.snapshot.platform.sdks) or not finding.code.startswith(_ABOUT_SDKS)


def merge_findings(
    audit: HostAudit,
    found: Iterable[tuple[Subject, Finding]],
    explained: frozenset[str],
    places: frozenset[tuple[str, int]] = frozenset(),
) -> tuple[Finding, ...]:
    """Return one finding per cause; each names the subjects that it concerns.

    ``explained``: identifiers of subjects whose shadowed role a finding about services tells;
    ``places``: the lines, as (uri, line), that these findings name.
    """
    groups: dict[object, list[tuple[Subject, Finding]]] = {}
    for subject, finding in found:
        if finding.code == _TOLD_BY_ANSWER or not concerns(subject, finding):
            continue
        if finding.code in _TOLD_BY_SERVICES and subject.identifier in explained:
            continue
        placed = place_finding(audit, subject, finding)
        place = placed.location
        if finding.code in _TOLD_BY_SERVICES and (place.uri, place.line) in places:
            continue
        # Sorted by the line to change; processes that no file explains stay apart by message.
        key = (placed.code, placed.message, place.uri, place.line, place.column, placed.level)
        shared = key if place.kind != "process" else (*key[:2], placed.level)
        groups.setdefault(shared, []).append((subject, placed))
    told = {_spot(group[0][1]) for group in groups.values() if _named(group)}
    return tuple(
        _merged(group)
        for group in groups.values()
        # Judged for other SDKs than a login, an idle process would tell the same in other words.
        if _named(group) or _spot(group[0][1]) not in told
    )


def _spot(finding: Finding) -> object:
    place = finding.location
    return (finding.code, place.uri, place.line, place.column)


def _named(group: list[tuple[Subject, Finding]]) -> list[Subject]:
    """Return the subjects to name: every process of a user has that user's files.

    Those that show nothing of AWS tell nothing.
    """
    subjects = {subject.identifier: subject for subject, _ in group}.values()
    return [one for one in subjects if shows_aws(one) or one.kind == "login"]


def place_finding(audit: HostAudit, subject: Subject, finding: Finding) -> Finding:
    """Return a finding of the subject with places that hold for the whole host."""
    perhaps = finding.code == _PERHAPS_IN_CODE and subject.kind == "process"
    return replace(
        finding,
        level="note" if perhaps else finding.level,
        message=subject_text(subject, finding.message),
        remedy=subject_text(subject, finding.remedy),
        location=_place(audit, subject, finding.location),
        related=tuple(
            replace(_place(audit, subject, one), message=subject_text(subject, one.message or ""))
            for one in finding.related
        ),
    )


def _place(audit: HostAudit, subject: Subject, location: Location) -> Location:
    """Return where a person changes what the location speaks of."""
    if location.kind == "environment":
        variable = (location.logical or "").rpartition("/")[2]
        line = provenance_of(audit, subject, variable).place
        if line is not None:
            return assignment_place(line, location.message)
    return subject_place(subject, location=location)


def _merged(group: list[tuple[Subject, Finding]]) -> Finding:
    subjects = list({subject.identifier: subject for subject, _ in group}.values())
    finding = group[0][1]
    identifiers = ", ".join(subject.identifier for subject in subjects)
    named = _named(group)
    concerned = f" This concerns {subject_names(named)}." if named else ""
    return replace(
        finding,
        message=f"{finding.message}{concerned}",
        properties=(*finding.properties, ("subjects", identifiers)),
    )
