"""Turns an exception into what a person may see of it: one line, no value."""

from __future__ import annotations

import os
import sys
import traceback

import click

# The errors whose messages are written by us: what, where, what to do. By name, so that the
# rooms that raise them need not be imported to start.
_OWN_ERRORS = frozenset(
    {
        "BaselineError",
        "ConfigError",
        "OutputError",
        "PatternError",
        "PatternsRefusedError",
        "ProbeError",
        "RulebookError",
        "SelectionError",
        "SnapshotError",
        "SourceError",
        "WorkerError",
    }
)


def describe_failure(error: BaseException) -> str:
    """Return the text for standard error, ending with a newline.

    An error that is not ours is named by its class only: its text may quote what was read. Ours
    quote names of settings and files, which go through the report's redaction like all else.
    """
    from credlint.report.clean import for_terminal  # noqa: PLC0415  only when something failed

    names = {kind.__name__ for kind in type(error).__mro__}
    if names & _OWN_ERRORS:
        return f"credlint: {for_terminal(str(error))}\n"
    text = (
        f"credlint: internal error ({type(error).__name__}); nothing was concluded. "
        "Please report it; CREDLINT_TRACEBACK=1 shows where.\n"
    )
    if os.environ.get("CREDLINT_TRACEBACK"):
        frames = traceback.extract_tb(error.__traceback__)
        text += "".join(f"  {frame.filename}:{frame.lineno} in {frame.name}\n" for frame in frames)
    return text


def tell_failure(error: Exception) -> bool:
    """Write to standard error what a person may see; tell whether it was an interruption."""
    if isinstance(error, click.exceptions.Abort):
        sys.stderr.write("credlint: interrupted\n")
        return True
    if isinstance(error, click.ClickException):
        _show_usage_error(error)
    else:
        sys.stderr.write(describe_failure(error))
    return False


def _show_usage_error(error: click.ClickException) -> None:
    """Print click's own error, redacted, to standard error."""
    from credlint.report.clean import for_terminal  # noqa: PLC0415  only when something failed

    if type(error).__name__ == "NoArgsIsHelpError":  # click 8.2: its message is our help
        sys.stderr.write(f"{error.format_message()}\n")
        return
    context = getattr(error, "ctx", None)
    if context is not None:
        sys.stderr.write(f"{context.get_usage()}\n")
    sys.stderr.write(f"credlint: {for_terminal(error.format_message())}\n")
