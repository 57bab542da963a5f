"""Several processes over one list of files, with the results in the order of the list."""

from __future__ import annotations

import os
import signal
from collections.abc import Sequence
from functools import partial
from typing import Callable, Generic, TypeVar, cast

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")

# Below this a second process costs more than it saves.
FEWEST_FILES = 256
_NUMBER = 4
# With the small ones a quarter more; a pipe holds 16,384 numbers.
_MOST_CHUNKS = 8192
# One in so many items is in a chunk so many times smaller.
_SHARE_OF_SMALL = 32
_SMALLER = 8


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


class Aside(Generic[_Result]):
    """One piece of work in a process of its own, while this one goes on; a context.

    ``work`` returns what is fit for pickling. Where no process can be had, and where it ends
    without an answer, the work is done here by :meth:`result`, which so raises what it raises.
    """

    def __init__(self, work: Callable[[], _Result]) -> None:
        self._work = work
        self._process, self._pipe = _spawn(work) if hasattr(os, "fork") else (0, -1)

    def __enter__(self) -> Aside[_Result]:
        return self

    def __exit__(self, *_: object) -> None:
        if self._process:
            os.kill(self._process, signal.SIGKILL)
            os.close(self._pipe)
            os.waitpid(self._process, 0)

    def is_done(self) -> bool:
        """Tell whether the answer is on its way, so that nothing more need be done meanwhile."""
        import select  # noqa: PLC0415

        return not self._process or bool(select.select([self._pipe], [], [], 0)[0])

    def result(self) -> _Result:
        """Wait for the answer and return it."""
        if not self._process:
            return self._work()
        try:
            return cast("_Result", _collect(self._pipe))
        except WorkerError:
            return self._work()


def map_chunks(
    work: Callable[[Sequence[_Item]], _Result],
    items: Sequence[_Item],
    count: int,
    size: int = 32,
) -> list[_Result]:
    """Work on the items in chunks with ``count`` processes (this one included), results in order.

    Who is free takes the next chunk, so that one slow file holds up its own chunk alone. Results
    must be fit for pickling; a ``Secret`` refuses that by design. Raises WorkerError. An
    interrupt ends the workers before it goes on to the caller.
    """
    size = max(size, -(-len(items) // _MOST_CHUNKS))
    chunks = _cut(len(items), size)
    if count <= 1:
        return [work(items[chunk]) for chunk in chunks]
    queue = _fill_queue(len(chunks))
    children: list[tuple[int, int]] = []
    results: dict[int, _Result] = {}
    try:
        for _ in range(1, count):
            # One by one, so that an interrupt in between finds those that run already.
            children.append(_spawn(partial(_take, work, items, chunks, queue)))  # noqa: PERF401
        results.update(_take(work, items, chunks, queue))
        for _, pipe in children:
            results.update(cast("dict[int, _Result]", _collect(pipe)))
    except BaseException:
        for process, _ in children:
            os.kill(process, signal.SIGKILL)
        raise
    finally:
        os.close(queue)
        for process, pipe in children:
            os.close(pipe)
            os.waitpid(process, 0)
    return [results[number] for number in range(len(chunks))]


def _cut(items: int, size: int) -> list[slice]:
    """Cut the items into chunks, the last ones small: nobody waits long for who has the last."""
    whole = items - items // _SHARE_OF_SMALL
    starts = [*range(0, whole, size), *range(whole, items, max(1, size // _SMALLER))]
    return [slice(*ends) for ends in zip(starts, [*starts[1:], items])]


def _fill_queue(chunks: int) -> int:
    """Return the reading end of a pipe that holds the numbers of all chunks and then ends.

    It holds less than the 64 KiB that a pipe takes without a reader, and reads of four bytes
    from a pipe are whole (pipe(7)), so the processes share it without a lock.
    """
    outlet, inlet = os.pipe()
    os.write(inlet, b"".join(number.to_bytes(_NUMBER, "big") for number in range(chunks)))
    os.close(inlet)
    return outlet


def _take(
    work: Callable[[Sequence[_Item]], _Result],
    items: Sequence[_Item],
    chunks: Sequence[slice],
    queue: int,
) -> dict[int, _Result]:
    results: dict[int, _Result] = {}
    while True:
        number = os.read(queue, _NUMBER)
        if not number:
            return results
        place = int.from_bytes(number, "big")
        results[place] = work(items[chunks[place]])


def _spawn(task: Callable[[], object]) -> tuple[int, int]:
    """Start a process that does the task; return its number and the end of the pipe to read."""
    outlet, inlet = os.pipe()
    process = os.fork()
    if process:
        os.close(inlet)
        return process, outlet
    try:
        os.close(outlet)
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        import pickle  # noqa: PLC0415  between this process and its own child

        result = task()
        with os.fdopen(inlet, "wb") as stream:
            pickle.dump(result, stream, protocol=pickle.HIGHEST_PROTOCOL)
    finally:
        # No clean-up of the parent's: no buffers flushed twice, no exit handlers, no traceback.
        # Work that failed shows in the missing result, an end in its midst in half of one.
        os._exit(0)


def _collect(pipe: int) -> object:
    import pickle  # noqa: PLC0415

    with os.fdopen(os.dup(pipe), "rb") as stream:
        try:
            return pickle.load(stream)  # noqa: S301  written by our child
        except (EOFError, pickle.UnpicklingError) as error:
            message = "a worker process ended before its work was done"
            raise WorkerError(message) from error
