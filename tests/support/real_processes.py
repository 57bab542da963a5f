"""Processes that a test really starts, ends, and waits for until they are what they shall be."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Callable, Optional

NOBODY = 65534
_PATIENCE = 10.0


@contextmanager
def running(
    words: Sequence[str],
    environment: Optional[Mapping[str, str]] = None,
    program: str = "sleep",
    **more: object,
) -> Iterator[int]:
    """Run a command with this very environment; give the pid of its process named ``program``.

    That may be a child of the one that is started. At the end all of them are ended.
    """
    variables = {"PATH": os.environ["PATH"], **(environment or {})}
    with subprocess.Popen(
        list(words),
        env=variables,
        start_new_session=True,
        stdin=subprocess.DEVNULL,
        **more,  # type: ignore[call-overload]
    ) as started:
        try:
            yield wait_for(lambda: _named(started.pid, program))
        finally:
            os.killpg(started.pid, signal.SIGKILL)


def wait_for(look: Callable[[], Optional[int]]) -> int:
    """Ask until there is an answer; raises TimeoutError when none comes."""
    end = time.monotonic() + _PATIENCE
    while time.monotonic() < end:
        found = look()
        if found is not None:
            return found
        time.sleep(0.01)
    message = "the process did not become what it should be"
    raise TimeoutError(message)


def _named(pid: int, program: str) -> Optional[int]:
    """Return the process of that name among ``pid`` and the processes below it."""
    children: dict[int, list[int]] = {}
    names: dict[int, str] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                text = (entry / "stat").read_text()
            except OSError:
                continue
            name, _, rest = text.partition("(")[2].rpartition(")")
            names[int(entry.name)] = name
            children.setdefault(int(rest.split()[1]), []).append(int(entry.name))
    pending = [pid]
    while pending:
        one = pending.pop()
        if names.get(one) == program:
            return one
        pending += children.get(one, [])
    return None


def reason_no_other_user(command: Sequence[str]) -> Optional[str]:
    """Return why ``command`` cannot be run as nobody, None when it can."""
    if os.geteuid() != 0:
        return "becoming another user needs root"
    try:
        done = subprocess.run(
            [*as_nobody(), *command], capture_output=True, text=True, check=False, timeout=30
        )
    except OSError:
        return "the program setpriv (util-linux) is not installed"
    return None if done.returncode == 0 else f"nobody may not run it: {done.stderr[-80:].strip()}"


def as_nobody() -> list[str]:
    """Return the words that run a command as nobody, in no group of root's."""
    return ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", "--"]
