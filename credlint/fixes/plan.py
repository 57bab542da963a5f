"""Which of the offered edits are to be made, and why the others are not."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from credlint.model.finding import Finding
from credlint.model.fix import Edit, FileEdits, Fix, OverlapError, merged
from credlint.model.lean_tuples import NamedTuple
from credlint.model.location import SRCROOT

OVERLAPS = "it changes the same lines as another edit"
_NOT_A_FILE = "it is not in a file of the tree"
_OTHER_VERSION = "its file was read twice and differed"


class FilePlan(NamedTuple):
    """All edits of one file; ``digest``: of the bytes they were made for, empty for a new file."""

    uri: str
    digest: str
    edits: tuple[Edit, ...]
    hidden: tuple[tuple[int, int], ...]


class Plan(NamedTuple):
    """``files``: what is to be written; ``taken``: the findings that go with it.

    ``refused``: findings whose edits cannot be made now, with the reason. ``others``: those whose
    edits are of a kind that was not asked for.
    """

    files: tuple[FilePlan, ...]
    taken: tuple[Finding, ...]
    refused: tuple[tuple[Finding, str], ...]
    others: tuple[Finding, ...]


def plan_fixes(findings: Iterable[Finding], kinds: Collection[str]) -> Plan:
    """Return the edits of the findings whose fixes are of these kinds (``safe``, ``unsafe``).

    A fix is taken as a whole or not at all: one that overlaps with an earlier one is refused, and
    belongs to the next round. Safe ones come first.
    """
    files: dict[str, FilePlan] = {}
    taken: list[Finding] = []
    refused: list[tuple[Finding, str]] = []
    others: list[Finding] = []
    offered = [(one, one.change) for one in findings if one.change and one.change.files]
    for finding, fix in sorted(offered, key=lambda pair: pair[1].kind != "safe"):
        if fix.kind not in kinds:
            others.append(finding)
            continue
        reason = _take(finding, fix, files)
        if reason:
            refused.append((finding, reason))
        else:
            taken.append(finding)
    return Plan(tuple(files.values()), tuple(taken), tuple(refused), tuple(others))


def _take(finding: Finding, fix: Fix, files: dict[str, FilePlan]) -> str:
    """Add a fix to the plans of its files; return why not, empty when it was added."""
    place = finding.location
    if place.base != SRCROOT or place.kind != "file" or place.commit:
        return _NOT_A_FILE
    added: dict[str, FilePlan] = {}
    for file in fix.files:
        uri = file.uri or place.uri
        before = added.get(uri) or files.get(uri) or FilePlan(uri, file.digest, (), ())
        if before.digest != file.digest:
            return _OTHER_VERSION
        try:
            added[uri] = _with(before, file)
        except OverlapError:
            return OVERLAPS
    files.update(added)
    return ""


def _with(plan: FilePlan, file: FileEdits) -> FilePlan:
    edits = merged((*plan.edits, *file.edits))
    hidden = dict.fromkeys((*plan.hidden, *file.hidden))
    return FilePlan(plan.uri, plan.digest, tuple(edits), tuple(sorted(hidden)))
