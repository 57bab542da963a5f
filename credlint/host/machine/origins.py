"""Up the tree of processes: where a variable that a process has first appears. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from credlint.host.environ import is_captured
from credlint.host.machine.processes import RunningProcess
from credlint.model.audit import Origin

# Told of everybody, and of no interest.
_PLAIN = frozenset(("HOME", "PATH", "USERPROFILE"))
# A loop of parents cannot be, but what is read here may be made up.
_DEPTH = 1000


def origins_of(
    process: RunningProcess, processes: Mapping[int, RunningProcess]
) -> tuple[Origin, ...]:
    """Return one origin per variable of the process that says something about AWS, by name.

    A child has its parent's variables unless somebody in between changed them, so the topmost
    process of an unbroken line with the same value is where it was set.
    """
    return tuple(
        _origin(process, name, processes)
        for name in sorted(process.environment)
        if is_captured(name) and name not in _PLAIN
    )


def _origin(process: RunningProcess, name: str, processes: Mapping[int, RunningProcess]) -> Origin:
    value, first, certain = process.environment[name], process, True
    for ancestor in _ancestors(process, processes):
        if ancestor.fault is not None:
            certain = False
            break
        if ancestor.environment.get(name) != value:
            break
        first = ancestor
    return Origin(name, first.pid, first.program, first.pid != process.pid, certain)


def _ancestors(
    process: RunningProcess, processes: Mapping[int, RunningProcess]
) -> Iterator[RunningProcess]:
    seen = {process.pid}
    while process.parent in processes and process.parent not in seen and len(seen) < _DEPTH:
        process = processes[process.parent]
        seen.add(process.pid)
        yield process
