"""The ``credlint`` command: what starts it and what its end says."""

from __future__ import annotations

import contextlib
import gc
import os
import sys
from typing import NoReturn

EXIT_FAILED = 2
EXIT_INTERRUPTED = 130
# Set by a shell that wants to know how a word goes on; click answers.
_COMPLETION = "_CREDLINT_COMPLETE"


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
        code = _call(sys.argv[1:])
    except KeyboardInterrupt:
        sys.stderr.write("\ncredlint: interrupted\n")
        code = EXIT_INTERRUPTED
    except BrokenPipeError:
        # The reader went away (`| head`); what was asked for has been delivered.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = EXIT_FAILED
    except Exception as error:  # noqa: BLE001  the last resort of the whole program
        from credlint.cli.failures import tell_failure  # noqa: PLC0415  start-up

        interrupted = tell_failure(error)
        code = EXIT_INTERRUPTED if interrupted else EXIT_FAILED
    return code if isinstance(code, int) else 0


def _call(arguments: list[str]) -> object:
    """Call the command; a scan in which click has nothing to explain goes without click.

    Windows' shells leave it to programs to expand ``*``, which click does.
    """
    if arguments[:1] == ["scan"] and os.name == "posix" and _COMPLETION not in os.environ:
        from credlint.cli.scan_options import plain_scan  # noqa: PLC0415  start-up

        values = plain_scan(arguments[1:])
        if values is not None:
            from credlint.cli.scan_run import scan  # noqa: PLC0415  start-up

            return scan(**values)
    from credlint.cli.group import group  # noqa: PLC0415  start-up

    try:
        return group.main(prog_name="credlint", standalone_mode=False)
    except SystemExit as end:
        # So click ends for completion, and with 1, as for findings, where the reader went away.
        if _COMPLETION in os.environ:
            raise
        raise BrokenPipeError from end
