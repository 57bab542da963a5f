"""Options that several commands share."""

from __future__ import annotations

from typing import Any, Callable, TypeVar

import click

Command = TypeVar("Command", bound=Callable[..., Any])

FORMATS = ("text", "json", "sarif")


def report_options(command: Command) -> Command:
    """Add what decides about the report: format, output, selection, threshold, configuration."""
    options = [
        click.option(
            "--format",
            "formats",
            type=click.Choice(FORMATS),
            multiple=True,
            help="Format of the report (default text); may be given several times, each with -o.",
        ),
        click.option(
            "-o",
            "--output",
            "outputs",
            metavar="FILE",
            multiple=True,
            help="Where the report goes (default -, standard output); once per --format.",
        ),
        click.option(
            "--select",
            metavar="RULES",
            multiple=True,
            help="Only these rules: codes, prefixes (SEC, CHN1) or names, comma-separated.",
        ),
        click.option("--ignore", metavar="RULES", multiple=True, help="Not these rules."),
        click.option(
            "--extend-select", metavar="RULES", multiple=True, help="These rules as well."
        ),
        click.option(
            "--fail-on",
            metavar="LEVEL",
            help="What makes the exit code 1: medium, high, critical (security severity); note, "
            "warning, error (level); low (any finding, the default); never.",
        ),
        click.option("--exit-zero", is_flag=True, help="Exit 0 instead of 1 on findings."),
        click.option("--strict", is_flag=True, help="Exit 2 when anything was skipped."),
        click.option(
            "--no-ignores",
            is_flag=True,
            help="Show what comments, per-file-ignores and the baseline hide.",
        ),
        click.option(
            "--sarif-suppressed",
            is_flag=True,
            help="Write hidden findings to SARIF, too, marked as suppressed.",
        ),
        click.option(
            "--config",
            "config_path",
            metavar="FILE",
            type=click.Path(dir_okay=False),
            help="Read this configuration file, not one that is found.",
        ),
        click.option("--isolated", is_flag=True, help="Read no configuration file."),
        click.option(
            "--color",
            type=click.Choice(["auto", "always", "never"]),
            default="auto",
            show_default=True,
            help="Colour in text reports; auto: on a terminal.",
        ),
        click.option("-v", "--verbose", is_flag=True, help="Show every step and every skip."),
    ]
    for option in reversed(options):
        command = option(command)
    return command
