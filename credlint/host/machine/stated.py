"""Subjects that do not run now: units, jobs and logins, judged by what files would give them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Optional

from credlint.host.access import Viewer
from credlint.host.machine.assignments import is_wanted
from credlint.host.machine.crontabs import CronRead
from credlint.host.machine.logins import LoginEnvironment
from credlint.host.machine.statements import Statements
from credlint.host.machine.subjects import Surroundings, View, capture_subject
from credlint.host.machine.units import RawUnit, UnitsRead
from credlint.host.machine.users import HostUser, UsersRead
from credlint.model.audit import Subject
from credlint.model.lean_dataclasses import replace

_SERVICE = ".service"


def stated_subjects(
    stated: Statements, users: UsersRead, surroundings: Surroundings
) -> Iterator[Subject]:
    """Yield the idle units, the jobs and the logins that something about AWS is set for."""
    yield from unit_subjects(stated.units, stated.running, users, surroundings)
    yield from cron_subjects(stated.crontabs, users, surroundings)
    yield from login_subjects(stated.logins, users, surroundings)


def cron_subjects(
    crontabs: CronRead, users: UsersRead, surroundings: Surroundings
) -> Iterator[Subject]:
    """Yield a subject for every set of jobs of one table that have the same environment."""
    told: set[object] = set()
    for job in crontabs.jobs:
        user = users.by_name(job.user)
        wanted = tuple(sorted(pair for pair in job.environment.items() if is_wanted(pair[0])))
        if user is None or (job.path, job.user, wanted) in told:
            continue
        told.add((job.path, job.user, wanted))
        if _concerns_aws(job.environment, user, surroundings):
            home = job.environment.get("HOME", user.home)
            place = f"{job.path}:{job.line}"
            subject = Subject(
                f"cron{place}",
                "cron",
                user.name,
                surroundings.empty,
                home,
                environment_from=(job.path,),
            )
            yield stated_subject(subject, job.environment, user, surroundings, folder=home)


def login_subjects(
    logins: Iterable[LoginEnvironment],
    users: UsersRead,
    surroundings: Surroundings,
    *,
    all_of_them: bool = False,
) -> Iterator[Subject]:
    """Yield a subject for every user who can log in and whose login concerns AWS, or for all."""
    for login in logins:
        user = users.by_name(login.user)
        if user is None:
            continue
        if all_of_them or _concerns_aws(login.environment, user, surroundings):
            subject = Subject(
                f"login/{user.name}",
                "login",
                user.name,
                surroundings.empty,
                login.environment.get("HOME", user.home),
                environment_from=login.paths,
            )
            yield stated_subject(
                subject,
                login.environment,
                user,
                surroundings,
                folder=user.home,
                interactive=True,
            )


def unit_subjects(
    units: UnitsRead, running: Iterable[str], users: UsersRead, surroundings: Surroundings
) -> Iterator[Subject]:
    """Yield a subject for every service that does not run and that something about AWS is set for.

    A template without an instance cannot run. Those that run are judged by their processes.
    """
    names = frozenset(running)
    for unit in units.units:
        if not unit.name.endswith(_SERVICE) or unit.template or names.intersection(unit.names):
            continue
        user = users.by_name(unit.user or "root")
        if user is not None and _concerns_aws(unit.environment, user, surroundings):
            yield _unit_subject(unit, user, surroundings)


def _unit_subject(unit: RawUnit, user: HostUser, surroundings: Surroundings) -> Subject:
    base = surroundings.system
    root = f"{base.root.rstrip('/')}{unit.root}" if unit.root else base.root
    return stated_subject(
        Subject(
            identifier=f"unit/{unit.name}",
            kind="unit",
            user=user.name,
            snapshot=surroundings.empty,
            home=unit.environment.get("HOME", user.home),
            unit=unit.name,
            environment_from=unit.paths,
        ),
        unit.environment,
        user,
        surroundings,
        root=root,
        folder=unit.working_directory,
    )


def stated_subject(
    subject: Subject,
    environment: Mapping[str, str],
    user: HostUser,
    surroundings: Surroundings,
    *,
    root: Optional[str] = None,
    folder: str = "/",
    interactive: bool = False,
) -> Subject:
    """Return the subject with its snapshot: ``environment`` as the user would have it."""
    system = replace(
        surroundings.system,
        root=surroundings.system.root if root is None else root,
        folder=folder or "/",
        viewer=Viewer(user.uid, user.groups),
    )
    view = View(environment, system, user.uid, subject.home, user.home, interactive=interactive)
    return replace(subject, snapshot=capture_subject(view, surroundings))


def _concerns_aws(
    environment: Mapping[str, str], user: HostUser, surroundings: Surroundings
) -> bool:
    home = environment.get("HOME", user.home).rstrip("/")
    return any(map(is_wanted, environment)) or any(
        surroundings.system.exists(f"{home}/{name}") for name in (".aws", ".boto")
    )
