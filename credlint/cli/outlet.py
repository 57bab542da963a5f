"""The one outlet of every stream: policy, report, exit code."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Callable, Optional

import credlint
from credlint.cli import terminal
from credlint.cli.output import write_report
from credlint.model.finding import Finding, IgnoreDirective, Skipped, number_findings
from credlint.model.lean_dataclasses import dataclass, replace
from credlint.model.report import Notice, Report, Summary
from credlint.model.rule import Rule
from credlint.policy.grouping import one_row_per_secret
from credlint.policy.ignores import Outcome, apply_directives, apply_path_ignores
from credlint.policy.threshold import below_threshold, exit_code
from credlint.rulebook import load_rules

if TYPE_CHECKING:
    from credlint.model.answer import AuditAnswer
    from credlint.model.audit import Verdict
    from credlint.model.baseline import Accepted
    from credlint.model.trace import Trace
    from credlint.model.why_not import WhyNot
    from credlint.policy.baseline import BaselineUse
    from credlint.report.sarif import VersionControl

_LONGEST_HASHED = 16 * 1024 * 1024


@dataclass(frozen=True)
class Conclusions:
    """What a stream hands to the outlet. ``examined``: at least one thing was looked at.

    ``notes`` are lines for people. ``read_text`` gives the text of a scanned file by its uri
    (for line hashes in SARIF). ``folder``: what was scanned; ``from_top``: its repository as a
    whole.
    """

    command: str
    findings: Sequence[Finding]
    examined: bool
    directives: Sequence[IgnoreDirective] = ()
    skipped: Sequence[Skipped] = ()
    contexts: tuple[str, ...] = ()
    chains: tuple[Trace, ...] = ()
    environment_listing: tuple[str, ...] = ()
    notices: tuple[Notice, ...] = ()
    summary: Summary = Summary()
    title: Optional[str] = None
    read_text: Optional[Callable[[str], Optional[str]]] = None
    folder: Optional[Path] = None
    from_top: bool = False
    notes: tuple[str, ...] = ()
    why_not: tuple[WhyNot, ...] = ()
    answer: Optional[AuditAnswer] = None
    verdicts: tuple[Verdict, ...] = ()
    baseline: Optional[BaselineUse] = None


@dataclass(frozen=True)
class Choices:
    """What the command line decides about the report; see ``options.report_options``.

    ``inner_path`` gives a path of the report as ``per_file_ignores`` mean it. ``cache_directory``:
    as ``load_rules`` takes it.
    """

    formats: tuple[str, ...] = ()
    outputs: tuple[str, ...] = ()
    fail_on: str = "low"
    strict: bool = False
    exit_zero: bool = False
    no_ignores: bool = False
    per_place: bool = False
    sarif_suppressed: bool = False
    color: str = "auto"
    verbose: bool = False
    per_file_ignores: tuple[tuple[str, tuple[str, ...]], ...] = ()
    configuration: str = "the configuration"
    inner_path: Callable[[str], Optional[str]] = str
    cache_directory: Optional[Path] = None

    def destinations(self) -> list[tuple[str, str]]:
        """Return (format, target) pairs; raises UsageError when they do not pair up."""
        formats = self.formats or ("text",)
        outputs = self.outputs or ("-",)
        if len(formats) != len(outputs):
            message = "--format and -o must be given equally often"
            raise _misuse(message)
        if len(set(outputs)) != len(outputs):
            message = "two reports have the same -o"
            raise _misuse(message)
        return list(zip(formats, outputs))


def _misuse(message: str) -> Exception:
    import click  # noqa: PLC0415  start-up: what click need not explain goes without it

    return click.UsageError(message)


def build_report(
    conclusions: Conclusions, known: Sequence[Rule], enabled: Sequence[Rule], choices: Choices
) -> Report:
    """Apply the suppressions and count everything, the hidden things included."""
    findings = number_findings(conclusions.findings)
    directives = () if choices.no_ignores else tuple(conclusions.directives)
    if directives:
        # A comment may name a rule of another command, which is neither wrong nor unused.
        known = load_rules(cache_directory=choices.cache_directory)
    outcome = apply_directives(findings, directives, known, enabled)
    if choices.per_file_ignores and not choices.no_ignores:
        table = dict(choices.per_file_ignores)
        outcome = apply_path_ignores(
            outcome, table, known, choices.configuration, choices.inner_path
        )
    use = None if choices.no_ignores else conclusions.baseline
    accepted: Sequence[Accepted] = ()
    notices: tuple[Notice, ...] = ()
    if use is not None:
        from credlint.policy.baseline import judge_by  # noqa: PLC0415  only with a baseline

        judged, notices = judge_by(use, outcome.findings, findings, enabled)
        outcome = replace(outcome, findings=judged.findings)
        accepted = judged.accepted
    if not choices.per_place:
        outcome = replace(outcome, findings=one_row_per_secret(outcome.findings, enabled))
        accepted = _rows(accepted, enabled)
    report = _report(conclusions, outcome, enabled)
    below = below_threshold(report, choices.fail_on)
    return replace(
        report,
        baseline=None if use is None else use.baseline.name,
        baselined=tuple(accepted),
        notices=(*report.notices, *notices),
        summary=replace(report.summary, baselined=len(accepted), below_threshold=below),
    )


def _rows(accepted: Sequence[Accepted], enabled: Sequence[Rule]) -> tuple[Accepted, ...]:
    if not accepted:
        return ()
    from credlint.model.baseline import Accepted  # noqa: PLC0415  only with a baseline

    entries = {one.finding.fingerprint: one.entry for one in accepted}
    rows = one_row_per_secret([one.finding for one in accepted], enabled)
    return tuple(Accepted(row, entries[row.fingerprint]) for row in rows)


def _report(conclusions: Conclusions, outcome: Outcome, enabled: Sequence[Rule]) -> Report:
    return Report(
        command=conclusions.command,
        version=credlint.__version__,
        rules=tuple(enabled),
        contexts=conclusions.contexts,
        chains=conclusions.chains,
        findings=outcome.findings,
        suppressed=outcome.suppressed,
        skipped=tuple(conclusions.skipped),
        summary=replace(
            conclusions.summary,
            findings=len(outcome.findings),
            suppressed=len(outcome.suppressed),
            skipped=len(conclusions.skipped),
        ),
        environment_listing=conclusions.environment_listing,
        unused_directives=outcome.unused,
        notices=(*conclusions.notices, *outcome.notices),
        title=conclusions.title,
        notes=conclusions.notes,
        why_not=conclusions.why_not,
        answer=conclusions.answer,
        verdicts=conclusions.verdicts,
    )


def render(report: Report, form: str, choices: Choices, conclusions: Conclusions) -> str:
    """Return the report in one format; a format's module is imported when it is asked for."""
    if form == "json":
        from credlint.report import json_report  # noqa: PLC0415  start-up

        return json_report.render(report)
    if form == "sarif":
        from credlint.report import sarif  # noqa: PLC0415  40 ms

        options = sarif.SarifOptions(
            include_suppressed=choices.sarif_suppressed,
            read_text=conclusions.read_text,
            version_control=_version_control(conclusions),
        )
        return sarif.render(report, options)
    from credlint.report import text  # noqa: PLC0415  start-up

    return text.render(
        report,
        color=terminal.wants_color(choices.color),
        width=terminal.width(),
        verbose=choices.verbose,
    )


