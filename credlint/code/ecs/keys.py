"""IAC111: containers of ECS that are handed keys, which come before the task role."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Optional

from credlint.code.credential_names import SECRET_KEY, kind_of
from credlint.code.ecs.tasks import Task, Variable, name_of, tasks_of, variables_of
from credlint.code.issued_keys import is_issued
from credlint.code.marked.document import MarkedDocument
from credlint.code.marked.edits import remove_items
from credlint.code.marked.nodes import Mapping
from credlint.code.other_stores import points_elsewhere
from credlint.code.sighting import Context, Sighting, Span, as_notes
from credlint.model.finding import Level
from credlint.model.fix import FileEdits, Fix
from credlint.model.secret import Secret


def check(document: MarkedDocument, context: Context) -> Iterator[Sighting]:
    """Yield a finding for each container that is handed keys."""
    for task in tasks_of(document, context.uri):
        yield from as_notes(keys_of(task), context)


def keys_of(task: Task) -> Iterator[Sighting]:
    """Yield likewise for one task, wherever it comes from."""
    for container in task.containers:
        variables = tuple(variables_of(task, container))
        keys = [variable for variable in variables if kind_of(variable.name)]
        if keys:
            yield _sighting(task, container, variables, keys)


def _sighting(
    task: Task, container: Mapping, variables: tuple[Variable, ...], keys: list[Variable]
) -> Sighting:
    names = ", ".join(dict.fromkeys(variable.name for variable in keys))
    first = keys[0]
    shown = name_of(task, container)
    of_task = f" in task {task.name}" if task.name else ""
    loser = "the task role" if task.role else "a task role"
    level, reason = _level(variables, keys)
    real = [v for v in keys if _is_real(v) and v.value is not None]
    telling = next((v for v in real if kind_of(v.name) == SECRET_KEY), real[0] if real else None)
    value = telling.value if telling is not None else None
    return Sighting(
        first.key.start,
        first.key.end,
        f"Container {shown}{of_task} is given AWS keys ({names}), which come before {loser} and "
        f"can break ECS Exec. {reason}".rstrip(),
        level=level,
        subject=f"{shown or 'container'} {names}",
        literals=tuple(
            Span(v.value.start, v.value.end, f"the value of {v.name}")
            for v in real
            if v.value is not None
        ),
        value=Secret(value.value or "") if value is not None else None,
        fix=_fix(task, keys),
    )


def _is_real(variable: Variable) -> bool:
    kind = kind_of(variable.name)
    value = variable.value
    return bool(kind) and value is not None and is_issued(kind, value.value or "")


def _level(variables: tuple[Variable, ...], keys: list[Variable]) -> tuple[Optional[Level], str]:
    """Return the level, None for the rule's own, and why it is another."""
    if any(v.value is not None and points_elsewhere(v.name, v.value.value) for v in variables):
        return "warning", "The container is told another endpoint than AWS'."
    known = [v.value.value for v in keys if v.value is not None]
    if len(known) == len(keys) and not any(map(_is_real, keys)):
        if not any(known):
            return "warning", "The values are empty."
        return "note", "The values have not the form that AWS issues, so they are made up."
    return None, ""


def _fix(task: Task, keys: list[Variable]) -> Optional[Fix]:
    if not task.syntax:
        return None
    edits = []
    for holder in {id(variable.holder): variable.holder for variable in keys}.values():
        gone = [variable.item for variable in keys if variable.holder is holder]
        made = remove_items(task.text, holder, gone)
        if not made:
            return None
        edits += made
    summary = "Take the keys out of the container, so that it uses the task role."
    return Fix("unsafe", summary, (FileEdits("", tuple(edits)),))
