"""IAC122, its first half: ``AWS_PROFILE`` in a workflow whose runners have no such profile."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Optional

from credlint.code.ci.github.before import leaves_credentials
from credlint.code.ci.github.credentials_action import CredentialStep, credential_step
from credlint.code.ci.github.workflow import Job, Workflow
from credlint.code.ci.written import is_expression, span_of, written
from credlint.code.credential_names import PROFILE_VARIABLES
from credlint.code.marked.edits import remove_entries
from credlint.code.marked.nodes import Entry, Mapping
from credlint.code.sighting import Context, Sighting
from credlint.model.finding import Level
from credlint.model.fix import FileEdits, Fix

# What makes a profile on the runner, or takes it from elsewhere.
_MAKES_PROFILE = re.compile(
    rb"aws[ _]+configure|\.aws[/\\]|AWS_CONFIG_FILE|AWS_SHARED_CREDENTIALS_FILE|aws-profile\s*:"
    rb"|profile-name|saml2aws|aws-vault|granted|leapp"
)
_SUMMARY = "Deletes the name of the profile, which nothing on the runner defines."


def profiles_in_env(text: bytes, workflow: Workflow, context: Context) -> Iterator[Sighting]:
    """Yield each ``AWS_PROFILE`` that the action of a job, and the steps after it, would meet."""
    if _MAKES_PROFILE.search(text):
        return
    jobs = [job for job in workflow.jobs if _first_action(text, job, context) is not None]
    for entry, mapping in _profiles(workflow.env):
        if jobs:
            yield _sighting(text, entry, mapping, workflow.node, jobs[0], "The workflow")
    for job in jobs:
        for entry, mapping in _profiles(job.env):
            yield _sighting(text, entry, mapping, job.node, job, f"Job {job.name}")
        for step in job.steps:
            action = credential_step(step, text)
            if action is None or action.is_on("role-chaining"):
                continue
            for entry, mapping in _profiles(step.env):
                yield _sighting(text, entry, mapping, step.node, job, f"A step of job {job.name}")


def _first_action(text: bytes, job: Job, context: Context) -> Optional[CredentialStep]:
    """Return the first step that runs the action if nothing before it may make a profile."""
    for step in job.steps:
        action = credential_step(step, text)
        if action is not None:
            return action
        if leaves_credentials(step, text, context):
            return None
    return None


def _profiles(env: Optional[Mapping]) -> Iterator[tuple[Entry, Mapping]]:
    if env is None:
        return
    for entry in env.entries:
        if entry.key.value in PROFILE_VARIABLES and written(entry.value).strip():
            yield entry, env


def _sighting(
    text: bytes, entry: Entry, mapping: Mapping, owner: Mapping, job: Job, who: str
) -> Sighting:
    name = entry.key.value or ""
    level: Level = "error"
    if job.runner() != "hosted" or is_expression(written(entry.value)):
        level = "warning"
    if len(mapping.entries) > 1:
        edits = remove_entries(text, mapping, [entry])
    else:
        outer = next((each for each in owner.entries if each.value is mapping), None)
        edits = remove_entries(text, owner, [outer]) if outer is not None else []
    fix = Fix("display", _SUMMARY)
    if edits:
        fix = Fix("unsafe", _SUMMARY, (FileEdits("", tuple(edits)),))
    start, end, _ = span_of(entry)
    return Sighting(
        start,
        end,
        f"{who} sets {name} beside the action that gets credentials: no file of the runner defines "
        "that profile, so the action or the first tool after it fails.",
        level,
        f"{who}: {name}",
        fix=fix,
    )