def _version_control(conclusions: Conclusions) -> Optional[VersionControl]:
    """Return which commit was scanned, None where that is unknown."""
    if conclusions.folder is None:
        return None
    from credlint.report.sarif import VersionControl  # noqa: PLC0415  40 ms, for SARIF alone
    from credlint.sources.git_provenance import read_provenance  # noqa: PLC0415  likewise

    found = read_provenance(str(conclusions.folder))
    if found is None:
        return None
    above = 0 if conclusions.from_top else found.above
    return VersionControl(found.remote, found.revision, found.branch, above)


def deliver(
    conclusions: Conclusions, known: Sequence[Rule], enabled: Sequence[Rule], choices: Choices
) -> int:
    """Write every report that was asked for and return the exit code.

    Raises UsageError for formats and outputs that do not pair up, OutputError.
    """
    destinations = choices.destinations()
    report = build_report(conclusions, known, enabled, choices)
    for form, target in destinations:
        write_report(render(report, form, choices, conclusions), target)
    if not conclusions.examined:
        sys.stderr.write("credlint: nothing was examined\n")
    return exit_code(
        report,
        choices.fail_on,
        strict=choices.strict,
        exit_zero=choices.exit_zero,
        examined=conclusions.examined,
    )


def text_reader(root: Path) -> Callable[[str], Optional[str]]:
    """Return a function that reads a file of the scanned tree by its uri, None when it cannot."""

    def read(uri: str) -> Optional[str]:
        try:
            path = root / uri
            if path.stat().st_size > _LONGEST_HASHED:
                return None  # a hash of its lines is not worth the memory
            return path.read_text(encoding="utf-8")
        except (OSError, ValueError):
            return None

    return read
