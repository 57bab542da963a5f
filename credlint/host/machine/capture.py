"""Captures a whole host for an audit: reads, asks the metadata service, and changes nothing."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Callable, Optional

import credlint
from credlint.host.capture import CaptureRequest, probe_imds_for
from credlint.host.captured import Capturer
from credlint.host.filesystem import OWN, FileSystem
from credlint.host.machine.assignments import capture_assignment, iter_secrets
from credlint.host.machine.documents import Arguments
from credlint.host.machine.libraries import Libraries
from credlint.host.machine.mounts import without_silent_mounts
from credlint.host.machine.named_texts import named_texts
from credlint.host.machine.processes import (
    PROCESS_LIMIT,
    ProcessList,
    RunningProcess,
    are_processes_hidden,
    read_processes,
)
from credlint.host.machine.search import Search, Searched, search_texts
from credlint.host.machine.stated import login_subjects, stated_subjects
from credlint.host.machine.statements import read_statements
from credlint.host.machine.subjects import Surroundings, process_subjects
from credlint.host.machine.text_files import TextFile
from credlint.host.machine.users import UsersRead, blocked_homes, read_users, remote_mounts
from credlint.host.platform import detect_platform
from credlint.model.audit import HostAudit, Subject
from credlint.model.lean_dataclasses import dataclass, replace
from credlint.model.metadata import ImdsEvidence
from credlint.model.snapshot import HostSnapshot

# So many different metadata addresses of processes are asked; each costs up to a second.
_ENDPOINT_LIMIT = 4
# Seconds that homes and mounts of the network have to answer, all at once.
_PATIENCE = 1.0
# So many processes are named one by one.
_SHOWN = 3


@dataclass(frozen=True)
class AuditRequest:
    """What to audit. ``now``: ISO 8601 time with zone.

    ``system``: the host's files; its ``root`` is / or where another host's disk is mounted.
    ``uid``: who looks. ``own_pid``: credlint's own process, no subject; ``own_parent``: the one
    that started it. ``pids``, ``logins``: these processes and users alone; all where both are None.
    ``imds``: ready-made evidence instead of asking. ``search``: what finds keys in texts; without
    it none is read. ``look``: os.stat, or what stands for it in tests.
    """

    now: str
    system: FileSystem = OWN
    uid: Optional[int] = None
    own_pid: int = 0
    own_parent: int = 0
    pids: Optional[frozenset[int]] = None
    logins: Optional[frozenset[str]] = None
    imds_endpoint: Optional[str] = None
    probe_network: bool = True
    imds: Optional[ImdsEvidence] = None
    search: Optional[Search] = None
    look: Callable[[str], object] = os.stat

    @property
    def everything(self) -> bool:
        """Tell whether the whole host is meant, not some subjects of it."""
        return self.pids is None and self.logins is None


def metadata_request(request: AuditRequest, named: Mapping[str, str]) -> CaptureRequest:
    """Return what is asked of the metadata service; ``named``: variables that speak of it."""
    return CaptureRequest(
        environment=named,
        now=request.now,
        imds_endpoint=request.imds_endpoint,
        root=Path(request.system.root or "/"),
        probe_network=request.probe_network,
    )


class _Metadata:
    """Asks each metadata address once."""

    def __init__(self, request: AuditRequest) -> None:
        self._request = request
        self._known: dict[Optional[str], ImdsEvidence] = {}

    def of(self, environment: Mapping[str, str]) -> ImdsEvidence:
        """Return the evidence for a subject with these variables."""
        request = self._request
        if request.imds is not None:
            return request.imds
        named = {
            name: value
            for name, value in environment.items()
            if name.startswith("AWS_EC2_METADATA_SERVICE_ENDPOINT")
        }
        key = repr(sorted(named.items()))
        if key not in self._known:
            if len(self._known) >= _ENDPOINT_LIMIT:
                return ImdsEvidence(reason="too many different metadata addresses on this host")
            self._known[key] = probe_imds_for(metadata_request(request, named))
        return self._known[key]


class _Users:
    """Reads the users of each root once."""

    def __init__(self, request: AuditRequest) -> None:
        self._request = request
        self._known: dict[str, UsersRead] = {}

    def of(self, system: FileSystem) -> UsersRead:
        """Return the users that a process with this view of files would find."""
        if system.root not in self._known:
            own = self._request.uid if system.root == self._request.system.root else None
            # As the reader sees them: a process asks a name service where it may not read.
            self._known[system.root] = read_users(FileSystem(system.root), own)
        return self._known[system.root]


def _ancestors(pid: int, processes: Mapping[int, RunningProcess]) -> Iterator[int]:
    seen: set[int] = set()
    while pid in processes and pid not in seen:
        seen.add(pid)
        yield pid
        pid = processes[pid].parent


def capture_audit(request: AuditRequest, key: bytes) -> HostAudit:
    """Return what was seen; never raises for what the host holds. ``key`` keys fingerprints."""
    metadata, all_users = _Metadata(request), _Users(request)
    imds = metadata.of({})
    platform = detect_platform({}, Path(request.system.root or "/"), request.uid, imds)
    users = all_users.of(request.system)
    system, silent = _without_silent_folders(request, users)
    listed = read_processes(system, request.own_pid)
    listed, hanging = without_silent_mounts(listed, request.look, _PATIENCE)
    libraries = Libraries(system)
    stated = read_statements(system, users, listed)
    surroundings = Surroundings(
        key=key,
        now=request.now,
        imds_of=metadata.of,
        users_of=all_users.of,
        system=system,
        own=frozenset(_ancestors(request.own_parent, listed.processes)),
        ec2_evidence=platform.ec2_evidence,
        probe_network=request.probe_network and request.imds is None,
        sdks_of=libraries.of,
        container_names={one.short: one.name for one in stated.containers.containers},
    )
    wanted = {
        pid: process
        for pid, process in listed.processes.items()
        if request.everything or pid in (request.pids or ())
    }
    subjects = [*process_subjects(wanted, listed.processes, surroundings)]
    if request.everything:
        subjects += stated_subjects(stated, users, surroundings)
    elif request.logins:
        chosen = [one for one in stated.logins if one.user in request.logins]
        subjects += login_subjects(chosen, users, surroundings, all_of_them=True)
    raw = stated.assignments
    capturer = Capturer(key, iter_secrets(raw))
    more = named_texts(stated.units.units, listed.processes.values(), system)
    searched = _search(request, system, listed, users, key, more)
    return HostAudit(
        captured_at=request.now,
        credlint_version=credlint.__version__,
        uid=request.uid,
        machine=HostSnapshot(request.now, credlint.__version__, platform=platform, imds=imds),
        subjects=tuple(subjects),
        assignments=tuple(filter(None, (capture_assignment(one, capturer) for one in raw))),
        sightings=searched.sightings,
        files=searched.files,
        counts=(
            ("processes", len(listed.processes)),
            ("units", len(stated.units.units)),
            ("jobs", len(stated.crontabs.jobs)),
            ("containers", len(stated.containers.containers)),
            ("users", len(users.users)),
            ("files", searched.texts + stated.shell_files.read),
        ),
        skipped=(
            *users.skipped,
            *silent,
            *hanging,
            *_iter_skipped(
                listed if request.everything else replace(listed, processes=wanted), subjects
            ),
            *((path, capturer.scrub(reason)) for path, reason in stated.skipped),
            *searched.skipped,
            *libraries.iter_skipped(),
        ),
        processes_hidden=are_processes_hidden(system),
    )


def _without_silent_folders(
    request: AuditRequest, users: UsersRead
) -> tuple[FileSystem, tuple[tuple[str, str], ...]]:
    """Return the view of files without the homes and mounts that do not answer in time."""
    system = request.system
    mounts: tuple[str, ...] = ()
    if not system.root:
        table = system.read("/proc/self/mountinfo").data
        mounts = remote_mounts(table.decode("utf-8", "surrogateescape"))
    silent = blocked_homes(users.users, request.look, _PATIENCE, mounts, system.root)
    reason = f"does not answer within {_PATIENCE:g} s; nothing in it was looked at"
    return replace(system, blocked=silent), tuple((path, reason) for path in silent)


def _search(
    request: AuditRequest,
    system: FileSystem,
    listed: ProcessList,
    users: UsersRead,
    key: bytes,
    more: Iterable[TextFile],
) -> Searched:
    """Search the host's texts and ``more`` for keys, unless some subjects alone are audited."""
    if request.search is None or not request.everything:
        return Searched()

    def name_of(uid: int) -> str:
        user = users.by_uid(uid)
        return user.name if user is not None else str(uid)

    return search_texts(
        system,
        [(user.name, user.home) for user in users.users],
        (
            Arguments(process.pid, process.program, process.words, name_of(process.uid))
            for process in listed.processes.values()
            if process.pid != request.own_pid
        ),
        key,
        request.search,
        name_of,
        more,
    )


