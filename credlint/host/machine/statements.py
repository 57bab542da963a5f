"""Everything on a host that says what a process, a job or a login would have in its environment."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from credlint.host.filesystem import FileSystem
from credlint.host.machine.assignments import RawAssignment
from credlint.host.machine.containers import ContainersRead, read_containers
from credlint.host.machine.crontabs import CronRead, read_crontabs
from credlint.host.machine.logins import LoginEnvironment, login_environment, may_log_in
from credlint.host.machine.processes import ProcessList
from credlint.host.machine.shell_files import ShellFilesRead, read_shell_files
from credlint.host.machine.texts import Texts
from credlint.host.machine.units import UnitsRead, read_units
from credlint.host.machine.users import UsersRead
from credlint.model.lean_dataclasses import dataclass


@dataclass(frozen=True)
class Statements:
    """What was read, by its reader; ``running``: the units that have processes."""

    units: UnitsRead
    crontabs: CronRead
    shell_files: ShellFilesRead
    containers: ContainersRead
    logins: tuple[LoginEnvironment, ...]
    running: frozenset[str]

    @property
    def assignments(self) -> tuple[RawAssignment, ...]:
        """Return every line that sets something, once; the more telling reading comes first."""
        found: dict[tuple[str, int, int, str], RawAssignment] = {}
        for one in self._lines():
            found.setdefault((one.path, one.line, one.column, one.variable), one)
        return tuple(found.values())

    def _lines(self) -> Iterator[RawAssignment]:
        yield from self.units.assignments
        yield from self.containers.assignments
        yield from self.crontabs.assignments
        yield from self.shell_files.assignments

    @property
    def skipped(self) -> tuple[tuple[str, str], ...]:
        """Return (place, reason) of what could not be read, each once."""
        entries = [
            *self.units.skipped,
            *self.crontabs.skipped,
            *self.shell_files.skipped,
            *self.containers.skipped,
            *(entry for login in self.logins for entry in login.skipped),
        ]
        return tuple(dict.fromkeys(entries))


def read_statements(system: FileSystem, users: UsersRead, listed: ProcessList) -> Statements:
    """Read them all; ``listed``: the running processes, which tell of units and folders."""
    processes = listed.processes.values()
    running = frozenset(one.unit for one in processes if one.unit)
    first = listed.processes.get(1)
    units = read_units(system, users, running, first.environment if first else None)
    return Statements(
        units=units,
        crontabs=read_crontabs(system, users),
        shell_files=read_shell_files(system, users, _folders(listed, units)),
        containers=read_containers(system),
        logins=_logins(system, users),
        running=running,
    )


def _folders(listed: ProcessList, units: UnitsRead) -> Iterable[str]:
    """Return the working directories in which a service may find a file of variables."""
    own = (one.folder for one in listed.processes.values() if one.container is None)
    stated = (unit.working_directory for unit in units.units if unit.program)
    return dict.fromkeys(folder for folder in (*own, *stated) if folder not in ("", "/"))


def _logins(system: FileSystem, users: UsersRead) -> tuple[LoginEnvironment, ...]:
    texts = Texts(system)
    homes = [user for user in users.users if may_log_in(user) and texts.is_folder(user.home)]
    return tuple(login_environment(user, system, texts) for user in homes)
