"""What a YAML or JSON document is a file of, by its path and the names at its top."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from typing import Optional

from credlint.code.marked.nodes import Mapping, Node, Sequence, entries_of, items_of, text_at
from credlint.model.lean_tuples import NamedTuple


class _Dialect(NamedTuple):
    """``path``: an expression that the path must match, or ``names`` that must all be there."""

    name: str
    path: str = ""
    names: tuple[str, ...] = ()


_DIALECTS = (
    _Dialect("github-workflow", r"(?:\A|/)\.github/workflows/[^/]+\.ya?ml\Z", ("jobs",)),
    _Dialect("github-action", r"(?:\A|/)action\.ya?ml\Z", ("runs",)),
    _Dialect("gitlab-ci", r"\.gitlab-ci\.ya?ml\Z|(?:\A|/)\.gitlab/ci/[^/]+\.ya?ml\Z"),
    _Dialect("circleci", r"(?:\A|/)\.circleci/[^/]+\.ya?ml\Z"),
    _Dialect("bitbucket-pipelines", r"(?:\A|/)bitbucket-pipelines\.ya?ml\Z"),
    _Dialect("azure-pipelines", r"(?:\A|/)\.?azure-pipelines[^/]*\.ya?ml\Z"),
    _Dialect("drone", r"(?:\A|/)\.drone\.ya?ml\Z"),
    _Dialect("travis", r"(?:\A|/)\.travis\.ya?ml\Z"),
    _Dialect("buildspec", r"(?:\A|/)[^/]*buildspec[^/]*\.(?:ya?ml|json)\Z"),
    _Dialect("buildspec", "", ("version", "phases")),
    _Dialect("serverless", r"(?:\A|/)serverless[^/]*\.(?:ya?ml|json)\Z"),
    _Dialect("serverless", "", ("service", "provider", "functions")),
    _Dialect("terraform-init", r"(?:\A|/)\.terraform/terraform\.tfstate\Z", ("backend",)),
    _Dialect("samconfig", r"(?:\A|/)samconfig[^/]*\.(?:ya?ml|json|toml)\Z"),
    _Dialect("cdk", r"(?:\A|/)cdk\.json\Z"),
    _Dialect("compose", r"(?:\A|/)(?:docker-)?compose[^/]*\.ya?ml\Z", ("services",)),
    _Dialect("compose", "", ("version", "services")),
    _Dialect("cloudformation", "", ("AWSTemplateFormatVersion",)),
    _Dialect("cloudformation", "", ("Resources", "Transform")),
    _Dialect("kubernetes", "", ("apiVersion", "kind")),
    _Dialect("helm-values", r"(?:\A|/)[^/]*values[^/]*\.ya?ml\Z"),
    _Dialect("ecs-task", "", ("containerDefinitions",)),
    _Dialect("ecs-task", "", ("taskDefinition",)),
    _Dialect("policy", "", ("Statement",)),
    _Dialect("policy", "", ("AssumeRolePolicyDocument",)),
    _Dialect("launch-template", "", ("LaunchTemplateData",)),
    _Dialect("launch-template", "", ("MetadataOptions",)),
    _Dialect("launch-template", "", ("UserData", "ImageId")),
    _Dialect(
        "ansible",
        r"(?:\A|/)(?:group_vars|host_vars|roles|playbooks?|inventor(?:y|ies))/"
        r"|(?:\A|/)(?:site|playbook[^/]*)\.ya?ml\Z",
    ),
)
_PATHS = {row: re.compile(row.path) for row in _DIALECTS if row.path}
# What a list of containers, as templates of task definitions have it, is told by.
_CONTAINER = ("environment", "secrets", "essential", "portMappings", "logConfiguration")
_PLAY = ("hosts", "tasks", "import_playbook")


class Top(NamedTuple):
    """What the top of a document tells: the names in it, and those in the first of a list.

    ``first`` is None where the document is no list. ``has_aws_type``: one of its resources is of a
    type of AWS.
    """

    names: Collection[Optional[str]]
    first: Optional[Collection[Optional[str]]] = None
    has_aws_type: bool = False


def top_of(root: Node) -> Top:
    """Return what the top of a tree tells."""
    if isinstance(root, Sequence):
        items = items_of(root)[:1]
        return Top((), frozenset(entry.key.value for node in items for entry in entries_of(node)))
    names = frozenset(entry.key.value for entry in entries_of(root))
    types = (
        text_at(entry.value, "Type") or ""
        for entry in (entries_of(root.get("Resources")) if isinstance(root, Mapping) else ())
    )
    return Top(names, None, _is_aws(types))


def top_of_value(value: object) -> Top:
    """Return the same of a value as the standard reader of JSON gives it."""
    if isinstance(value, list):
        return Top((), frozenset(value[0]) if value and isinstance(value[0], dict) else ())
    if not isinstance(value, dict):
        return Top(())
    resources = value.get("Resources")
    types = (
        str(each.get("Type"))
        for each in (resources.values() if isinstance(resources, dict) else ())
        if isinstance(each, dict)
    )
    return Top(value.keys(), None, _is_aws(types))


def _is_aws(types: Iterable[str]) -> bool:
    return any(each.startswith("AWS::") for each in types)


def dialects_of(top: Top, uri: str, text: bytes) -> Iterator[str]:
    """Yield what the document is a file of; nothing for anything else."""
    names = frozenset(top.names)
    for row in _DIALECTS:
        if row.names and not names.issuperset(row.names):
            continue
        if row.path and not _PATHS[row].search(uri):
            continue
        yield row.name
    if text.startswith(b"#cloud-config"):
        yield "cloud-init"
    if b"fs.s3" in text:
        yield "hadoop-tree"
    if top.first is not None:
        inner = frozenset(top.first)
        if inner.intersection(_PLAY):
            yield "ansible"
        if "containerDefinitions" in inner or (
            inner.issuperset(("name", "image")) and inner.intersection(_CONTAINER)
        ):
            yield "ecs-task"
    elif top.has_aws_type:
        yield "cloudformation"
