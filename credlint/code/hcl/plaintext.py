"""IAC131 for task definitions and CodeBuild projects in HCL."""

from __future__ import annotations

from collections.abc import Iterator

from credlint.code.cloudformation.plaintext import of_variable, secrets_of
from credlint.code.hcl.folder import folder_of
from credlint.code.hcl.reader import HclFile
from credlint.code.hcl.tasks import tasks_of
from credlint.code.marked.nodes import Scalar
from credlint.code.sighting import Context, Sighting, as_notes


def check(file: HclFile, context: Context) -> Iterator[Sighting]:
    """Yield the variables that hold secrets."""
    for task in tasks_of(file, folder_of(file, context)):
        yield from as_notes(secrets_of(task), context)
    yield from as_notes(_of_builds(file), context)


def _of_builds(file: HclFile) -> Iterator[Sighting]:
    for block in file.body.blocks:
        if block.kind != "resource" or block.label(0) != "aws_codebuild_project":
            continue
        for environment in block.body.of("environment"):
            for variable in environment.body.of("environment_variable"):
                # PARAMETER_STORE and SECRETS_MANAGER hold names; PLAINTEXT is the default.
                if (variable.body.text("type") or "PLAINTEXT") != "PLAINTEXT":
                    continue
                name, value = variable.body.get("name"), variable.body.get("value")
                if isinstance(name, Scalar) and name.value and isinstance(value, Scalar):
                    yield from of_variable(name.value, name, value, block.address)