def _iter_skipped(listed: ProcessList, subjects: Iterable[Subject]) -> Iterator[tuple[str, str]]:
    if listed.error is not None:
        yield "/proc", f"the processes cannot be listed ({listed.error})"
    if listed.truncated:
        yield "/proc", f"only the first {PROCESS_LIMIT} processes were looked at"
    closed = [one for one in listed.processes.values() if one.fault is not None]
    for fault in sorted({one.fault or "" for one in closed}):
        pids = [one.pid for one in closed if one.fault == fault]
        yield "/proc", f"the environment of {_count(pids)} cannot be read ({fault})"
    dumb = [one for one in listed.processes.values() if one.words_fault is not None]
    for fault in sorted({one.words_fault or "" for one in dumb}):
        pids = [one.pid for one in dumb if one.words_fault == fault]
        yield "/proc", f"the arguments of {_count(pids)} cannot be read ({fault})"
    told: set[tuple[str, str]] = set()
    for subject in subjects:
        for path, reason in subject.snapshot.skipped:
            entry = (_absolute(path, subject), reason)
            if entry not in told:
                told.add(entry)
                yield entry


def _count(pids: list[int]) -> str:
    if len(pids) <= _SHOWN:
        return "process " + ", ".join(map(str, pids))
    return f"{len(pids)} processes"


def _absolute(path: str, subject: Subject) -> str:
    if path.startswith("~/") and subject.home:
        path = subject.home.rstrip("/") + path[1:]
    return f"container {subject.container}: {path}" if subject.container else path
