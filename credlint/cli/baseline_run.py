"""The scan behind each command of ``credlint baseline``."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import click

from credlint.cli.baseline_use import day_of, load_baseline
from credlint.cli.cache_place import cache_directory
from credlint.cli.outlet import Conclusions, build_report
from credlint.cli.preparation import Prepared, inner_path, prepare
from credlint.cli.scan_run import scan_facts
from credlint.config import baseline_to_create
from credlint.model.baseline import Baseline
from credlint.model.finding import Finding, Skipped, number_findings
from credlint.model.lean_dataclasses import dataclass, replace
from credlint.pipeline.request import ScanRequest
from credlint.pipeline.scan import run_scan
from credlint.rulebook import SCAN_ROOMS


@dataclass(frozen=True)
class BaselineRun:
    """One scan of the baseline's tree.

    ``all_findings``: those before any suppression; ``open``: without those that comments and
    per-file-ignores hide. ``codes``: the rules that were run. ``today``: ``YYYY-MM-DD``.
    ``history``: the whole history was read, too.
    """

    path: Path
    baseline: Baseline
    all_findings: tuple[Finding, ...]
    open: tuple[Finding, ...]
    codes: frozenset[str]
    skipped: tuple[Skipped, ...]
    today: str
    history: bool


def prepare_baseline(given: dict[str, Any]) -> tuple[Prepared, Path]:
    """Return settings and rules, and where the baseline is or is to be; raises ConfigError."""
    file = given.pop("file")
    unset = dict.fromkeys(
        ("fail_on", "color", "strict", "exit_zero", "no_ignores", "verbose", "sarif_suppressed")
    )
    lists: dict[str, Any] = dict.fromkeys(
        ("select", "ignore", "extend_select", "formats", "outputs"), ()
    )
    more = {"baseline": Path(file) if file else None}
    prepared = prepare(Path.cwd(), SCAN_ROOMS, {**unset, **lists, **given}, more)
    path = prepared.settings.baseline or baseline_to_create(Path.cwd(), prepared.settings)
    return prepared, path.absolute()


def load_and_scan(given: dict[str, Any]) -> BaselineRun:
    """Read the baseline that the options mean and scan its tree.

    Raises UsageError when there is none, SourceError, BaselineError.
    """
    prepared, path = prepare_baseline(given)
    settings = prepared.settings
    if settings.baseline is None:
        message = f'there is no "{path.name}"; use "credlint baseline create"'
        raise click.UsageError(message)
    baseline = load_baseline(path, found=settings.baseline_found)
    return scan_for(prepared, path, baseline, history=given["history"])


def scan_for(prepared: Prepared, path: Path, baseline: Baseline, *, history: bool) -> BaselineRun:
    """Scan the tree that the baseline speaks of, compared under its salts."""
    settings = prepared.settings
    root = path.parent if settings.baseline is None else settings.baseline_root or Path.cwd()
    facts = scan_facts(settings.expect_accounts, baseline.salts)
    request = ScanRequest(
        rules=prepared.enabled,
        beside=prepared.known,
        root=root,
        exclude=settings.exclude,
        exclude_base=settings.root,
        max_file_size=settings.max_file_size,
        archives=settings.archives,
        cache_directory=cache_directory(),
        jobs=settings.jobs,
        environment=dict(os.environ),
        facts=facts,
    )
    result = run_scan(request)
    if history:
        result.merge(run_scan(replace(request, mode="history")))
    conclusions = Conclusions(
        command="scan",
        findings=result.findings,
        examined=True,
        directives=result.directives,
        skipped=result.skipped,
    )
    choices = replace(prepared.choices, per_place=True, inner_path=inner_path(root, settings.root))
    report = build_report(conclusions, prepared.known, prepared.enabled, choices)
    return BaselineRun(
        path,
        baseline,
        number_findings(result.findings),
        report.findings,
        frozenset(rule.id for rule in prepared.enabled),
        report.skipped,
        day_of(facts.now),
        history,
    )
