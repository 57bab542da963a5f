"""Writes a finished report: to standard output, or to a file at once or not at all."""

from __future__ import annotations

import os
import sys
from pathlib import Path


class OutputError(Exception):
    """The report could not be written; the message names the file and the reason."""


def write_report(text: str, target: str) -> None:
    """Write ``text`` to a file, or to standard output when ``target`` is ``-``.

    A file is written beside its final name and renamed, so an interrupted run leaves the old
    report or none. A device or pipe (``/dev/stderr``) is written directly.

    Raises OutputError.
    """
    if target == "-":
        _print(text.encode("utf-8", "backslashreplace"))
        return
    path = Path(target)
    data = text.encode("utf-8", "backslashreplace")
    try:
        if path.exists() and not path.is_file():
            path.write_bytes(data)
            return
        _replace(path, data)
    except OSError as error:
        message = f'cannot write "{target}": {error.strerror or type(error).__name__}'
        raise OutputError(message) from error


def _print(data: bytes) -> None:
    # Python has no standard output when the caller closed it (`>&-`).
    if sys.stdout is None:
        message = "standard output is closed"
        raise OutputError(message)
    try:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        # What is left in the buffer would fail once more at the end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        message = f"cannot write to standard output: {error.strerror or type(error).__name__}"
        raise OutputError(message) from error


def _replace(path: Path, data: bytes) -> None:
    import tempfile  # noqa: PLC0415  start-up

    handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
        # mkstemp gives 0600; a report gets what any new file would get.
        umask = os.umask(0)
        os.umask(umask)
        Path(temporary).chmod(0o666 & ~umask)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
