"""What the terminal can do: colour and width."""

from __future__ import annotations

import os
import sys


def wants_color(choice: str) -> bool:
    """Decide on colour for standard output.

    ``always``/``never`` decide; ``auto`` follows NO_COLOR (https://no-color.org), then
    FORCE_COLOR, then whether standard output is a terminal that is not "dumb".
    """
    if choice != "auto":
        return choice == "always"
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return _on_terminal() and os.environ.get("TERM") != "dumb"


def width() -> int:
    """Return the columns to fill: the terminal's, between 60 and 100; 100 when it is none."""
    if not _on_terminal():
        return 100
    import shutil  # noqa: PLC0415  start-up

    return max(60, min(100, shutil.get_terminal_size().columns))


def _on_terminal() -> bool:
    # Python has no standard output when the caller closed it (`>&-`).
    return sys.stdout is not None and sys.stdout.isatty()
