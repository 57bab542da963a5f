"""``credlint baseline``: the findings that are accepted, as a file beside the code."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Callable, Optional, TypeVar

import click

if TYPE_CHECKING:
    from credlint.cli.baseline_run import BaselineRun
    from credlint.model.baseline import Baseline

Command = TypeVar("Command", bound=Callable[..., Any])


def _shared(command: Command) -> Command:
    for option in (
        click.option(
            "--history", is_flag=True, help="Read the whole history, too, not the tree alone."
        ),
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
            help="The file, and the working directory its tree (default .credlint-baseline beside "
            "the configuration or at the root of the repository, and its folder).",
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

    An entry is a slow digest of the secret under a random salt, and a reason. It outlives moves,
    renames and reformatting; another secret at the same place is a new finding.
    """


@command.command("create")
@_for_new_entries
@_shared
def create(reason: str, until: str, **given: Any) -> None:
    """Accept all findings of this tree; never overwrites."""
    from credlint.cli.baseline_run import prepare_baseline, scan_for  # noqa: PLC0415  start-up
    from credlint.model.baseline import Baseline  # noqa: PLC0415
    from credlint.policy.baseline_file import SALT_BYTES  # noqa: PLC0415

    prepared, path = prepare_baseline(given)
    if os.path.lexists(path):
        message = f'"{path.name}" is there already; use "credlint baseline update"'
        raise click.UsageError(message)
    empty = Baseline(path.name, (os.urandom(SALT_BYTES),))
    run = scan_for(prepared, path, empty, history=given["history"])
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
    """Accept what is new; what is there stays as it is."""
    from credlint.cli.baseline_run import load_and_scan  # noqa: PLC0415  start-up

    _save_updated(load_and_scan(given), reason, until)


@command.command("prune")
@_shared
def prune(**given: Any) -> None:
    """Remove the entries whose secret is no longer in this tree."""
    from credlint.cli.baseline_run import load_and_scan  # noqa: PLC0415  start-up
    from credlint.policy.baseline import describe, pruned, unused_entries  # noqa: PLC0415

    run = load_and_scan(given)
    seen = (run.baseline, run.all_findings, run.codes)
    for entry in unused_entries(*seen, history=run.history):
        _say(f"removed: {describe(entry)}")
    _save(run, pruned(*seen, history=run.history))


@command.command("audit")
@_shared
@click.pass_context
def audit(context: click.Context, /, **given: Any) -> None:
    """List every entry with its places in this tree.

    Exits 1 when an entry is unused, has expired or has no reason. Asks nothing, changes nothing.
    """
    from credlint.cli.baseline_run import load_and_scan  # noqa: PLC0415  start-up
    from credlint.policy.baseline_audit import audit_baseline  # noqa: PLC0415
    from credlint.report.text_baseline import audit_lines  # noqa: PLC0415

    run = load_and_scan(given)
    rows = audit_baseline(run.baseline, run.all_findings, run.codes, run.today, history=run.history)
    for line in audit_lines(rows, run.baseline.name):
        click.echo(line)
    _tell_skipped(run)
    context.exit(1 if any(row.faults for row in rows) else 0)


def _save_updated(run: BaselineRun, reason: str, until: str) -> None:
    from credlint.policy.baseline import apply_baseline, updated  # noqa: PLC0415  start-up
    from credlint.report.clean import safe_text  # noqa: PLC0415

    changed = updated(
        run.baseline, run.open, safe_text(reason), until, safe_text, history=run.history
    )
    _save(run, changed)
    expired = apply_baseline(run.open, run.baseline, run.today).expired
    if expired:
        number = len({one.entry.digest for one in expired})
        _say(f"{number:,} expired, and still so: change the date, or deal with the finding")


def _save(run: BaselineRun, changed: Baseline) -> None:
    from credlint.cli.output import OutputError, write_report  # noqa: PLC0415  start-up
    from credlint.policy.baseline_file import write_baseline  # noqa: PLC0415

    if run.path.is_symlink():
        message = f'"{run.path.name}" is a symbolic link and is not written'
        raise OutputError(message)
    write_report(write_baseline(changed), str(run.path))
    before, after = ({one.digest for one in each.entries} for each in (run.baseline, changed))
    _say(
        f"{run.path.name}: {len(changed.entries):,} entries, "
        f"{len(after - before):,} added, {len(before - after):,} removed"
    )
    _tell_skipped(run)


def _tell_skipped(run: BaselineRun) -> None:
    for skip in run.skipped:
        _say(f"not examined: {skip.path}: {skip.reason} [{skip.code}]")


def _say(text: str) -> None:
    from credlint.report.clean import for_terminal  # noqa: PLC0415  start-up

    click.echo(for_terminal(text))
