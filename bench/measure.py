"""Times whole processes: wall seconds, processor seconds and peak memory of a command."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Optional


@dataclass(frozen=True)
class Run:
    """One finished process: ``wall`` and ``cpu`` in seconds, ``peak`` resident memory in MiB.

    ``peak`` is that of the largest single process of the run, as the kernel accounts it.
    """

    wall: float
    cpu: float
    peak: float
    exit_code: int


@dataclass(frozen=True)
class Job:
    """A named command to time. ``accepted`` are the exit codes that mean it did its work."""

    name: str
    command: Sequence[str]
    directory: Path
    environment: Optional[Mapping[str, str]] = None
    accepted: tuple[int, ...] = (0, 1)


class BenchError(Exception):
    """A command did not do its work, so its time means nothing."""


# Runs the command from a small process: at its start a child counts its parent's memory as its own
# peak (Linux, exec_mmap keeps the peak of before), and the one who measures may be large.
_STARTER = """
import os, sys, time
null = [(os.POSIX_SPAWN_OPEN, number, os.devnull, os.O_RDWR, 0) for number in range(3)]
start = time.perf_counter()
pid = os.posix_spawnp(sys.argv[1], sys.argv[1:], os.environ, file_actions=null)
_, status, usage = os.wait4(pid, 0)
wall = time.perf_counter() - start
print(status, wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss)
"""


def run_once(job: Job) -> Run:
    """Run the command to its end; raises BenchError when its exit code is not accepted."""
    finished = subprocess.run(  # noqa: S603  the bench's own commands
        [sys.executable, "-I", "-S", "-c", _STARTER, *job.command],
        cwd=job.directory,
        env=dict(job.environment) if job.environment is not None else None,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
        text=True,
    )
    if finished.returncode:
        message = f"{job.name}: cannot be started: {finished.stderr.strip()[-200:]}"
        raise BenchError(message)
    status, wall, cpu, peak = finished.stdout.split()
    exit_code = os.waitstatus_to_exitcode(int(status))
    if exit_code not in job.accepted:
        message = f"{job.name}: exit code {exit_code}: {' '.join(job.command)}"
        raise BenchError(message)
    return Run(float(wall), float(cpu), int(peak) / 1024, exit_code)


def measure(jobs: Sequence[Job], rounds: int) -> dict[str, Run]:
    """Return the median run of each job.

    The jobs take turns (A B C, A B C, …) after one uncounted round, so a drift of the
    machine's speed meets all of them.
    """
    runs: dict[str, list[Run]] = {job.name: [] for job in jobs}
    for turn in range(rounds + 1):
        for job in jobs:
            run = run_once(job)
            if turn:
                runs[job.name].append(run)
    return {
        name: Run(
            statistics.median(run.wall for run in taken),
            statistics.median(run.cpu for run in taken),
            max(run.peak for run in taken),
            taken[-1].exit_code,
        )
        for name, taken in runs.items()
    }


def print_table(title: str, measured: Mapping[str, Run], own: str) -> None:
    """Print each job's median and its wall time as a multiple of ours."""
    print(f"\n{title}")
    print(f"  {'command':<26} {'wall s':>8} {'cpu s':>8} {'peak MiB':>9} {'/ ' + own:>12}")
    for name, run in measured.items():
        ratio = run.wall / measured[own].wall
        print(f"  {name:<26} {run.wall:8.3f} {run.cpu:8.3f} {run.peak:9.1f} {ratio:11.2f}x")


def print_bar(title: str, measured: Mapping[str, Run], seconds: float, peak: float) -> None:
    """Print each job's median beside what it may take at most."""
    print(f"\n{title} (bar: {seconds:g} s, {peak:g} MiB)")
    for name, run in measured.items():
        kept = "kept" if run.wall < seconds and run.peak < peak else "NOT KEPT"
        print(f"  {name:<26} {run.wall:8.3f} {run.cpu:8.3f} {run.peak:9.1f} {kept:>12}")
