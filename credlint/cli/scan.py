"""``credlint scan`` on click."""

from __future__ import annotations

from typing import Any

import click

from credlint.cli.options import add_options, report_options
from credlint.cli.scan_options import SCAN_OPTIONS, spelled_out


class _Command(click.Command):
    """Reads values that may be left out as ``spelled_out`` does."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse the arguments."""
        return super().parse_args(ctx, spelled_out(args))


@click.command("scan", cls=_Command)
@click.argument("paths", nargs=-1, metavar="[PATHS|-]")
@add_options(SCAN_OPTIONS)
@report_options
@click.pass_context
def command(context: click.Context, /, **values: Any) -> None:
    """Look for keys in PATHS (default: here), git's index or history, or standard input (-).

    Folders are walked as .gitignore says; a path that is named is always read. No socket is
    opened, nothing in the tree is executed.
    """
    from credlint.cli.scan_run import scan  # noqa: PLC0415  start-up

    context.exit(scan(**values))
