"""Builds click's options from their table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Callable, Optional, TypeVar

import click

from credlint.cli.option_table import REPORT_OPTIONS, Option

Command = TypeVar("Command", bound=Callable[..., Any])


def add_options(options: Sequence[Option]) -> Callable[[Command], Command]:
    """Return a decorator that adds the options, in their order."""

    def add(command: Command) -> Command:
        for option in reversed(options):
            command = _to_click(option)(command)
        return command

    return add


def report_options(command: Command) -> Command:
    """Add what decides about the report: format, output, selection, threshold, configuration."""
    return add_options(REPORT_OPTIONS)(command)


def _to_click(option: Option) -> Callable[[Command], Command]:
    more: dict[str, Any] = {}
    if option.switch:
        more.update(is_flag=True, default=option.default)
    elif option.several:
        more.update(multiple=True)
    elif option.default is not None:
        more.update(default=option.default, show_default=True)
    if option.bare is not None:
        more.update(is_flag=False, flag_value=option.bare)
    if option.kind == "choice":
        more.update(type=click.Choice(option.choices))
    elif option.kind == "file":
        more.update(type=click.Path(dir_okay=False))
    elif option.kind == "count":
        more.update(type=click.IntRange(min=0))
    elif option.kind == "size":
        more.update(callback=_read_size)
    return click.option(*option.declarations, metavar=option.metavar, help=option.help, **more)


def _read_size(
    context: click.Context,  # noqa: ARG001  click calls it so
    parameter: click.Parameter,
    value: Optional[str],
) -> object:
    from credlint.config_values import read_setting  # noqa: PLC0415  start-up

    return None if value is None else read_setting(value, "size", parameter.opts[0])
