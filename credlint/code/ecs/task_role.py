"""IAC112: tasks that call AWS and have no task role."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Optional

from credlint.code.credential_names import kind_of
from credlint.code.ecs.tasks import Task, Variable, field, tasks_of, variables_of
from credlint.code.marked.document import MarkedDocument
from credlint.code.marked.nodes import Mapping, Node, items_of
from credlint.code.sighting import Context, Sighting, as_notes

# Images of AWS whose programs call its services with the task's own credentials.
_IMAGE = re.compile(
    r"(?:\A|/)(?:amazon/aws-cli|aws-cli/aws-cli|aws-observability/aws-otel-collector"
    r"|amazon/aws-otel-collector|cloudwatch-agent/cloudwatch-agent|amazon/cloudwatch-agent"
    r"|xray/aws-xray-daemon|amazon/aws-xray-daemon)(?:[:@]|\Z)"
)
# Where a log router (FireLens) of whatever image sends to with the role of the task; what it sends
# elsewhere, to Datadog say or to another router, needs none.
_LOG_OUTPUTS = re.compile(
    r"cloudwatch|cloudwatch_logs|kinesis|kinesis_streams|kinesis_firehose|firehose|s3"
)
_COMMAND = re.compile(
    r"(?:\A|[\s;&|(/])aws (?:--?[\w-]+ \S+ )*[a-z0-9-]+ [a-z]|\bs3://|\bimport boto3\b"
)
# Variables that only programs with an SDK have a use for.
_NAME = re.compile(r"(?:AWS_(?:DEFAULT_)?REGION|AWS_ROLE_ARN|AWS_SDK_LOAD_CONFIG)\Z")
_VALUE = re.compile(
    r"arn:aws[\w-]*:(?:s3|sqs|sns|dynamodb|kinesis|lambda|secretsmanager|ssm|kms|events|states):"
    r"|s3://|https://sqs\.[a-z0-9-]+\.amazonaws\.com"
)


def check(document: MarkedDocument, context: Context) -> Iterator[Sighting]:
    """Yield the tasks without a role whose containers call AWS."""
    for task in tasks_of(document, context.uri):
        yield from as_notes(missing_role(task), context)


def missing_role(task: Task) -> Iterator[Sighting]:
    """Yield likewise for one task, wherever it comes from."""
    if task.role is not False:
        return
    evidence = next(filter(None, (_evidence(task, each) for each in task.containers)), None)
    if evidence is None:
        return
    shown = f"Task {task.name}" if task.name else "The task"
    there = (
        "Fargate has no instance role either, so its calls to AWS fail."
        if task.is_fargate
        else "on EC2 its calls to AWS are made with the role of the container instance."
    )
    yield Sighting(
        task.told.start,
        task.told.end,
        f"{shown} calls AWS ({evidence}) and has no taskRoleArn: {there} "
        "executionRoleArn is for the agent, not for the containers.",
        level="note" if task.is_fargate else None,
        subject=f"{task.name or 'task'} role",
    )


def _evidence(task: Task, container: Mapping) -> Optional[str]:
    """Return what tells that the container calls AWS with credentials that it has to find."""
    variables = tuple(variables_of(task, container))
    if any(kind_of(variable.name) for variable in variables):
        return None  # it has keys of its own, see IAC111
    image = task.given(field(container, "image"))
    if image is not None and _IMAGE.search(image.value or ""):
        return "its image is one of AWS' tools"
    for name in ("command", "entryPoint"):
        words = [task.given(item) for item in items_of(field(container, name))]
        line = " ".join(word.value or "" for word in words if word is not None)
        if _COMMAND.search(line[:10_000]):
            return f"its {name}"
    return _of_variables(variables) or _of_logs(task, container)


def _of_variables(variables: tuple[Variable, ...]) -> Optional[str]:
    for variable in variables:
        if _NAME.match(variable.name):
            return variable.name
        value = variable.value.value if variable.value is not None else None
        if value and _VALUE.match(value):
            return variable.name
    return None


def _of_logs(task: Task, container: Mapping) -> Optional[str]:
    logs = field(container, "logConfiguration")
    if _text(task, logs, "logDriver") != "awsfirelens" or _router_has_keys(task):
        return None
    output = _text(task, field(logs, "options"), "Name")
    return f"its logs go to {output}" if _LOG_OUTPUTS.fullmatch(output) else None


def _router_has_keys(task: Task) -> bool:
    routers = (each for each in task.containers if field(each, "firelensConfiguration") is not None)
    return any(kind_of(one.name) for each in routers for one in variables_of(task, each))


def _text(task: Task, node: Optional[Node], name: str) -> str:
    found = task.given(field(node, name))
    return (found.value or "") if found is not None else ""
