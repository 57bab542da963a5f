"""A workflow or composite action of GitHub as checks see it: jobs, steps, triggers, runners.

Syntax: docs.github.com, "Workflow syntax for GitHub Actions" and "Metadata syntax".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Optional

from credlint.code.ci.written import named, written
from credlint.code.marked.nodes import (
    Entry,
    Mapping,
    Node,
    Scalar,
    Sequence,
    at,
    entries_of,
    items_of,
)
from credlint.model.lean_tuples import NamedTuple

# Runners that GitHub hosts, larger ones included, are named so; other names may be anything.
_HOSTED = re.compile(r"(?:ubuntu|windows|macos)-(?!.*(?:self|aws|ec2|eks))[A-Za-z0-9._-]+\Z")
_MATRIX = re.compile(r"\$\{\{\s*matrix\.([A-Za-z0-9_-]+)\s*\}\}\Z")


class Step(NamedTuple):
    """One step; ``uses`` is empty for a script, ``run`` for an action. ``number`` counts from 0."""

    node: Mapping
    number: int
    uses: str
    run: str
    inputs: Optional[Mapping]
    env: Optional[Mapping]

    @property
    def is_conditional(self) -> bool:
        """Tell whether it has an ``if``."""
        return self.node.entry("if") is not None

    def has_third_party(self) -> bool:
        """Tell whether it runs code of somebody who is neither GitHub, AWS nor the repository."""
        return bool(self.uses) and not self.uses.lower().startswith(
            ("./", "actions/", "github/", "aws-actions/", "aws/", "awslabs/", "docker://")
        )


class Job(NamedTuple):
    """One job; ``calls``: the reusable workflow that it is. ``key``: its entry below ``jobs``."""

    key: Entry
    node: Mapping
    name: str
    steps: tuple[Step, ...]
    calls: str
    env: Optional[Mapping]

    def runner(self) -> str:
        """Return where it runs: ``hosted`` by GitHub, ``self-hosted``, or empty: not known."""
        labels = _labels(self.node)
        if any(label.lower() == "self-hosted" for label in labels):
            return "self-hosted"
        if labels and all(_HOSTED.match(label) for label in labels):
            return "hosted"
        return ""


class Workflow(NamedTuple):
    """One workflow file; ``triggers``: the names of its events."""

    node: Mapping
    jobs: tuple[Job, ...]
    env: Optional[Mapping]
    triggers: frozenset[str]

    def is_only_called(self) -> bool:
        """Tell whether nothing but other workflows starts it."""
        return self.triggers == {"workflow_call"}


def read_workflow(root: Node) -> Optional[Workflow]:
    """Return the workflow that stands at the top of a document, None for anything else."""
    if not isinstance(root, Mapping):
        return None
    jobs = tuple(
        _job(entry, entry.value)
        for entry in entries_of(root.get("jobs"))
        if isinstance(entry.value, Mapping)
    )
    return Workflow(root, jobs, _mapping(root.get("env")), _triggers(root.get("on")))


def steps_of_action(root: Node) -> tuple[Step, ...]:
    """Return the steps of a composite action."""
    return _steps(at(root, "runs", "steps"))


def _job(key: Entry, node: Mapping) -> Job:
    return Job(
        key,
        node,
        key.key.value or "",
        _steps(node.get("steps")),
        written(node.get("uses")),
        _mapping(node.get("env")),
    )


def _steps(node: Optional[Node]) -> tuple[Step, ...]:
    return tuple(
        Step(
            item,
            number,
            written(item.get("uses")).strip(),
            written(item.get("run")),
            _mapping(item.get("with")),
            _mapping(item.get("env")),
        )
        for number, item in enumerate(items_of(node))
        if isinstance(item, Mapping)
    )


def _mapping(node: Optional[Node]) -> Optional[Mapping]:
    return node if isinstance(node, Mapping) else None


def _triggers(node: Optional[Node]) -> frozenset[str]:
    if isinstance(node, Scalar):
        return frozenset((node.value or "",))
    if isinstance(node, Sequence):
        return frozenset(written(item) for item in node.items)
    return frozenset(entry.key.value or "" for entry in entries_of(node))


def _labels(job: Mapping) -> list[str]:
    node = job.get("runs-on")
    if isinstance(node, Mapping):
        if node.get("group") is not None:
            return []
        node = node.get("labels")
    labels: list[str] = []
    for scalar in items_of(node) or (node,):
        text = written(scalar).strip()
        matrix = _MATRIX.match(text)
        labels.extend(_matrix_values(job, matrix.group(1)) if matrix else (text,))
    return [label for label in labels if label] if all(labels) else []


def _matrix_values(job: Mapping, name: str) -> Iterator[str]:
    """Yield the values that a name of the matrix may have, an empty text for unknown ones."""
    values = at(job, "strategy", "matrix", name)
    included = at(job, "strategy", "matrix", "include")
    found = [written(item) for item in items_of(values)]
    found += [written(at(item, name)) for item in items_of(included) if at(item, name) is not None]
    yield from found or [""]


def uses_entry(step: Step) -> Optional[Entry]:
    """Return the entry that names the action of a step."""
    return named(step.node, "uses")
