"""Mounts that processes have of their own and that do not answer: left alone, and told."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Callable

from credlint.host.files import read_file
from credlint.host.machine.processes import ProcessList, RunningProcess
from credlint.host.machine.users import blocked_homes, remote_mounts
from credlint.model.lean_dataclasses import replace

_TABLE_LIMIT = 4 * 1024 * 1024


def without_silent_mounts(
    listed: ProcessList, look: Callable[[str], object], seconds: float
) -> tuple[ProcessList, tuple[tuple[str, str], ...]]:
    """Return the processes with their silent mounts blocked, and (place, reason) of these.

    A container can mount what hangs whoever touches it. The mounts of the network and of FUSE in
    other mount namespaces are asked all at once; ``seconds`` is what all have together.
    """
    mounts = {
        process.pid: found
        for process in listed.processes.values()
        for found in [_own_mounts(process)]
        if found
    }
    if not mounts:
        return listed, ()
    roots = {pid: listed.processes[pid].system.root for pid in mounts}
    asked = [f"{roots[pid]}{point}" for pid, points in mounts.items() for point in points]
    silent = frozenset(blocked_homes((), look, seconds, asked))
    blocked = {
        pid: tuple(point for point in points if f"{roots[pid]}{point}" in silent)
        for pid, points in mounts.items()
    }
    reason = f"does not answer within {seconds:g} s; nothing in it was looked at"
    skipped = (
        (f"process {pid}: {point}", reason) for pid, points in blocked.items() for point in points
    )
    return replace(listed, processes=_with(listed.processes, blocked)), tuple(skipped)


def _own_mounts(process: RunningProcess) -> tuple[str, ...]:
    """Return the mounts of a process that has a mount namespace of its own."""
    root, ending = process.system.root, f"/{process.pid}/root"
    if not root.endswith(ending):
        return ()
    raw = read_file(f"{root[: -len('/root')]}/mountinfo", _TABLE_LIMIT)
    return remote_mounts(raw.data.decode("utf-8", "surrogateescape"))


def _with(
    processes: Mapping[int, RunningProcess], blocked: Mapping[int, tuple[str, ...]]
) -> dict[int, RunningProcess]:
    return {
        pid: replace(
            process,
            system=replace(process.system, blocked=(*process.system.blocked, *blocked[pid])),
        )
        if blocked.get(pid)
        else process
        for pid, process in processes.items()
    }
