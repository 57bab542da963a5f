"""The ``credlint`` command: a group that imports a command's module only when it is called."""

from __future__ import annotations

import contextlib
import gc
import importlib
import os
import sys
from typing import NoReturn, Optional

import click

from credlint import __version__

EXIT_FAILED = 2
EXIT_INTERRUPTED = 130

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


def run() -> NoReturn:
    """Run the command line as the whole process; never returns.

    Two things are for the hook's sake, which is called at every commit: the collector of cycles
    is not run while modules are loaded (5 of 90 ms), and the process ends without taking the
    interpreter apart (11 ms). Nothing here needs an exit handler: files are written and closed,
    workers are waited for.
    """
    gc.set_threshold(100_000, 50, 50)
    code = main()
    for stream in (sys.stdout, sys.stderr):
        # None where the caller closed it; a reader that went away has been told of in main.
        with contextlib.suppress(AttributeError, OSError):
            stream.flush()
    os._exit(code)


def main() -> int:
    """Run the command line and return the documented exit code.

    An error that is ours to explain becomes one line on standard error; one that is not is
    named by its class only, because its text could hold a value. ``CREDLINT_TRACEBACK=1``
    adds the frames, without values.
    """
    try:
        code = group.main(prog_name="credlint", standalone_mode=False)
    except click.exceptions.Abort:
        sys.stderr.write("credlint: interrupted\n")
        code = EXIT_INTERRUPTED
    except KeyboardInterrupt:
        sys.stderr.write("credlint: interrupted\n")
        code = EXIT_INTERRUPTED
    except click.ClickException as error:
        from credlint.cli.failures import show_usage_error  # noqa: PLC0415  start-up

        show_usage_error(error)
        code = EXIT_FAILED
    except BrokenPipeError:
        # The reader went away (`| head`); what was asked for has been delivered.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = EXIT_FAILED
    except Exception as error:  # noqa: BLE001  the last resort of the whole program
        from credlint.cli.failures import describe_failure  # noqa: PLC0415  start-up

        sys.stderr.write(describe_failure(error))
        code = EXIT_FAILED
    return code if isinstance(code, int) else 0
