"""``scan --fix`` and ``--diff``: makes or shows the edits that findings offer, then reports."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Callable

from credlint.cli.outlet import Choices, Conclusions, build_report, deliver
from credlint.fixes.difference import difference
from credlint.fixes.plan import OVERLAPS, Plan, plan_fixes
from credlint.fixes.write import NotWrittenError, changed, write
from credlint.model.finding import Finding
from credlint.model.lean_dataclasses import dataclass, replace
from credlint.report.clean import for_terminal

if TYPE_CHECKING:
    from credlint.model.rule import Rule

# Of a file's path and bytes: where in it secrets stand.
SecretSpans = Callable[[str, bytes], Sequence[tuple[int, int]]]

# An edit may make room for another one; no chain of them is as long as this.
_MOST_ROUNDS = 10
_SHOWN = 20
_LEAKED = (
    "The keys that were removed from files are still valid, and still in git's history where they "
    "were committed. Deactivate each, see what fails, delete it: "
    "`aws iam update-access-key --access-key-id KEY_ID --status Inactive`, then "
    "`aws iam delete-access-key --access-key-id KEY_ID`. `credlint scan --history` tells the "
    "commits."
)


@dataclass(frozen=True)
class Edits:
    """Which edits are wanted (``safe``, ``unsafe``), and whether they are written or shown."""

    kinds: tuple[str, ...]
    writes: bool


class Fixing:
    """Judges, makes or shows the edits, and delivers what is left.

    ``judge`` does the whole scan, once more after each round of edits; what it and ``deliver``
    raise is raised.
    """

    def __init__(
        self,
        judge: Callable[[], Conclusions],
        edits: Edits,
        known: Sequence[Rule],
        enabled: Sequence[Rule],
        choices: Choices,
    ) -> None:
        self._judge = judge
        self._edits = edits
        self._known = known
        self._enabled = enabled
        self._choices = choices
        self._root = Path.cwd()

    def deliver(self, spans: SecretSpans) -> int:
        """Do all of it and return the exit code. ``spans``: where in a file secrets stand."""
        conclusions = self._judge()
        plan = self._plan(conclusions)
        if self._edits.writes:
            conclusions, plan, notes = self._made(conclusions, plan)
        else:
            notes = _show(self._root, plan, spans)
        notes += _left_over(plan, self._edits)
        conclusions = replace(conclusions, notes=(*conclusions.notes, *notes))
        return deliver(conclusions, self._known, self._enabled, self._choices)

    def _plan(self, conclusions: Conclusions) -> Plan:
        """Return the edits of what is reported: nothing that a comment or the baseline accepts."""
        choices = replace(self._choices, per_place=True)
        report = build_report(conclusions, self._known, self._enabled, choices)
        return plan_fixes(report.findings, self._edits.kinds)

    def _made(self, conclusions: Conclusions, plan: Plan) -> tuple[Conclusions, Plan, list[str]]:
        """Write edits until none is left; return what is judged then, and what was done."""
        done: list[Finding] = []
        refused: dict[str, str] = {}
        for _ in range(_MOST_ROUNDS):
            written = _write(self._root, plan, refused)
            if not written:
                break
            done += written
            conclusions = self._judge()
            plan = self._plan(conclusions)
        notes = _told("Edited", done)
        if any(finding.identity for finding in done):
            notes.append(_LEAKED)
        fill_in = sorted({text for one in done if one.change for text in one.change.fill_in})
        if fill_in:
            notes.append(f"To be filled in by you: {', '.join(fill_in)}.")
        refused.update({_name(f): why for f, why in plan.refused if why != OVERLAPS})
        notes += [f"Not edited: {name}: {why}." for name, why in refused.items()]
        if plan.files and not refused:
            notes.append("There are more edits to make than one run makes: run it again.")
        return conclusions, plan, notes


def _write(root: Path, plan: Plan, refused: dict[str, str]) -> list[Finding]:
    """Write the files of a plan and return the findings that are done with.

    Of a fix in several files that of the finding's own file comes last, so that it is told as
    long as anything of it is missing.
    """
    failed: set[str] = set()
    own = {finding.location.uri for finding in plan.taken}
    for file in sorted(plan.files, key=lambda file: file.uri in own):
        try:
            write(root, file)
        except NotWrittenError as error:  # noqa: PERF203  one file's fault is not another's
            failed.add(file.uri)
            refused[for_terminal(file.uri)] = str(error)
    return [finding for finding in plan.taken if not failed.intersection(_files_of(finding))]


def _files_of(finding: Finding) -> set[str]:
    files = finding.change.files if finding.change else ()
    return {file.uri or finding.location.uri for file in files}


def _show(root: Path, plan: Plan, spans: SecretSpans) -> list[str]:
    """Print the edits as a diff; return what could not be shown."""
    notes = []
    for file in plan.files:
        try:
            before, _ = changed(root, file)
        except NotWrittenError as error:
            notes.append(f"Not shown: {for_terminal(file.uri)}: {error}.")
            continue
        hidden = (*file.hidden, *spans(file.uri, before))
        for line in difference(file.uri, before, file.edits, hidden):
            # A patch with other blanks than the file's could not be applied.
            sys.stdout.write("\t".join(map(for_terminal, line.split("\t"))) + "\n")
    if plan.files:
        sys.stdout.write("\n")
        sys.stdout.flush()
        notes += _told("Would edit", plan.taken)
    return notes


def _left_over(plan: Plan, edits: Edits) -> list[str]:
    unsafe = sum(1 for one in plan.others if one.change and one.change.kind == "unsafe")
    if not unsafe or "unsafe" in edits.kinds:
        return []
    many = "1 edit" if unsafe == 1 else f"{unsafe:,} edits"
    return [f"{many} more may change what a program does: --fix=unsafe makes them."]


def _told(word: str, findings: Sequence[Finding]) -> list[str]:
    lines = [f"{word} {_name(f)}: {f.change.summary}" for f in findings[:_SHOWN] if f.change]
    if len(findings) > _SHOWN:
        lines.append(f"{word} {len(findings) - _SHOWN:,} more places.")
    return lines


def _name(finding: Finding) -> str:
    return f"{for_terminal(finding.location.display())} {finding.code}"
