"""Several processes over one list of files, with the results in the order of the list."""

from __future__ import annotations

import os
import signal
from collections.abc import Sequence
from typing import Callable, TypeVar

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")

# Below this a second process costs more than it saves.
FEWEST_FILES = 256


class WorkerError(Exception):
    """A worker process ended before its work was done."""


def worker_count(wanted: int, files: int) -> int:
    """Return how many processes to use: ``wanted`` (0: one a processor), 1 for few files."""
    if not hasattr(os, "fork") or files < FEWEST_FILES:
        return 1
    if wanted > 0:
        return min(wanted, files)
    if hasattr(os, "sched_getaffinity"):
        return min(len(os.sched_getaffinity(0)), 8)
    return min(os.cpu_count() or 1, 8)


def map_shares(
    work: Callable[[Sequence[_Item]], _Result], items: Sequence[_Item], count: int
) -> list[_Result]:
    """Deal the items out to ``count`` processes (this one is one of them) and collect in order.

    Share n holds the items n, n + count, …: neighbours have like sizes, so the shares do too.
    Results must be fit for pickling; a ``Secret`` refuses that by design. Raises WorkerError.
    An interrupt ends the workers before it goes on to the caller.
    """
    if count <= 1:
        return [work(items)]
    children: list[tuple[int, int]] = []
    try:
        for number in range(1, count):
            children.append(_spawn(work, items[number::count], [pipe for _, pipe in children]))
        results = [work(items[0::count])]
        results.extend(_collect(pipe) for _, pipe in children)
    except BaseException:
        for process, _ in children:
            os.kill(process, signal.SIGKILL)
        raise
    finally:
        for process, pipe in children:
            os.close(pipe)
            os.waitpid(process, 0)
    return results


def _spawn(
    work: Callable[[Sequence[_Item]], _Result], share: Sequence[_Item], inherited: Sequence[int]
) -> tuple[int, int]:
    import pickle  # noqa: PLC0415  between this process and its own child

    outlet, inlet = os.pipe()
    process = os.fork()
    if process:
        os.close(inlet)
        return process, outlet
    code = 1
    try:
        os.close(outlet)
        for pipe in inherited:
            os.close(pipe)
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        payload = pickle.dumps(work(share), protocol=pickle.HIGHEST_PROTOCOL)
        with os.fdopen(inlet, "wb") as stream:
            stream.write(payload)
        code = 0
    finally:
        # No clean-up of the parent's: no buffers flushed twice, no exit handlers, no traceback.
        os._exit(code)


def _collect(pipe: int) -> _Result:  # type: ignore[type-var]
    import pickle  # noqa: PLC0415

    with os.fdopen(os.dup(pipe), "rb") as stream:
        payload = stream.read()
    try:
        result: _Result = pickle.loads(payload)  # noqa: S301  written by our own child
    except (EOFError, pickle.UnpicklingError) as error:
        message = "a worker process ended before its work was done"
        raise WorkerError(message) from error
    return result
