"""Whether a job may ask GitHub for a token (``id-token: write``), and the edit that lets it.

A job's own ``permissions`` replace the workflow's; what they do not list is none. ``id-token`` is
none by default whatever the repository's setting is (docs.github.com, "GITHUB_TOKEN reference").
A workflow that is called has at most what the calling job has, and the same where it says nothing.
"""

from __future__ import annotations

from typing import Optional

from credlint.code.ci.github.workflow import Job, Workflow
from credlint.code.ci.written import written
from credlint.code.lines import line_start, newline_of
from credlint.code.marked.edits import insert_entry, replace_entry
from credlint.code.marked.nodes import Entry, Mapping, Scalar
from credlint.model.fix import Edit
from credlint.model.lean_tuples import NamedTuple

ID_TOKEN = "id-token"  # noqa: S105  the name of a permission
_OWN = {ID_TOKEN: "write", "contents": "read"}


class Grant(NamedTuple):
    """``value``: ``write``, ``none``, ``caller`` (as whoever calls the workflow), or empty.

    Empty: not known. ``entry``: the permissions that say so; ``of_job``: they are the job's own.
    """

    value: str
    entry: Optional[Entry] = None
    of_job: bool = False

    @property
    def is_declared(self) -> bool:
        """Tell whether the workflow itself says so."""
        return self.entry is not None


def grant_of(workflow: Workflow, job: Job) -> Grant:
    """Return what a job may ask of GitHub's issuer of tokens."""
    if "enable-openid-connect" in {
        e.key.value for e in (*job.node.entries, *workflow.node.entries)
    }:
        return Grant("")  # Forgejo's own switch
    entry = job.node.entry("permissions")
    of_job = entry is not None
    if entry is None:
        entry = workflow.node.entry("permissions")
    if entry is None:
        return Grant("caller" if workflow.is_only_called() else "none")
    return Grant(_value(entry), entry, of_job)


def _value(entry: Entry) -> str:
    node = entry.value
    if isinstance(node, Mapping):
        inner = node.entry(ID_TOKEN)
        if inner is None:
            return "none" if node.entry("<<") is None else ""
        return {"write": "write", "none": "none", "read": "none"}.get(written(inner.value), "")
    if isinstance(node, Scalar):
        return {"write-all": "write", "read-all": "none"}.get(node.value or "", "")
    return ""


class Addition(NamedTuple):
    """``is_safe``: nobody else gets the permission, and nobody loses one."""

    edit: Edit
    is_safe: bool


def addition(text: bytes, workflow: Workflow, job: Job, grant: Grant) -> Optional[Addition]:
    """Return the edit that gives the permission to a job that has none; None for no good place.

    Permissions that are listed are completed. Where none are, the job gets its own, which ends
    what it had by default: that may break it, so it is not safe.
    """
    entry = grant.entry
    if entry is None:
        return _own_block(text, job)
    if isinstance(entry.value, Mapping):
        alone = grant.of_job or len(workflow.jobs) == 1
        inner = entry.value.entry(ID_TOKEN)
        if inner is not None:  # somebody wrote "none"
            made = replace_entry(text, entry.value, inner, ID_TOKEN, "write")
            return Addition(made[0], is_safe=False) if made else None
        made = insert_entry(text, entry.value, ID_TOKEN, "write", "yaml")
        return Addition(made[0], is_safe=alone) if made else None
    if not grant.of_job:  # read-all for all jobs: this one gets its own
        return _own_block(text, job)
    if not job.node.block or text[entry.value.start : entry.value.end] != b"read-all":
        return None
    indent = entry.key.start - line_start(text, entry.key.start)
    between = newline_of(text) + " " * indent + "  "
    start = entry.key.end + text[entry.key.end : entry.value.start].index(b":") + 1
    return Addition(
        Edit(start, entry.value.end, "".join(f"{between}{n}: {v}" for n, v in _OWN.items())),
        is_safe=False,
    )


def _own_block(text: bytes, job: Job) -> Optional[Addition]:
    if not job.node.block:
        return None
    made = insert_entry(text, job.node, "permissions", _OWN, "yaml")
    return Addition(made[0], is_safe=False) if made else None
