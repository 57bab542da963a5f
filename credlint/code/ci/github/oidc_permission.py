"""IAC121: a role is to be assumed by GitHub's token, and the job may not ask for one.

The action then looks for other credentials and, on a runner that has none, stops with "Credentials
could not be loaded" (aws-actions/configure-aws-credentials, issues 271, 337, 564). A workflow that
is called and lists the permission does not even start where the caller lacks it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from functools import cached_property
from typing import Optional

from credlint.code.ci.github.before import (
    has_keys_in_env,
    leaves_credentials,
    local_action_wants_token,
)
from credlint.code.ci.github.callers import Caller, callers_without_token
from credlint.code.ci.github.credentials_action import credential_step
from credlint.code.ci.github.permissions import Grant, addition, grant_of
from credlint.code.ci.github.workflow import Job, Step, Workflow, read_workflow, uses_entry
from credlint.code.ci.written import span_of
from credlint.code.marked.document import MarkedDocument
from credlint.code.marked.nodes import Entry
from credlint.code.sighting import Context, Sighting
from credlint.model.finding import Level
from credlint.model.fix import Edit, FileEdits, Fix
from credlint.model.lean_tuples import NamedTuple

_SUMMARY = "Lets the job ask GitHub for a token (`id-token: write`)."


def check(document: MarkedDocument, context: Context) -> Iterator[Sighting]:
    """Yield the steps that want a token of GitHub in jobs that get none."""
    for root in document.roots:
        workflow = read_workflow(root)
        if workflow is None:
            continue
        callers = _Callers(context)
        for job in workflow.jobs:
            wanting = _wanting(workflow, job, document.text, context)
            if wanting is not None:
                yield from _of_job(document.text, workflow, job, wanting, context, callers)


class _Wanting(NamedTuple):
    """A step that has nothing but GitHub's token to get credentials by.

    ``entry``: its role, or the composite action of the repository that assumes one.
    """

    step: Step
    entry: Entry
    what: str


def _wanting(workflow: Workflow, job: Job, text: bytes, context: Context) -> Optional[_Wanting]:
    """Return the first such step, None where one before it may leave credentials."""
    for step in job.steps:
        action = credential_step(step, text)
        role = action.entry("role-to-assume") if action is not None else None
        if action is not None and role is not None and action.wants_token():
            found = _Wanting(step, role, "role-to-assume")
            return None if has_keys_in_env(workflow, job, step) else found
        uses = uses_entry(step)
        if uses is not None and local_action_wants_token(step, context):
            found = _Wanting(step, uses, step.uses)
            return None if has_keys_in_env(workflow, job, step) else found
        if leaves_credentials(step, text, context):
            return None
    return None


class _Callers:
    """Who calls the workflow without the permission, looked for when it is asked for."""

    def __init__(self, context: Context) -> None:
        self._context = context

    @cached_property
    def found(self) -> tuple[Caller, ...]:
        """Return the jobs of other files."""
        return callers_without_token(self._context.uri, self._context.around)


def _of_job(
    text: bytes,
    workflow: Workflow,
    job: Job,
    wanting: _Wanting,
    context: Context,
    callers: _Callers,
) -> Iterator[Sighting]:
    grant = grant_of(workflow, job)
    runner = job.runner()
    if grant.value == "none":
        if runner != "self-hosted":  # the machine's own role may be what is meant there
            yield _without(text, workflow, job, wanting, grant, context)
        return
    if "workflow_call" in workflow.triggers and grant.value in ("caller", "write"):
        if grant.is_declared or runner == "hosted":
            for caller in callers.found:
                yield _called(job, wanting, grant, caller, context)
    elif (
        grant.value == "write"
        and "pull_request" in workflow.triggers
        and runner != "self-hosted"
        and not wanting.step.is_conditional
        and job.node.entry("if") is None
    ):
        yield _sighting(
            wanting,
            f"Runs of job {job.name} for pull requests from forks get no token of GitHub, so that "
            "this step fails there.",
            "note",
            f"jobs.{job.name}: pull requests from forks",
            None,
            remedy="Give the job `if: github.event_name != 'pull_request' || "
            "github.event.pull_request.head.repo.full_name == github.repository`.",
        )


def _without(
    text: bytes,
    workflow: Workflow,
    job: Job,
    wanting: _Wanting,
    grant: Grant,
    context: Context,
) -> Sighting:
    level: Level = "error"
    unless = ""
    if job.runner() != "hosted":  # labels of one's own may be those of machines in AWS
        level, unless = "note", ", unless its runner has a role of its own"
    elif "workflow_call" in workflow.triggers and not grant.is_declared:
        level, unless = "warning", ", unless a caller grants it"
    if grant.is_declared:
        whose = "job" if grant.of_job else "workflow"
        why = f"The permissions of the {whose} do not hold it, and what they do not list is none."
    else:
        why = "Nothing lists permissions, and this one is none by default."
    added = addition(text, workflow, job, grant)
    fix = Fix("display", _SUMMARY)
    if added is not None:
        kind = "safe" if added.is_safe else "unsafe"
        summary = (
            _SUMMARY if grant.is_declared else f"{_SUMMARY} Its other permissions become none."
        )
        fix = Fix(kind, summary, (FileEdits("", (added.edit,)),))  # type: ignore[arg-type]  # one of two
    return _sighting(
        wanting,
        f"Job {job.name} has no `id-token: write`, so that {wanting.what} ends with "
        f'"Credentials could not be loaded"{unless}. {why}',
        _shown(level, context),
        f"jobs.{job.name}: id-token",
        fix,
    )


def _called(
    job: Job, wanting: _Wanting, grant: Grant, caller: Caller, context: Context
) -> Sighting:
    what = (
        "GitHub refuses to start it"
        if grant.is_declared
        else f'{wanting.what} ends with "Credentials could not be loaded"'
    )
    added = addition(caller.text, caller.workflow, caller.job, caller.grant)
    fix = Fix("display", _SUMMARY)
    if added is not None:
        edit = Edit(added.edit.start + caller.shift, added.edit.end + caller.shift, added.edit.text)
        digest = hashlib.sha256(caller.data).hexdigest()
        kind = "safe" if added.is_safe else "unsafe"
        fix = Fix(kind, _SUMMARY, (FileEdits(caller.uri, (edit,), digest),))  # type: ignore[arg-type]  # likewise
    return _sighting(
        wanting,
        f"Job {caller.job.name} of {caller.name} calls this workflow without `id-token: write`, so "
        f"that {what}. A workflow that is called gets no more than its caller has.",
        _shown("error", context),
        f"jobs.{job.name}: called by {caller.name}, {caller.job.name}",
        fix,
        remedy=f"Give the job {caller.job.name} of {caller.name} `permissions: id-token: write` "
        "and `contents: read`.",
    )


def _shown(level: Level, context: Context) -> Level:
    return "note" if context.is_documentation or context.is_test else level


def _sighting(
    wanting: _Wanting,
    message: str,
    level: Level,
    subject: str,
    fix: Optional[Fix],
    remedy: str = "",
) -> Sighting:
    start, end, _ = span_of(wanting.entry)
    return Sighting(start, end, message, level, subject, fix=fix, remedy=remedy)
