"""IAC111 for task definitions in HCL."""

from __future__ import annotations

from collections.abc import Iterator

from credlint.code.ecs.keys import keys_of
from credlint.code.hcl.folder import folder_of
from credlint.code.hcl.reader import HclFile
from credlint.code.hcl.tasks import tasks_of
from credlint.code.sighting import Context, Sighting, as_notes


def check(file: HclFile, context: Context) -> Iterator[Sighting]:
    """Yield what :func:`keys_of` says of each."""
    for task in tasks_of(file, folder_of(file, context)):
        yield from as_notes(keys_of(task), context)
