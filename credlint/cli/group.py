"""The group of commands, which imports a command's module only when it is called."""

from __future__ import annotations

import importlib
from typing import Optional

import click

from credlint import __version__

# name -> (module, one-line help shown without importing the module)
COMMANDS = {
    "doctor": ("doctor", "Tell which AWS credentials are used here, why, and what they hide."),
    "audit": ("audit", "Tell what every process, unit, job and login of this host uses, and why."),
    "scan": ("scan", "Look for keys in a source tree, the git index or standard input."),
    "baseline": ("baseline", "Accept the findings of a tree, and keep that list right."),
    "snapshot": ("snapshot", "Save what doctor sees, without any secret, to judge it elsewhere."),
    "rules": ("rules", "List every rule."),
    "explain": ("explain", "Print one rule's whole explanation."),
    "demo": ("demo", "Run doctor and scan on a made-up instance, in a folder of its own."),
}


class LazyGroup(click.Group):
    """Knows the commands' names; loads a command when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  click calls it so
        """Return the names in the order of importance."""
        return list(COMMANDS)

    def get_command(
        self,
        ctx: click.Context,  # noqa: ARG002  click calls it so
        cmd_name: str,
    ) -> Optional[click.Command]:
        """Import and return the command, None when there is none of that name."""
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"credlint.cli.{COMMANDS[cmd_name][0]}")
        command = module.command
        assert isinstance(command, click.Command)  # noqa: S101  holds by construction
        return command

    def format_commands(
        self,
        ctx: click.Context,  # noqa: ARG002  click calls it so
        formatter: click.HelpFormatter,
    ) -> None:
        """Write the command list from the table, without importing any of them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])


@click.group(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Exit codes: 0 clean, 1 findings at or above --fail-on, 2 could not do the job, "
    "3 nothing was examined, 130 interrupted.",
)
@click.version_option(__version__, prog_name="credlint")
def group() -> None:
    """Tell which AWS credentials a process really uses, why, and where keys leak."""
