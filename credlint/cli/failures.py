"""Turns an exception into what a person may see of it: one line, no value."""

from __future__ import annotations

import os
import traceback

# The bases whose messages are written by us, name what and where, and hold no value.
_OWN_ERRORS = (
    "SourceError",
    "ProbeError",
    "ConfigError",
    "RulebookError",
    "SnapshotError",
    "SelectionError",
    "OutputError",
)


def describe_failure(error: BaseException) -> str:
    """Return the text for standard error, ending with a newline."""
    names = [kind.__name__ for kind in type(error).__mro__]
    if any(name in _OWN_ERRORS for name in names):
        return f"credlint: {error}\n"
    text = (
        f"credlint: internal error ({type(error).__name__}); nothing was concluded. "
        "Please report it; CREDLINT_TRACEBACK=1 shows where.\n"
    )
    if os.environ.get("CREDLINT_TRACEBACK"):
        frames = traceback.extract_tb(error.__traceback__)
        text += "".join(f"  {frame.filename}:{frame.lineno} in {frame.name}\n" for frame in frames)
    return text
