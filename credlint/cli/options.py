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
            help="Where the report goes; - is standard output.",
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
            help="Lowest severity or level that makes the exit code 1 (default low: any finding).",
        ),
        click.option("--exit-zero", is_flag=True, help="Exit 0 instead of 1 on findings."),
        click.option("--strict", is_flag=True, help="Exit 2 when anything could not be looked at."),
        click.option("--no-ignores", is_flag=True, help="Show inline-suppressed findings too."),
        click.option(
            "--config",
            "config_path",
            metavar="FILE",
            type=click.Path(dir_okay=False),
            help="Use this configuration file.",
        ),
        click.option("--isolated", is_flag=True, help="Read no configuration file."),
        click.option(
            "--color",
            type=click.Choice(["auto", "always", "never"]),
            default="auto",
            show_default=True,
            help="Colour in text reports.",
        ),
        click.option("-v", "--verbose", is_flag=True, help="Show every step and every skip."),
    ]
    for option in reversed(options):
        command = option(command)
    return command
