"""The edit that lets a step get credentials by a role instead of by stored keys."""

from __future__ import annotations

from credlint.code.ci.github.credentials_action import KEY_INPUTS, CredentialStep
from credlint.code.ci.github.permissions import addition, grant_of
from credlint.code.ci.github.workflow import Job, Workflow
from credlint.code.ci.written import named
from credlint.code.marked.edits import remove_entries, replace_entry
from credlint.model.fix import Edit, FileEdits, Fix

ROLE = "<ROLE-ARN>"
_SUMMARY = (
    "Assumes a role with GitHub's token instead of the stored keys, and gives the job the "
    "permission to ask for one; the role must trust this repository."
)


def role_fix(text: bytes, workflow: Workflow, job: Job, action: CredentialStep) -> Fix:
    """Return the fix; one that is only shown where the file is written in an unusual way."""
    keys = [entry for name in KEY_INPUTS for entry in (named(action.inputs, name),) if entry]
    has_role = action.entry("role-to-assume") is not None
    parts: list[list[Edit]] = []
    if not has_role and keys:
        parts.append(replace_entry(text, action.inputs, keys.pop(0), "role-to-assume", ROLE))
    if keys:
        parts.append(remove_entries(text, action.inputs, keys))
    grant = grant_of(workflow, job)
    if grant.value == "none":
        added = addition(text, workflow, job, grant)
        parts.append([added.edit] if added is not None else [])
    if not all(parts):
        return Fix("display", _SUMMARY)
    edits = tuple(sorted(edit for part in parts for edit in part))
    return Fix("unsafe", _SUMMARY, (FileEdits("", edits),), () if has_role else (ROLE,))
