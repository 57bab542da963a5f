"""The systemd units of a host and the environment that each would give its program.

Nothing is asked of a service manager: what ``systemctl set-environment`` or a kernel command line
added is not seen here; nor what PAM adds where PAMName= is set.
"""

from __future__ import annotations

import fnmatch
import platform
import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Optional

from credlint.host.filesystem import FileSystem
from credlint.host.machine.assignments import RawAssignment
from credlint.host.machine.environment_files import parse_environment_file
from credlint.host.machine.texts import Texts
from credlint.host.machine.unit_command import read_command
from credlint.host.machine.unit_files import (
    SECTIONS,
    SYSTEM_FOLDERS,
    UnitFiles,
    UnitFolders,
    instance_of,
    type_of,
    user_folders,
)
from credlint.host.machine.unit_settings import (
    NamedFile,
    UnitSettings,
    is_value,
    is_variable,
    remove_unset,
)
from credlint.host.machine.unit_specifiers import unit_specifiers
from credlint.host.machine.users import HostUser, UsersRead
from credlint.model.lean_dataclasses import dataclass, field, replace

_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin"
_FILES_LIMIT = 200
_NO_SHELLS = frozenset(("nologin", "false", "true"))
_GLOB = re.compile(r"[*?\[]")
_CONFIGURATION = ("/etc/systemd", "/run/systemd", "/usr/local/lib/systemd", "/usr/lib/systemd")


@dataclass(frozen=True)
class RawUnit:
    """One unit and what its program would get.

    ``scope``: system or user. ``user``: whom it runs as, None for any user of a user unit.
    ``sources``: the line that each variable of ``environment`` comes from, where a file has one.
    ``assignments``: all lines of its files that set something, those without effect too.
    ``template``: it has no instance, so it cannot run as it is. ``dynamic``: DynamicUser=.
    ``root``: RootDirectory=. ``program``: ExecStart='s.
    """

    name: str
    path: str
    scope: str = "system"
    user: Optional[str] = None
    environment: Mapping[str, str] = field(default_factory=dict, repr=False)
    sources: Mapping[str, RawAssignment] = field(default_factory=dict)
    assignments: tuple[RawAssignment, ...] = ()
    working_directory: str = "/"
    root: str = ""
    program: str = ""
    names: tuple[str, ...] = ()
    template: bool = False
    dynamic: bool = False
    paths: tuple[str, ...] = ()
    faults: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class UnitsRead:
    """All units; ``assignments`` names each line once, with all units that read it."""

    units: tuple[RawUnit, ...] = ()
    assignments: tuple[RawAssignment, ...] = ()
    skipped: tuple[tuple[str, str], ...] = ()

    def find(self, name: str, user: Optional[str] = None) -> Optional[RawUnit]:
        """Return a unit by any of its names; ``user``: of that user's own manager."""
        scope = "system" if user is None else "user"
        for unit in self.units:
            owned = scope == "system" or unit.user in (None, user)
            if unit.scope == scope and name in unit.names and owned:
                return unit
        return None


@dataclass(frozen=True)
class _Manager:
    """A service manager: whose it is and what it gives to all of its units."""

    scope: str
    owner: Optional[HostUser]
    folders: UnitFolders
    specifiers: Mapping[str, str]
    defaults: Mapping[str, RawAssignment]
    own: Mapping[str, RawAssignment]
    extra: Mapping[str, str]


def read_units(
    system: FileSystem,
    users: UsersRead,
    running: Iterable[str] = (),
    first_environment: Optional[Mapping[str, str]] = None,
) -> UnitsRead:
    """Read all units of the system's manager and those in the homes of users.

    ``running``: names of system units that run, to find instances of templates by.
    ``first_environment``: that of process 1, where it is known, for PassEnvironment=.
    """
    texts = Texts(system)
    base = _specifiers(texts, system)
    units: list[RawUnit] = []
    extra = first_environment or {}
    manager = _manager(texts, "system", None, SYSTEM_FOLDERS, base, extra)
    units += _units_of(texts, manager, users, running)
    shared = _manager(texts, "user", None, user_folders(None), base, {})
    units += _units_of(texts, shared, users, ())
    for owner in users.users:
        own = tuple(
            folder
            for folder in user_folders(owner.home, owner.uid)
            if folder not in shared.folders.folders and texts.is_folder(folder)
        )
        if own:
            folders = user_folders(owner.home, owner.uid)
            personal = _manager(texts, "user", owner, folders, base, {})
            units += [
                unit
                for unit in _units_of(texts, personal, users, ())
                if any(path.startswith(tuple(f"{one}/" for one in own)) for path in unit.paths)
            ]
    skipped = [*texts.skipped, *(fault for unit in units for fault in unit.faults)]
    lines = [
        line for one in (manager, shared) for line in (*one.defaults.values(), *one.own.values())
    ]
    lines += [one for unit in units for one in (*unit.assignments, *unit.sources.values())]
    return UnitsRead(tuple(units), _each_once(lines), tuple(dict.fromkeys(skipped)))


