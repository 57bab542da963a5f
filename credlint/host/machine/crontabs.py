"""What cron runs, and with which variables: crontabs, anacron, scripts of cron.daily, at jobs.

A variable of a crontab holds for the entries below it. What PAM gives to a job (/etc/environment
where cron's stack calls pam_env) is weaker than the crontab's own, as both cronie and Debian's cron
merge them; cronie does not ask PAM for root's jobs of the system's tables.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Callable, Optional

from credlint.host.filesystem import FileSystem
from credlint.host.machine.assignments import RawAssignment
from credlint.host.machine.crontab_lines import (
    Entry,
    Variable,
    parse_anacron_entry,
    parse_anacron_variable,
    parse_entry,
    parse_variable,
)
from credlint.host.machine.pam import pam_environment
from credlint.host.machine.shell_assignments import ShellState, read_shell_text
from credlint.host.machine.texts import Texts
from credlint.host.machine.users import UsersRead
from credlint.model.lean_dataclasses import dataclass, field
from credlint.model.lean_tuples import NamedTuple

_SPOOLS = ("/var/spool/cron", "/var/spool/cron/crontabs", "/var/spool/cron/tabs")
_PERIODS = ("hourly", "daily", "weekly", "monthly", "yearly")
_AT = ("/var/spool/at", "/var/spool/cron/atjobs", "/var/spool/atjobs")
_CRONIE, _DEBIAN = "crond", "cron"
_PATH = "/usr/bin:/bin"
# run-parts of Debian names what its cron reads of /etc/cron.d; others pass over these endings.
_DEBIAN_NAME = re.compile(r"[A-Za-z0-9_-]+\Z")
_OTHER_NAME = re.compile(r"\.|.*(?:~|\.rpm(?:save|orig|new)|\.swp|,v|#)\Z")
_SHELL_HEAD = re.compile(
    r"#![ \t]*\S*/(?:env[ \t]+(?:-S[ \t]+)?)?(?:ba|da|z|k|a)?sh(?=[ \t\r\n]|\Z)"
)
_AT_HEAD = re.compile(r"#[ \t]*atrun uid=([0-9]+)")
_JOBS_LIMIT = 5_000


@dataclass(frozen=True)
class CronJob:
    """One entry and what its command would get; ``sources``: the line of each variable."""

    path: str
    line: int
    user: str
    environment: Mapping[str, str] = field(default_factory=dict, repr=False)
    sources: Mapping[str, RawAssignment] = field(default_factory=dict)
    assignments: tuple[RawAssignment, ...] = ()


@dataclass(frozen=True)
class CronRead:
    """All jobs and, once each, all lines that set something."""

    jobs: tuple[CronJob, ...] = ()
    assignments: tuple[RawAssignment, ...] = ()
    skipped: tuple[tuple[str, str], ...] = ()


class _Table(NamedTuple):
    path: str
    owner: Optional[str] = None  # None: its lines name the user
    active: bool = True


def read_crontabs(system: FileSystem, users: UsersRead) -> CronRead:
    """Read everything that cron, anacron and at would run."""
    texts = Texts(system)
    reader = _Reader(texts, users)
    for table in _tables(texts):
        entry_of = partial(parse_entry, names_user=table.owner is None)
        reader.table(table, parse_variable, entry_of)
    reader.table(_Table("/etc/anacrontab"), parse_anacron_variable, parse_anacron_entry)
    for period in _PERIODS:
        for name in texts.names(f"/etc/cron.{period}"):
            reader.script(f"/etc/cron.{period}/{name}")
    for folder in _AT:
        for name in texts.names(folder):
            if not name.startswith(".") and not texts.is_folder(f"{folder}/{name}"):
                reader.at_job(f"{folder}/{name}")
    if len(reader.jobs) > _JOBS_LIMIT:
        texts.skip("crontabs", f"hold more than {_JOBS_LIMIT} jobs: the rest is not judged")
    jobs = tuple(reader.jobs[:_JOBS_LIMIT])
    return CronRead(jobs, tuple(dict.fromkeys(reader.lines)), tuple(texts.skipped))


def _tables(texts: Texts) -> Iterator[_Table]:
    yield _Table("/etc/crontab")
    debian = texts.read("/etc/debian_version") is not None
    for name in texts.names("/etc/cron.d"):
        good = _DEBIAN_NAME.match(name) if debian else not _OTHER_NAME.match(name)
        yield _Table(f"/etc/cron.d/{name}", None, bool(good))
    seen: set[object] = set()
    for folder in _SPOOLS:
        for name in texts.names(folder):
            path = f"{folder}/{name}"
            if not name.startswith((".", "tmp.")) and not texts.is_folder(path):
                identity = texts.identity(path)
                if identity not in seen:
                    yield _Table(path, name)
                seen.add(identity)


@dataclass
class _Reader:
    texts: Texts
    users: UsersRead
    jobs: list[CronJob] = field(default_factory=list)
    lines: list[RawAssignment] = field(default_factory=list)
    _pam: dict[str, dict[str, RawAssignment]] = field(default_factory=dict)

    def table(
        self,
        table: _Table,
        variable_of: Callable[[str], Optional[Variable]],
        entry_of: Callable[[str], Optional[Entry]],
    ) -> None:
        """Read a crontab; one that cron passes over by its name is read for its keys alone."""
        variables: dict[str, RawAssignment] = {}
        for number, line in enumerate((self.texts.read(table.path) or "").split("\n"), 1):
            if not line.strip() or line.lstrip(" \t").startswith("#"):
                continue
            variable = variable_of(line)
            if variable is not None:
                one = RawAssignment(
                    kind="crontab",
                    path=table.path,
                    line=number,
                    column=variable.start + 1,
                    end_column=variable.end + 1,
                    variable=variable.name,
                    value=variable.value,
                    user=table.owner,
                )
                variables[variable.name] = one
                self.lines.append(one)
                continue
            entry = entry_of(line)
            if entry is None:
                self.texts.skip(f"{table.path}:{number}", "is neither a variable nor an entry")
            else:
                self._job(table, number, entry, variables)

    def _job(
        self, table: _Table, number: int, entry: Entry, variables: Mapping[str, RawAssignment]
    ) -> None:
        user = entry.user or table.owner or "root"
        state = self._start(user, variables, of_system=table.owner is None)
        text = read_shell_text(
            entry.command, table.path, "crontab", user, state, (number, entry.start + 1)
        )
        own = tuple(text.assignments())
        self.lines += own
        state.apply(text.script, text.by_action, table.path)
        for number_of, one in text.by_action.items():
            # A variable of one command of the line: it is what the job is there for.
            if text.script.actions[number_of].action == "command":
                state.values[one.variable] = one.value if one.literal else None
                state.exported.add(one.variable)
                state.sources[one.variable] = one
        if table.active:
            self._add(table.path, number, user, state, own)

    def _add(
        self, path: str, line: int, user: str, state: ShellState, own: tuple[RawAssignment, ...]
    ) -> None:
        environment = state.environment()
        sources = {name: one for name, one in state.sources.items() if name in environment}
        lines = tuple(dict.fromkeys((*sources.values(), *own)))
        self.jobs.append(CronJob(path, line, user, environment, sources, lines))

    def _start(
        self, user: str, variables: Mapping[str, RawAssignment], *, of_system: bool
    ) -> ShellState:
        """Return what cron gives to a job before its command is read."""
        account = self.users.by_name(user)
        state = ShellState()
        for name, one in self._pam_of(user, of_system=of_system).items():
            state.values[name], state.sources[name] = (one.value if one.literal else None), one
        given = {"SHELL": "/bin/sh", "PATH": _PATH}
        if account is not None:
            given["HOME"] = account.home
        state.values.update(given)
        for name, one in variables.items():
            state.values[name], state.sources[name] = one.value, one
        state.values.update(LOGNAME=user, USER=user)
        state.exported.update(state.values)
        return state

    def _pam_of(self, user: str, *, of_system: bool) -> dict[str, RawAssignment]:
        account = self.users.by_name(user)
        cronie = self.texts.read(f"/etc/pam.d/{_CRONIE}") is not None
        stacked = cronie or self.texts.read(f"/etc/pam.d/{_DEBIAN}") is not None
        if account is None or not stacked or (cronie and of_system and account.uid == 0):
            return {}
        if user not in self._pam:
            service = _CRONIE if cronie else _DEBIAN
            self._pam[user] = pam_environment(self.texts, (service,), account)
        return self._pam[user]

    def script(self, path: str) -> None:
        """Read a script that run-parts runs as root; of other languages nothing is known."""
        text = self.texts.read(path)
        if text is None or (text.startswith("#!") and not _SHELL_HEAD.match(text)):
            return
        self._shell_job(path, text, "root")

    def at_job(self, path: str) -> None:
        """Read a job of at: a shell script that sets all variables of the one who asked for it."""
        text = self.texts.read(path)
        if text is None:
            return
        head = _AT_HEAD.search(text[:400])
        account = self.users.by_uid(int(head.group(1))) if head else None
        self._shell_job(path, text, account.name if account else "root")

    def _shell_job(self, path: str, text: str, user: str) -> None:
        state = self._start(user, {}, of_system=True)
        read = read_shell_text(text, path, "cron-script", user, state)
        if read.broken_line is not None:
            self.texts.skip(f"{path}:{read.broken_line}", "could not be read on as a shell would")
        own = tuple(read.assignments())
        self.lines += own
        state.apply(read.script, read.by_action, path)
        self._add(path, 1, user, state, own)
