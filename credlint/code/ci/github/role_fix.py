"""The edit that lets a step get credentials by a role instead of by stored keys."""

from __future__ import annotations

from typing import Optional

from credlint.code.ci.github.credentials_action import KEY_INPUTS, CredentialStep
from credlint.code.ci.github.permissions import addition, grant_of
from credlint.code.ci.github.workflow import Job, Workflow
from credlint.code.ci.written import named
from credlint.code.ci.yaml_edits import joined, removal, replacement
from credlint.model.fix import Edit, FileEdits, Fix

ROLE = "<ROLE-ARN>"
_SUMMARY = (
    "Assumes a role with GitHub's token instead of the stored keys, and gives the job the "
    "permission to ask for one; the role must trust this repository."
)


def role_fix(text: bytes, workflow: Workflow, job: Job, action: CredentialStep) -> Fix:
    """Return the fix; one that is only shown where the file is written in an unusual way."""
    edits: list[Optional[Edit]] = []
    has_role = action.entry("role-to-assume") is not None
    placed = has_role
    for name in KEY_INPUTS:
        entry = named(action.inputs, name)
        if entry is None:
            continue
        if placed:
            edits.append(removal(text, action.inputs, entry))
        else:
            edits.append(replacement(text, action.inputs, entry, f"role-to-assume: {ROLE}"))
            placed = True
    grant = grant_of(workflow, job)
    if grant.value == "none":
        added = addition(text, workflow, job, grant)
        edits.append(added.edit if added is not None else None)
    done = [edit for edit in edits if edit is not None]
    if len(done) < len(edits):
        return Fix("display", _SUMMARY)
    fill_in = () if has_role else (ROLE,)
    return Fix("unsafe", _SUMMARY, (FileEdits("", joined(done)),), fill_in)
