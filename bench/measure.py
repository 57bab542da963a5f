"""Times whole processes: wall seconds, processor seconds and peak memory of a command."""

from __future__ import annotations

import os
import statistics
import subprocess
import time
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


def run_once(job: Job) -> Run:
    """Run the command to its end; raises BenchError when its exit code is not accepted."""
    start = time.perf_counter()
    process = subprocess.Popen(  # noqa: S603  the bench's own commands
        list(job.command),
        cwd=job.directory,
        env=dict(job.environment) if job.environment is not None else None,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in job.accepted:
        message = f"{job.name}: exit code {process.returncode}: {' '.join(job.command)}"
        raise BenchError(message)
    return Run(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, process.returncode)


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
