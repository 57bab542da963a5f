"""IAC116 in workflows: AWS keys that a build of an image is given as arguments."""

from __future__ import annotations

import re
from collections.abc import Iterator

from credlint.code.ci.github.workflow import Step, read_workflow
from credlint.code.ci.written import is_expression, named
from credlint.code.credential_names import KEY_ID, kind_of_spelling
from credlint.code.issued_keys import is_issued
from credlint.code.marked.document import MarkedDocument
from credlint.code.marked.nodes import Scalar
from credlint.code.sighting import Context, Sighting, Span
from credlint.model.finding import Level
from credlint.model.secret import Secret

# Inputs of docker/build-push-action, docker/bake-action, redhat-actions/buildah-build and others.
_INPUTS = ("build-args", "build_args", "buildargs", "set")
_ARGUMENT = re.compile(
    rb"(?:(?<=[\s\"',|>.=])|\A)(AWS_[A-Z_]{5,40})(?:=([^\r\n]*)|(?=[ \t]*(?:[\r\n]|\Z)))"
)


def check(document: MarkedDocument, context: Context) -> Iterator[Sighting]:
    """Yield the arguments of builds that are keys."""
    shown_only = context.is_documentation or context.is_test
    for root in document.roots:
        workflow = read_workflow(root)
        for job in workflow.jobs if workflow is not None else ():
            for step in job.steps:
                yield from _of_step(document.text, job.name, step, shown_only=shown_only)


def _of_step(text: bytes, job: str, step: Step, *, shown_only: bool) -> Iterator[Sighting]:
    for input_name in _INPUTS:
        entry = named(step.inputs, input_name)
        if entry is None or not isinstance(entry.value, Scalar):
            continue
        for found in _ARGUMENT.finditer(text, entry.value.start, entry.value.end):
            name = kind_of_spelling(found.group(1).decode())
            written = (found.group(2) or b"").decode("utf-8", "replace")
            value = written.strip().strip("\"'")
            literal = bool(value) and not is_expression(value) and not value.startswith("$")
            if not name or (found.group(2) is not None and not value):
                continue
            if literal and not is_issued(name, value):
                continue  # made up: the build talks to no AWS
            level: Level = "warning" if name == KEY_ID else "error"
            start, end = found.span(1)
            spans = (Span(*found.span(2), f"the literal for {name}"),) if literal else ()
            yield Sighting(
                start,
                end,
                f"Job {job} gives a build {found.group(1).decode()} as an argument, which stays in "
                "the history of the image and in its provenance.",
                "note" if shown_only else level,
                f"jobs.{job}: build argument {name}",
                literals=spans,
                value=Secret(value) if literal else None,
                remedy="Give it as a secret: `secrets: |` with `aws=…`, and read it with "
                "`RUN --mount=type=secret,id=aws …`. Let the step get a role instead of keys.",
            )
