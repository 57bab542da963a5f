"""The running processes, read from a proc(5) file system; none is signalled or traced.

Their environments hold secrets and stay in this room until ``host.capture`` has replaced them.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from typing import Optional

from credlint.host.access import Viewer
from credlint.host.files import error_name, read_file
from credlint.host.filesystem import FileSystem
from credlint.model.lean_dataclasses import dataclass, field

# Linux allows six mebibytes at most (execve(2), a quarter of the stack limit otherwise).
_ENVIRON_LIMIT = 8 * 1024 * 1024
_TEXT_LIMIT = 256 * 1024
# Linux allows a quarter of the stack's limit (execve(2)), usually 2 MiB.
_ARGUMENTS_LIMIT = 4 * 1024 * 1024
PROCESS_LIMIT = 50_000
_GONE = ("ENOENT", "ESRCH", "ENOTDIR")

# systemd's control groups: a service's own, a login's session, a user manager and its services.
_UNIT = re.compile(r"([^/]+\.service)\Z")
_MANAGER = re.compile(r"user@\d+\.service\Z")
# Docker, containerd and CRI-O, podman, ECS; the short id is what their tools show.
_CONTAINER = re.compile(
    r"(?:docker|cri-containerd|crio|libpod|containerd|nerdctl)[-/:]([0-9a-f]{12})[0-9a-f]{20,52}"
    r"|/(?:ecs|kubepods|docker|actions_job)(?:/[^/]+)*?/([0-9a-f]{12})[0-9a-f]{20,52}"
)
_MOUNT_OPTIONS = 3
_LXC = re.compile(r"/lxc(?:\.payload)?[./]([^/]+)")


@dataclass(frozen=True)
class RunningProcess:
    """One process. ``environment`` and ``words`` (its arguments) are in clear.

    ``folder``: its working directory inside of its root. ``system``: the files as it sees them.
    ``executable``: its program's path. ``fault`` and ``words_fault``: why its environment or its
    arguments are unknown, None when they are not.
    ``other_network``: it has another network namespace than the reader. ``terminal``: it has a
    controlling terminal, so that somebody may sit before it. ``files``: equal for processes that
    see the same files: mount namespace and root directory.
    """

    pid: int
    parent: int
    program: str
    uid: int
    groups: frozenset[int] = frozenset()
    unit: Optional[str] = None
    container: Optional[str] = None
    environment: Mapping[str, str] = field(default_factory=dict, repr=False)
    words: tuple[str, ...] = field(default=(), repr=False)
    words_fault: Optional[str] = None
    folder: str = ""
    executable: str = ""
    system: FileSystem = FileSystem()
    fault: Optional[str] = None
    other_network: bool = False
    terminal: bool = False
    files: str = ""


@dataclass(frozen=True)
class ProcessList:
    """The processes by pid, and how many there were whose environment could not be read.

    ``truncated``: there were more than ``PROCESS_LIMIT``. ``error``: no list at all.
    """

    processes: Mapping[int, RunningProcess]
    truncated: bool = False
    error: Optional[str] = None


def read_processes(system: FileSystem, own_pid: int = 0) -> ProcessList:
    """Read every process but the kernel's threads and ``own_pid``; never raises.

    A process that ends meanwhile is left out: there is nothing left to tell of it.
    """
    base = f"{system.root.rstrip('/')}/proc"
    try:
        numbers = sorted(int(name) for name in os.listdir(base) if name.isdigit())  # noqa: PTH208
    except OSError as error:
        return ProcessList({}, error=error_name(error))
    own = (_namespace(base, "self", "mnt"), _namespace(base, "self", "net"))
    found = {}
    for number in numbers[:PROCESS_LIMIT]:
        process = _read(base, number, system, own) if number != own_pid else None
        if process is not None:
            found[number] = process
    return ProcessList(found, truncated=len(numbers) > PROCESS_LIMIT)


def _read(
    base: str, pid: int, system: FileSystem, own: tuple[Optional[str], Optional[str]]
) -> Optional[RunningProcess]:
    folder = f"{base}/{pid}"
    status = dict(_status_fields(_text(f"{folder}/status")))
    line = read_file(f"{folder}/cmdline", _ARGUMENTS_LIMIT)
    arguments = line.data or (b"?" if line.status == "too-large" else b"")
    if not status or (not arguments and status.get("PPid") in ("0", "2") and pid != 1):
        return None
    raw = read_file(f"{folder}/environ", _ENVIRON_LIMIT)
    if raw.error in _GONE or (not raw.data and not arguments):
        # Ended, a zombie, or a thread of the kernel.
        return None
    uids, groups = _numbers(status.get("Uid")), _numbers(status.get("Groups"))
    group = _numbers(status.get("Gid"))
    uid = uids[3] if len(uids) > 3 else 0  # noqa: PLR2004  real, effective, saved, file system
    gids = frozenset((*groups, *group[3:4]))
    unit, container = _places(_text(f"{folder}/cgroup"))
    network = _namespace(base, str(pid), "net")
    root = _root(base, pid, system, own[0])
    parents = _numbers(status.get("PPid"))
    cwd = _link(f"{folder}/cwd")
    return RunningProcess(
        pid=pid,
        parent=parents[0] if parents else 0,
        program=status.get("Name", "?"),
        uid=uid,
        groups=gids,
        unit=unit,
        container=container,
        environment=parse_environ(raw.data),
        words=tuple(word.decode("utf-8", "surrogateescape") for word in _words(line.data)),
        words_fault=None if line.status == "read" else line.error or line.status,
        folder=cwd,
        executable=_link(f"{folder}/exe"),
        system=FileSystem(root, cwd, Viewer(uid, gids), system.blocked),
        fault=None if raw.status == "read" else raw.error or raw.status,
        files=f"{_namespace(base, str(pid), 'mnt')} {_link(f'{folder}/root')}",
        terminal=_has_terminal(_text(f"{folder}/stat")),
        other_network=None not in (own[1], network) and network != own[1],
    )


def parse_environ(data: bytes) -> dict[str, str]:
    """Return the variables of /proc/PID/environ; of a doubled name the first, as getenv(3) has it.

    What is no assignment (a program that wrote over its environment) is left out.
    """
    found: dict[str, str] = {}
    for entry in data.split(b"\0"):
        name, equals, value = entry.partition(b"=")
        if equals and name:
            text = name.decode("utf-8", "surrogateescape")
            found.setdefault(text, value.decode("utf-8", "surrogateescape"))
    return found


def _has_terminal(text: str) -> bool:
    """Tell it from /proc/PID/stat: tty_nr is the fifth field behind the name (proc(5))."""
    fields = text.rpartition(")")[2].split()
    return len(fields) > 4 and fields[4] != "0"  # noqa: PLR2004


def _words(arguments: bytes) -> list[bytes]:
    return arguments.rstrip(b"\0").split(b"\0") if arguments else []


def _text(path: str) -> str:
    return read_file(path, _TEXT_LIMIT).data.decode("utf-8", "replace")


def _status_fields(text: str) -> Iterator[tuple[str, str]]:
    for line in text.splitlines():
        name, colon, value = line.partition(":")
        if colon:
            yield name, value.strip()


def _numbers(text: Optional[str]) -> list[int]:
    return [int(word) for word in (text or "").split() if word.isdigit()]


def _link(path: str) -> str:
    try:
        target = os.readlink(path)  # noqa: PTH115  text as it is written
    except OSError:
        return ""
    return target.replace("(unreachable)", "", 1).removesuffix(" (deleted)")


def _namespace(base: str, name: str, kind: str) -> Optional[str]:
    return _link(f"{base}/{name}/ns/{kind}") or None


def _root(base: str, pid: int, system: FileSystem, own_mounts: Optional[str]) -> str:
    """Return the folder that the process has as ``/``.

    A service with a mount namespace of its own (PrivateTmp=, ProtectHome=, a container) sees other
    files than the reader; what /proc/PID/root shows is what it sees.
    """
    target = _link(f"{base}/{pid}/root")
    if system.root.rstrip("/"):
        return FileSystem(system.root).locate(target) if target not in ("", "/") else system.root
    mounts = _namespace(base, str(pid), "mnt")
    if target not in ("", "/") or (mounts and own_mounts and mounts != own_mounts):
        return f"{base}/{pid}/root"
    return ""


def _places(text: str) -> tuple[Optional[str], Optional[str]]:
    """Return unit and container of a /proc/PID/cgroup text (cgroups(7), both versions)."""
    unit = container = None
    for line in text.splitlines():
        path = line.split(":", 2)[-1]
        found = _CONTAINER.search(path)
        if found and container is None:
            container = found.group(1) or found.group(2)
        lxc = _LXC.search(path)
        if lxc and container is None:
            container = lxc.group(1)
        service = _UNIT.search(path)
        if service and unit is None and not _MANAGER.match(service.group(1)):
            unit = service.group(1)
    return unit, container


def are_processes_hidden(system: FileSystem) -> bool:
    """Tell whether users do not see each other's processes (proc(5): hidepid=2, alias invisible).

    hidepid=4 (ptraceable) hides even more; with 1 the command line is closed as well.
    """
    text = system.read("/proc/self/mounts", _TEXT_LIMIT).data.decode("utf-8", "replace")
    for line in text.splitlines():
        fields = line.split(" ")
        if len(fields) > _MOUNT_OPTIONS and fields[1:3] == ["/proc", "proc"]:
            options = fields[_MOUNT_OPTIONS].split(",")
            return any(one.startswith("hidepid=") and one != "hidepid=0" for one in options) and (
                "hidepid=off" not in options
            )
    return False
