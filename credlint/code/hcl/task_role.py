"""IAC112 for task definitions in HCL."""

from __future__ import annotations

from collections.abc import Iterator

from credlint.code.ecs.task_role import missing_role
from credlint.code.hcl.folder import folder_of
from credlint.code.hcl.reader import HclFile
from credlint.code.hcl.tasks import tasks_of
from credlint.code.sighting import Context, Sighting, as_notes


def check(file: HclFile, context: Context) -> Iterator[Sighting]:
    """Yield what :func:`missing_role` says of each."""
    for task in tasks_of(file, folder_of(file, context)):
        yield from as_notes(missing_role(task), context)
