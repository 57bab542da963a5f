"""IAC131: secrets in plain sight in buildspecs and task definitions, and launch templates."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Optional

from credlint.code.cloudformation.user_data import told
from credlint.code.credential_names import kind_of, kind_of_ending
from credlint.code.ecs.tasks import Task, as_written, name_of, tasks_of, variables_of
from credlint.code.issued_keys import is_issued
from credlint.code.marked.document import MarkedDocument
from credlint.code.marked.edits import replace_scalar
from credlint.code.marked.nodes import Node, Scalar, at, entries_of, text_at
from credlint.code.plain_secrets import is_name_of_secret, looks_made
from credlint.code.sighting import Context, Sighting, Span, as_notes
from credlint.model.fix import FileEdits, Fix
from credlint.model.secret import Secret


def check(document: MarkedDocument, context: Context) -> Iterator[Sighting]:
    """Yield the secrets, and launch templates that allow IMDSv1."""
    if "buildspec" in document.formats:
        for root in document.roots:
            for entry in entries_of(at(root, "env", "variables")):
                name = entry.key.value or ""
                yield from as_notes(
                    of_variable(name, entry.key, as_written(entry.value), "env.variables"), context
                )
    if "launch-template" in document.formats:
        for root in document.roots:
            yield from as_notes(_of_launch_template(document, root), context)
    for task in tasks_of(document, context.uri):
        yield from as_notes(secrets_of(task), context)


def secrets_of(task: Task) -> Iterator[Sighting]:
    """Yield the variables of a task's containers that hold secrets, wherever it comes from."""
    for container in task.containers:
        where = f"container {name_of(task, container)}".rstrip()
        for variable in variables_of(task, container):
            if not kind_of(variable.name):  # else it is IAC111's
                yield from of_variable(variable.name, variable.key, variable.value, where)


def of_variable(name: str, key: Scalar, value: Optional[Scalar], where: str) -> Iterator[Sighting]:
    """Yield a variable of a resource if it holds a secret; ``where``: of what."""
    text = value.value if value is not None else None
    if value is None or not text:
        return
    kind = kind_of_ending(name)
    is_of_aws = bool(kind) and is_issued(kind, text)
    if not is_of_aws and not (is_name_of_secret(name) and looks_made(text)):
        return
    what = "a key of AWS" if is_of_aws else "what looks like a secret"
    yield Sighting(
        key.start,
        key.end,
        f"{name} in {where} holds {what} in plain text: it is in the repository, and everyone who "
        "may describe the resource can read it.",
        level=None if is_of_aws else "warning",
        subject=f"{where} {name}",
        literals=(Span(value.start, value.end, f"the value of {name}"),),
        value=Secret(text),
    )


def _of_launch_template(document: MarkedDocument, root: Node) -> Iterator[Sighting]:
    data = at(root, "LaunchTemplateData")
    holder = data if data is not None else root
    tokens = at(holder, "MetadataOptions", "HttpTokens")
    is_on = text_at(holder, "MetadataOptions", "HttpEndpoint") != "disabled"
    if isinstance(tokens, Scalar) and tokens.value == "optional" and is_on:
        edit = replace_scalar(tokens, "required", document.syntax)
        yield Sighting(
            tokens.start,
            tokens.end,
            "The launch template allows IMDSv1 (HttpTokens: optional): a request that a program "
            "is tricked into sending reads the role's credentials.",
            subject="launch template HttpTokens",
            fix=Fix("unsafe", "Require IMDSv2.", (FileEdits("", (edit,)),)),
            remedy="Set `HttpTokens` to `required`, once the metric `MetadataNoToken` is 0.",
        )
    yield from told(document, at(holder, "UserData"), "the launch template")
