"""``credlint baseline``: the findings that are accepted, as a file beside the code."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Callable, Optional, TypeVar

import click

if TYPE_CHECKING:
    from credlint.cli.preparation import Prepared
    from credlint.model.baseline import Baseline
    from credlint.model.finding import Finding, Skipped

Command = TypeVar("Command", bound=Callable[..., Any])


@dataclass(frozen=True)
class _Run:
    """One scan of the baseline's tree.

    ``all_findings``: those before any suppression; ``open``: without those that comments and
    per-file-ignores hide. ``codes``: the rules that were run. ``today``: ``YYYY-MM-DD``.
    """

    path: Path
    baseline: Baseline
    all_findings: tuple[Finding, ...]
    open: tuple[Finding, ...]
    codes: frozenset[str]
    skipped: tuple[Skipped, ...]
    today: str


def _shared(command: Command) -> Command:
    for option in (
        click.option("--isolated", is_flag=True, help="Read no configuration file."),
        click.option(
            "--config",
            "config_path",
            metavar="FILE",
            type=click.Path(dir_okay=False),
            help="Read this configuration file, not one that is found.",
        ),
        click.option(
            "--baseline",
            "file",
            metavar="FILE",
            type=click.Path(dir_okay=False),
            help="The file (default .credlint-baseline, beside the configuration or at the "
            "root of the repository). The tree that is scanned is its folder.",
        ),
    ):
        command = option(command)
    return command


def _for_new_entries(command: Command) -> Command:
    for option in (
        click.option(
            "--until",
            metavar="DATE",
            callback=_read_until,
            help="The last day on which new entries count, as 2027-01-31.",
        ),
        click.option("--reason", metavar="TEXT", default="", help="Why new entries are accepted."),
    ):
        command = option(command)
    return command


def _read_until(
    context: click.Context,  # noqa: ARG001  click calls it so
    parameter: click.Parameter,  # noqa: ARG001
    value: Optional[str],
) -> str:
    from credlint.policy.baseline_file import read_date  # noqa: PLC0415  start-up

    if value and read_date(value) is None:
        message = f'"{value}" is no day such as 2027-01-31'
        raise click.BadParameter(message)
    return value or ""


@click.group("baseline")
def command() -> None:
    """Accept the findings of a tree, and keep that list right.

    An entry is a rule, a slow digest of the secret under a random salt, and a reason. It outlives
    moves, renames and reformatting; another secret at the same place is a new finding.
    """


@command.command("create")
@_for_new_entries
@_shared
def create(reason: str, until: str, **given: Any) -> None:
    """Write a baseline that accepts all findings of this tree; never overwrites one."""
    from credlint.model.baseline import Baseline  # noqa: PLC0415  start-up
    from credlint.policy.baseline_file import SALT_BYTES  # noqa: PLC0415

    prepared, path = _prepare(given)
    if os.path.lexists(path):
        message = f'"{path.name}" is there already; use "credlint baseline update"'
        raise click.UsageError(message)
    run = _scan(prepared, path, Baseline(path.name, (os.urandom(SALT_BYTES),)))
    _save_updated(run, reason, until)
    click.echo(
        "So that branches merge, add this line to .gitattributes: "
        f"{path.name} merge=union\nWrite a reason into each entry; "
        '"credlint baseline audit" lists those without.'
    )


@command.command("update")
@_for_new_entries
@_shared
def update(reason: str, until: str, **given: Any) -> None:
    """Add the findings that are not accepted yet; what is there stays as it is."""
    _save_updated(_load(given), reason, until)


@command.command("prune")
@_shared
def prune(**given: Any) -> None:
    """Remove the entries whose secret is no longer in this tree."""
    from credlint.policy.baseline import describe, pruned, unused_entries  # noqa: PLC0415

    run = _load(given)
    for entry in unused_entries(run.baseline, run.all_findings, run.codes):
        _say(f"removed: {describe(entry)}")
    _save(run, pruned(run.baseline, run.all_findings, run.codes))


@command.command("audit")
@_shared
@click.pass_context
def audit(context: click.Context, /, **given: Any) -> None:
    """List every entry with its places in this tree.

    Exits 1 when an entry is unused, has expired or has no reason. Asks nothing, changes nothing.
    """
    from credlint.policy.baseline_audit import audit_baseline  # noqa: PLC0415  start-up
    from credlint.report.text_baseline import audit_lines  # noqa: PLC0415

    run = _load(given)
    rows = audit_baseline(run.baseline, run.all_findings, run.codes, run.today)
    for line in audit_lines(rows, run.baseline.name):
        click.echo(line)
    _tell_skipped(run)
    context.exit(1 if any(row.faults for row in rows) else 0)


def _prepare(given: dict[str, Any]) -> tuple[Prepared, Path]:
    """Return settings and rules, and where the baseline is or is to be; raises ConfigError."""
    from credlint.cli.preparation import prepare  # noqa: PLC0415  start-up
    from credlint.config import baseline_to_create  # noqa: PLC0415

    file = given.pop("file")
    unset = dict.fromkeys(
        ("fail_on", "color", "strict", "exit_zero", "no_ignores", "verbose", "sarif_suppressed")
    )
    lists: dict[str, Any] = dict.fromkeys(
        ("select", "ignore", "extend_select", "formats", "outputs"), ()
    )
    more = {"baseline": Path(file) if file else None}
    prepared = prepare(Path.cwd(), ("secrets", "code", "run"), {**unset, **lists, **given}, more)
    path = prepared.settings.baseline or baseline_to_create(Path.cwd(), prepared.settings)
    return prepared, path.absolute()


def _load(given: dict[str, Any]) -> _Run:
    from credlint.cli.baseline_use import load_baseline  # noqa: PLC0415  start-up

    prepared, path = _prepare(given)
    settings = prepared.settings
    if settings.baseline is None:
        message = f'there is no "{path.name}"; use "credlint baseline create"'
        raise click.UsageError(message)
    return _scan(prepared, path, load_baseline(path, found=settings.baseline_found))


def _scan(prepared: Prepared, path: Path, baseline: Baseline) -> _Run:
    """Scan the tree that the baseline stands in, compared under its salts."""
    from credlint.cli.baseline_use import day_of  # noqa: PLC0415  start-up
    from credlint.cli.cache_place import cache_directory  # noqa: PLC0415
    from credlint.cli.outlet import Conclusions, build_report  # noqa: PLC0415
    from credlint.cli.preparation import inner_path  # noqa: PLC0415
    from credlint.cli.scan import scan_facts  # noqa: PLC0415
    from credlint.model.finding import number_findings  # noqa: PLC0415
    from credlint.pipeline.request import ScanRequest  # noqa: PLC0415
    from credlint.pipeline.scan import run_scan  # noqa: PLC0415

    settings = prepared.settings
    facts = scan_facts(settings.expect_accounts, baseline.salts)
    result = run_scan(
        ScanRequest(
            rules=prepared.enabled,
            beside=prepared.known,
            root=path.parent,
            exclude=settings.exclude,
            exclude_base=settings.root,
            max_file_size=settings.max_file_size,
            cache_directory=cache_directory(),
            jobs=settings.jobs,
            environment=dict(os.environ),
            facts=facts,
        )
    )
    conclusions = Conclusions(
        command="scan",
        findings=result.findings,
        examined=True,
        directives=result.directives,
        skipped=result.skipped,
    )
    choices = replace(
        prepared.choices, per_place=True, inner_path=inner_path(path.parent, settings.root)
    )
    report = build_report(conclusions, prepared.known, prepared.enabled, choices)
    return _Run(
        path,
        baseline,
        number_findings(result.findings),
        report.findings,
        frozenset(rule.id for rule in prepared.enabled),
        report.skipped,
        day_of(facts.now),
    )


def _save_updated(run: _Run, reason: str, until: str) -> None:
    from credlint.policy.baseline import apply_baseline, updated  # noqa: PLC0415  start-up
    from credlint.report.clean import safe_text  # noqa: PLC0415

    changed = updated(run.baseline, run.open, safe_text(reason), until, safe_text)
    _save(run, changed)
    expired = apply_baseline(run.open, run.baseline, run.today).expired
    if expired:
        number = len({one.entry.key for one in expired})
        _say(f"{number:,} expired, and still so: change the date, or deal with the finding")


def _save(run: _Run, changed: Baseline) -> None:
    from credlint.cli.output import OutputError, write_report  # noqa: PLC0415  start-up
    from credlint.policy.baseline_file import write_baseline  # noqa: PLC0415

    if run.path.is_symlink():
        message = f'"{run.path.name}" is a symbolic link and is not written'
        raise OutputError(message)
    write_report(write_baseline(changed), str(run.path))
    before, after = ({one.key for one in each.entries} for each in (run.baseline, changed))
    _say(
        f"{run.path.name}: {len(changed.entries):,} entries, "
        f"{len(after - before):,} added, {len(before - after):,} removed"
    )
    _tell_skipped(run)


def _tell_skipped(run: _Run) -> None:
    for skip in run.skipped:
        _say(f"not examined: {skip.path}: {skip.reason} [{skip.code}]")


def _say(text: str) -> None:
    from credlint.report.clean import for_terminal  # noqa: PLC0415  start-up

    click.echo(for_terminal(text))
