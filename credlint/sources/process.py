"""Starts a program with pipes to it.

``subprocess`` does the same and takes 3 of the 50 ms that a commit hook has, most of it for what
it imports; it stands in where the system has no ``posix_spawn`` or this process no standard files.
"""

from __future__ import annotations

import os
import select
import signal
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import IO, Optional, Union

_PIECE = 1 << 16


class Process:
    """A program that runs. Start it with :func:`start_process`.

    ``stdin`` and ``stdout`` are pipes; ``output``: an open file that gets the output instead.
    ``returncode``: None while it is not known to have ended, negative after a signal.
    """

    def __init__(
        self,
        program: str,
        command: Sequence[str],
        environment: Mapping[str, str],
        output: Union[IO[bytes], int, None] = None,
    ) -> None:
        self.returncode: Optional[int] = None
        self._heard: dict[int, list[bytes]] = {}
        theirs_in, ours_in = os.pipe()
        ours_out, theirs_out = os.pipe()
        ours_fault, theirs_fault = os.pipe()
        target = theirs_out
        if output is not None:
            target = output if isinstance(output, int) else output.fileno()
        try:
            self._number = os.posix_spawn(
                program,
                tuple(command),
                environment,
                file_actions=[
                    (os.POSIX_SPAWN_DUP2, theirs_in, 0),
                    (os.POSIX_SPAWN_DUP2, target, 1),
                    (os.POSIX_SPAWN_DUP2, theirs_fault, 2),
                ],
                # Python ignores these, and what is ignored is so in every child.
                setsigdef=[signal.SIGPIPE, signal.SIGXFSZ],
            )
        except BaseException:
            for end in (ours_in, ours_out, ours_fault):
                os.close(end)
            raise
        finally:
            for end in (theirs_in, theirs_out, theirs_fault):
                os.close(end)
        self.stdin: IO[bytes] = os.fdopen(ours_in, "wb")
        self.stdout: IO[bytes] = os.fdopen(ours_out, "rb")
        self._fault: IO[bytes] = os.fdopen(ours_fault, "rb")

    def communicate(
        self, given: bytes = b"", timeout: Optional[float] = None
    ) -> tuple[bytes, bytes]:
        """Give it its whole input and return (output, error text) when it has ended.

        For a program that was neither written to nor read from. Raises TimeoutError, which
        leaves it running: asked again, without input, it tells all.
        """
        deadline = None if timeout is None else time.monotonic() + timeout
        inlet = self.stdin.fileno() if given else -1
        parts = self._heard
        poller = select.poll()
        for pipe in (self.stdout, self._fault):
            parts.setdefault(pipe.fileno(), [])
            poller.register(pipe.fileno(), select.POLLIN)
        left = memoryview(given)
        if left:
            os.set_blocking(inlet, False)
            poller.register(inlet, select.POLLOUT)
        else:
            self._close(self.stdin)
        waiting = set(parts)
        while waiting:
            for descriptor, _ in poller.poll(_milliseconds_to(deadline)):
                if descriptor in parts:
                    piece = os.read(descriptor, _PIECE)
                    parts[descriptor].append(piece)
                    if not piece:
                        poller.unregister(descriptor)
                        waiting.discard(descriptor)
                    continue
                try:
                    left = left[os.write(descriptor, left[:_PIECE]) :]
                except BlockingIOError:
                    continue
                except OSError:  # it ended, or closed its input, before it had read all
                    left = left[:0]
                if not left:
                    poller.unregister(descriptor)
                    self._close(self.stdin)
        output, fault = (b"".join(each) for each in parts.values())
        self._close_all()
        self.wait()
        return output, fault

    def end(self) -> None:
        """Kill it where it still runs; what it had to say is not read."""
        if self.poll() is None:
            os.kill(self._number, signal.SIGKILL)
            self.wait()
        self._close_all()

    def poll(self) -> Optional[int]:
        """Return its exit code, None while it runs."""
        return self._reap(os.WNOHANG)

    def wait(self) -> None:
        """Wait until it has ended."""
        self._reap(0)

    def _reap(self, options: int) -> Optional[int]:
        if self.returncode is None:
            try:
                number, status = os.waitpid(self._number, options)
            except ChildProcessError:  # somebody else was told of its end
                number, status = self._number, 0
            if number:
                self.returncode = os.waitstatus_to_exitcode(status)
        return self.returncode

    def _close_all(self) -> None:
        for pipe in (self.stdin, self.stdout, self._fault):
            self._close(pipe)

    @staticmethod
    def _close(pipe: IO[bytes]) -> None:
        with suppress(OSError):  # what was left to be written has no reader
            pipe.close()


def _milliseconds_to(deadline: Optional[float]) -> Optional[int]:
    """Return how long to wait; raises TimeoutError when the time is up."""
    if deadline is None:
        return None
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return int(left * 1000) + 1


class _StandardProcess(Process):
    """The same by ``subprocess``."""

    def __init__(
        self,
        program: str,
        command: Sequence[str],
        environment: Mapping[str, str],
        output: Union[IO[bytes], int, None] = None,
    ) -> None:
        import subprocess  # noqa: PLC0415  start-up

        self._timeout = subprocess.TimeoutExpired
        self._popen = subprocess.Popen(  # noqa: S603  as the caller says
            [program, *command[1:]],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE if output is None else output,
            stderr=subprocess.PIPE,
        )
        self.returncode = None
        assert self._popen.stdin is not None  # noqa: S101  a pipe was asked for
        self.stdin = self._popen.stdin
        if self._popen.stdout is not None:
            self.stdout = self._popen.stdout

    def communicate(
        self, given: bytes = b"", timeout: Optional[float] = None
    ) -> tuple[bytes, bytes]:
        try:
            output, fault = self._popen.communicate(given, timeout)
        except self._timeout as error:
            raise TimeoutError from error
        self.returncode = self._popen.returncode
        return output or b"", fault

    def end(self) -> None:
        if self.returncode is None:
            self._popen.kill()
            self._popen.communicate()
            self.returncode = self._popen.returncode

    def poll(self) -> Optional[int]:
        self.returncode = self._popen.poll()
        return self.returncode

    def wait(self) -> None:
        self.returncode = self._popen.wait()


def start_process(
    command: Sequence[str],
    environment: Mapping[str, str],
    output: Union[IO[bytes], int, None] = None,
) -> Process:
    """Start the program of that name on the environment's PATH; raises OSError.

    A folder of PATH that is not absolute is passed over: what lies below the folder that is
    examined is not to be run.
    """
    program = _find(command[0], environment.get("PATH", os.defpath))
    kind = Process if _can_spawn() else _StandardProcess
    return kind(program, command, environment, output)


def _find(name: str, folders: str) -> str:
    for folder in folders.split(os.pathsep):
        path = os.path.join(folder, name)  # noqa: PTH118  text only
        for each in (path, f"{path}.exe") if os.name == "nt" else (path,):
            if os.path.isabs(folder) and os.path.isfile(each) and os.access(each, os.X_OK):  # noqa: PTH113, PTH117
                return each
    raise FileNotFoundError(name)


def _can_spawn() -> bool:
    """Tell whether pipes get numbers that are not those of the standard files."""
    if not hasattr(os, "posix_spawn"):
        return False
    with suppress(OSError):
        return all(os.fstat(number) for number in range(3))
    return False