def _specifiers(texts: Texts, system: FileSystem) -> dict[str, str]:
    """Return the specifiers that hold for the whole host."""
    host = (texts.read("/etc/hostname") or "").split("\n", 1)[0].strip()
    if not system.root:
        host = platform.node() or host
    machine = (texts.read("/etc/machine-id") or "").strip()
    found = {"T": "/tmp", "V": "/var/tmp"}  # noqa: S108  what systemd calls them
    if host:
        found.update(H=host, l=host.partition(".")[0])
    if machine:
        found["m"] = machine
    return found


def _manager(
    texts: Texts,
    scope: str,
    owner: Optional[HostUser],
    folders: tuple[str, ...],
    base: Mapping[str, str],
    extra: Mapping[str, str],
) -> _Manager:
    known = dict(base)
    if scope == "system":
        known.update(u="root", U="0", g="root", G="0", h="/root", s="/bin/sh")
        known.update(t="/run", S="/var/lib", C="/var/cache", L="/var/log", E="/etc")
    elif owner is not None:
        home = owner.home.rstrip("/")
        known.update(u=owner.name, U=str(owner.uid), G=str(owner.gid), h=home, s=owner.shell)
        known.update(t=f"/run/user/{owner.uid}", S=f"{home}/.local/state", C=f"{home}/.cache")
        known.update(L=f"{home}/.local/state/log", E=f"{home}/.config")
    settings = UnitSettings("Manager", {**known, "%": "%"})
    for path in _configuration_files(texts, f"{scope}.conf", owner):
        settings.apply_file(texts, path)
    for one in settings.faults:
        texts.skip(*one)
    own = settings.manager if scope == "system" else {}
    defaults = {**(settings.manager if scope == "user" else {}), **settings.environment}
    return _Manager(scope, owner, UnitFolders(texts, folders), known, defaults, own, extra)


def _configuration_files(texts: Texts, name: str, owner: Optional[HostUser]) -> Iterator[str]:
    """Yield the manager's own files in the order that they are read, systemd-system.conf(5)."""
    folders: tuple[str, ...] = _CONFIGURATION
    if owner is not None and name == "user.conf":
        folders = (f"{owner.home.rstrip('/')}/.config/systemd", *folders)
    for folder in folders:
        if texts.read(f"{folder}/{name}") is not None:
            yield f"{folder}/{name}"
            break
    found: dict[str, str] = {}
    for folder in folders:
        for one in texts.names(f"{folder}/{name}.d"):
            if one.endswith(".conf"):
                found.setdefault(one, f"{folder}/{name}.d/{one}")
    yield from (found[one] for one in sorted(found))


def _units_of(
    texts: Texts, manager: _Manager, users: UsersRead, running: Iterable[str]
) -> Iterator[RawUnit]:
    for files in manager.folders.all(running):
        if not files.masked:
            yield _unit(texts, manager, users, files)


def _unit(texts: Texts, manager: _Manager, users: UsersRead, files: UnitFiles) -> RawUnit:
    specifiers = unit_specifiers(files.name, manager.specifiers)
    settings = UnitSettings(SECTIONS[type_of(files.name)], specifiers)
    paths = tuple(path for path in (files.fragment, *files.drop_ins) if path is not None)
    for path in paths:
        settings.apply_file(texts, path)
    from_files, file_lines = _read_files(texts, settings)
    user, account = _user_of(settings, manager, users, files.name)
    sources: dict[str, RawAssignment] = dict(manager.defaults)
    environment = {"PATH": _PATH, **{name: one.value for name, one in sources.items()}}
    if account is not None and (manager.scope == "user" or settings.plain.get("User")):
        login = _login(account)
        environment.update(login)
        for name in login:
            sources.pop(name, None)
    for name in settings.passed:
        if name in manager.own:
            environment[name], sources[name] = manager.own[name].value, manager.own[name]
        elif name in manager.extra:
            environment[name] = manager.extra[name]
            sources.pop(name, None)
    for name, one in {**settings.environment, **from_files}.items():
        environment[name], sources[name] = one.value, one
    remove_unset(environment, settings.unset)
    command = read_command(settings, environment)
    for name in command.removed:
        environment.pop(name, None)
    for one in command.assignments:
        environment[one.variable], sources[one.variable] = one.value, one
    sources = {name: one for name, one in sources.items() if name in environment}
    lines = _with_owner((*settings.seen, *file_lines, *command.assignments), manager, files.name)
    by_place = {_key(one): one for one in lines}
    return RawUnit(
        name=files.name,
        path=files.fragment or files.drop_ins[0],
        scope=manager.scope,
        user=user,
        environment=environment,
        sources={name: by_place.get(_key(one), one) for name, one in sources.items()},
        assignments=lines,
        working_directory=_folder_of(settings, account, manager),
        root=settings.plain.get("RootDirectory", "").rstrip("/"),
        program=command.program,
        names=files.names,
        template=instance_of(files.name) == "",
        dynamic=settings.is_dynamic,
        paths=paths,
        faults=tuple(settings.faults),
    )


