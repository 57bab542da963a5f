"""How the checks and the report call the subjects of an audit."""

from __future__ import annotations

from collections.abc import Iterable

from credlint.checks.wording import conjunction
from credlint.model.audit import Subject

_SHOWN = 3


# Whoever asks these for something runs in their control group.
_CARRIERS = frozenset(
    ("cron.service", "crond.service", "cronie.service", "anacron.service", "atd.service")
)


def own_units(subject: Subject) -> tuple[str, ...]:
    """Return the units whose service the subject is, not only a job that they started."""
    programs = {f"{one.program}.service" for one in subject.processes}
    return tuple(u for u in subject.units if u not in _CARRIERS or u in programs)


def subject_name(subject: Subject) -> str:
    """Return ``app.service (pid 812)``, ``python3 (pid 4, 5 and 2 more)``, ``a login of alice``."""
    if subject.kind == "login":
        return f"a login of {subject.user}"
    if subject.kind == "cron":
        return f"the job at {subject.identifier[len('cron') :]}"
    if subject.kind == "unit":
        return f"{subject.unit} (not running)"
    name = conjunction(_few(own_units(subject) or _programs(subject)))
    carriers = [unit for unit in subject.units if unit in _CARRIERS]
    if carriers and not own_units(subject):
        name = f"{name} started by {conjunction(carriers)}"
    if subject.container:
        name = f"{name} in container {subject.container}"
    return f"{name} ({_pids(subject)})"


def subject_names(subjects: Iterable[Subject]) -> str:
    """Return the subjects' names as one list, of many only the first ones."""
    return conjunction(_few([subject_name(one) for one in subjects]))


def _programs(subject: Subject) -> list[str]:
    return list(dict.fromkeys(one.program for one in subject.processes))


def _pids(subject: Subject) -> str:
    return f"pid {conjunction(_few([str(one.pid) for one in subject.processes]))}"


def _few(words: Iterable[str]) -> list[str]:
    listed = list(words)
    if len(listed) <= _SHOWN:
        return listed
    return [*listed[: _SHOWN - 1], f"{len(listed) - _SHOWN + 1} more"]
