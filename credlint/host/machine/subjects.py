"""From running processes to the subjects that are judged: those with equal facts are one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Callable, Optional

from credlint.host.capture import CaptureRequest, capture
from credlint.host.environ import is_captured
from credlint.host.filesystem import OWN, FileSystem
from credlint.host.machine.origins import origins_of
from credlint.host.machine.processes import RunningProcess
from credlint.host.machine.users import UsersRead
from credlint.host.platform import platform_of
from credlint.host.system_properties import ARGUMENTS, VARIABLES
from credlint.model.audit import Process, Subject
from credlint.model.lean_dataclasses import dataclass, field, replace
from credlint.model.metadata import ContainerEvidence, ImdsEvidence
from credlint.model.snapshot import FoundSdk, HostSnapshot

_REFERENCE = re.compile(r"\$\{?(\w+)")
_ALWAYS = frozenset(("HOME", "PATH"))
_OTHER_NETWORK = "the process has a network of its own, from which it was not asked"


@dataclass(frozen=True)
class Surroundings:
    """What all subjects of one audit share.

    ``key`` keys the fingerprints. ``imds_of`` gives the metadata evidence for an environment,
    ``users_of`` the users of a view of files. ``own``: the processes above credlint.
    ``ec2_evidence`` as in ``Platform``. ``sdks_of``: the SDKs that a process has, none when that
    cannot be told.
    """

    key: bytes
    now: str
    imds_of: Callable[[Mapping[str, str]], ImdsEvidence]
    users_of: Callable[[FileSystem], UsersRead]
    system: FileSystem = OWN
    own: frozenset[int] = frozenset()
    container_names: Mapping[str, str] = field(default_factory=dict)
    ec2_evidence: Optional[str] = None
    probe_network: bool = True
    sdks_of: Callable[[RunningProcess], tuple[FoundSdk, ...]] = lambda _: ()

    def __repr__(self) -> str:
        return "Surroundings()"

    @property
    def empty(self) -> HostSnapshot:
        """Return a snapshot of nothing, to be replaced."""
        return HostSnapshot(self.now)

    def container_name(self, short: Optional[str]) -> Optional[str]:
        """Return the name of a container by its short id, the id where it has none."""
        return self.container_names.get(short, short) if short is not None else None

    def name_of(self, uid: int) -> str:
        """Return the name that the host's own users have for a uid, else its number."""
        user = self.users_of(self.system).by_uid(uid)
        return user.name if user is not None else str(uid)


def process_subjects(
    wanted: Mapping[int, RunningProcess],
    processes: Mapping[int, RunningProcess],
    surroundings: Surroundings,
) -> Iterator[Subject]:
    """Yield a subject for every set of processes that cannot differ in their credentials.

    ``processes`` are all of the host, to tell where a variable comes from.
    """
    groups: dict[object, list[RunningProcess]] = {}
    for process in wanted.values():
        if process.fault is None:
            sdks = surroundings.sdks_of(process)
            facts = (_facts(process), tuple(one.sdk for one in sdks))
            groups.setdefault(facts, []).append(process)
    for group in groups.values():
        yield process_subject(group, processes, surroundings)


def process_subject(
    group: Iterable[RunningProcess],
    processes: Mapping[int, RunningProcess],
    surroundings: Surroundings,
) -> Subject:
    """Return the subject of processes with equal facts; the first one stands for all."""
    members = sorted(group, key=lambda one: one.pid)
    first = members[0]
    environment = subject_environment(first)
    entry_home = _entry_home(first, surroundings)
    home = environment.get("HOME", entry_home)
    snapshot = capture_subject(
        View(
            environment,
            first.system,
            first.uid,
            home,
            entry_home,
            container=first.container is not None,
            other_network=first.other_network,
            interactive=first.terminal,
            sdks=surroundings.sdks_of(first),
        ),
        surroundings,
    )
    return Subject(
        identifier=f"process/{first.pid}",
        kind="process",
        user=surroundings.name_of(first.uid),
        snapshot=snapshot,
        home=home,
        unit=first.unit,
        container=surroundings.container_name(first.container),
        processes=tuple(_member(one, surroundings) for one in members),
        origins=origins_of(first, processes),
    )


@dataclass(frozen=True)
class View:
    """What a subject has of its own: ``environment`` in clear, the rest as in ``CaptureRequest``.

    ``other_network``: not the reader's, so that nothing can be asked from where the subject is.
    """

    environment: Mapping[str, str] = field(repr=False)
    system: FileSystem
    uid: int
    home: Optional[str]
    entry_home: Optional[str]
    container: bool = False
    other_network: bool = False
    interactive: Optional[bool] = None
    sdks: tuple[FoundSdk, ...] = ()


def capture_subject(view: View, surroundings: Surroundings) -> HostSnapshot:
    """Return the snapshot of one subject, made as ``doctor`` makes its own."""
    environment, apart = view.environment, view.other_network
    platform = platform_of(
        environment, view.uid, surroundings.ec2_evidence, in_container=view.container
    )
    return capture(
        CaptureRequest(
            environment=environment,
            now=surroundings.now,
            home=Path(view.home) if view.home else None,
            uid=view.uid,
            imds=ImdsEvidence(reason=_OTHER_NETWORK)
            if apart
            else surroundings.imds_of(environment),
            container=None if _names_container(environment) else ContainerEvidence(),
            probe_network=surroundings.probe_network and not apart,
            platform=replace(platform, sdks=view.sdks, interactive=view.interactive),
            entry_home=Path(view.entry_home) if view.entry_home else None,
            system=view.system,
        ),
        surroundings.key,
    )


def subject_environment(process: RunningProcess) -> dict[str, str]:
    """Return the environment with the properties that the command line gives to a JVM."""
    environment = dict(process.environment)
    defined = [word for word in process.words if word.startswith("-D")]
    if defined:
        environment[ARGUMENTS] = " ".join(f"'{word}'" for word in defined if "'" not in word)
    return environment


def _facts(process: RunningProcess) -> object:
    """Return everything of a process that its credentials may depend on."""
    environment = subject_environment(process)
    names = {
        name
        for name in environment
        if is_captured(name) or name in _ALWAYS or name in VARIABLES or name == ARGUMENTS
    }
    for name in tuple(names):
        names.update(_REFERENCE.findall(environment[name]))
    relevant = tuple((name, environment.get(name)) for name in sorted(names))
    # Only a path that does not begin at the root depends on the working directory.
    folder = process.folder if any(_is_relative(*pair) for pair in relevant) else ""
    view = (process.files, process.uid, process.groups, process.container, folder)
    return (*view, process.other_network, relevant)


def _is_relative(name: str, value: Optional[str]) -> bool:
    named = name.endswith(("_FILE", "_BUNDLE", "_CONFIG")) or name == "HOME"
    return named and value is not None and not value.startswith(("/", "~"))


def _entry_home(process: RunningProcess, surroundings: Surroundings) -> Optional[str]:
    """Return the home directory of the password entry that the process would find."""
    user = surroundings.users_of(process.system).by_uid(process.uid)
    return user.home if user is not None else None


def _names_container(environment: Mapping[str, str]) -> bool:
    return any("CONTAINER_CREDENTIALS" in name for name in environment) or ARGUMENTS in environment


def _member(process: RunningProcess, surroundings: Surroundings) -> Process:
    return Process(
        pid=process.pid,
        parent=process.parent,
        program=process.program,
        uid=process.uid,
        user=surroundings.name_of(process.uid),
        unit=process.unit,
        container=surroundings.container_name(process.container),
        terminal=process.terminal,
        own=process.pid in surroundings.own,
    )