def _login(account: HostUser) -> dict[str, str]:
    """Return what systemd says of a user (get_user_creds with USER_CREDS_CLEAN)."""
    said = {"USER": account.name, "LOGNAME": account.name}
    if account.home.startswith("/") and account.home != "/":
        said["HOME"] = account.home
    if account.shell.rpartition("/")[2] not in _NO_SHELLS:
        said["SHELL"] = account.shell
    return said


def _with_owner(
    lines: Iterable[RawAssignment], manager: _Manager, unit: str
) -> tuple[RawAssignment, ...]:
    owner = manager.owner.name if manager.owner is not None else None
    return tuple(replace(one, user=owner, units=(unit,)) for one in lines)


def _user_of(
    settings: UnitSettings, manager: _Manager, users: UsersRead, name: str
) -> tuple[Optional[str], Optional[HostUser]]:
    """Return the name of the user that a unit runs as and his entry, where he has one."""
    if manager.scope == "user":
        return (manager.owner.name if manager.owner else None), manager.owner
    wanted = settings.plain.get("User", "")
    if not wanted and settings.is_dynamic:
        wanted = name.rpartition(".")[0].replace("@", "-")
    if not wanted:
        return "root", users.by_uid(0)
    account = users.by_name(wanted)
    return (account.name if account else wanted), account


def _folder_of(settings: UnitSettings, account: Optional[HostUser], manager: _Manager) -> str:
    wanted = settings.plain.get("WorkingDirectory", "").lstrip("-").strip()
    home = account.home if account is not None else "/"
    if wanted == "~":
        return home
    if wanted.startswith("/"):
        return posixpath.normpath(wanted)
    return home if manager.scope == "user" else "/"


def _read_files(
    texts: Texts, settings: UnitSettings
) -> tuple[dict[str, RawAssignment], list[RawAssignment]]:
    """Read what EnvironmentFile= names; later files and lines win."""
    found: dict[str, RawAssignment] = {}
    lines: list[RawAssignment] = []
    for named in settings.files:
        paths = _expand_glob(texts, named.pattern)
        if not paths and not named.optional:
            settings.faults.append(
                (named.place, f"names {named.pattern}, which is not there: the unit cannot start")
            )
        for path in paths[:_FILES_LIMIT]:
            for one in _file_lines(texts, path, named, settings):
                lines.append(one)
                found[one.variable] = one
        if len(paths) > _FILES_LIMIT:
            settings.faults.append((named.place, f"names more than {_FILES_LIMIT} files"))
    return found, lines


def _file_lines(
    texts: Texts, path: str, named: NamedFile, settings: UnitSettings
) -> Iterator[RawAssignment]:
    text = texts.read(path)
    if text is None:
        if not named.optional:
            reason = texts.why_not(path)
            settings.faults.append((named.place, f"names {path}, which cannot be read ({reason})"))
        return
    for variable in parse_environment_file(text):
        if not is_variable(variable.name) or not is_value(variable.value):
            continue
        if not variable.sure:
            reason = "follows a comment that systemd before 254 takes it for a part of"
            settings.faults.append((f"{path}:{variable.place.line}", reason))
        line, column, end = variable.place
        yield RawAssignment(
            kind="environment-file",
            path=path,
            line=line,
            column=column,
            end_column=end,
            variable=variable.name,
            value=variable.value,
            named_by=named.place,
        )


def _expand_glob(texts: Texts, pattern: str) -> list[str]:
    """Return the existing paths of a pattern, sorted as glob(3) does."""
    found = [""]
    for part in pattern.strip("/").split("/"):
        if not _GLOB.search(part):
            found = [f"{base}/{part}" for base in found]
            continue
        hidden = part.startswith(".")
        wanted = re.compile(fnmatch.translate(part))
        found = [
            f"{base}/{name}"
            for base in found[:_FILES_LIMIT]
            for name in texts.names(base or "/")
            if wanted.match(name) and (hidden or not name.startswith("."))
        ]
    return [path for path in found if texts.identity(path) is not None]


def _key(one: RawAssignment) -> tuple[str, int, int, str]:
    return one.path, one.line, one.column, one.variable


def _each_once(lines: Iterable[RawAssignment]) -> tuple[RawAssignment, ...]:
    found: dict[tuple[str, int, int, str], RawAssignment] = {}
    for one in lines:
        before = found.get(_key(one))
        if before is None:
            found[_key(one)] = one
        else:
            names = tuple(dict.fromkeys((*before.units, *one.units)))
            owner = before.user if before.user == one.user else None
            found[_key(one)] = replace(before, units=names, user=owner)
    return tuple(found[key] for key in sorted(found))
