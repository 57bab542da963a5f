"""IAC121: a role is to be assumed by GitHub's token, and the job may not ask for one.

The action then looks for other credentials and, on a runner that has none, stops with "Credentials
could not be loaded" (aws-actions/configure-aws-credentials, issues 271, 337, 564). A workflow that
is called and lists the permission does not even start where the caller lacks it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Optional

from credlint.code.ci.github.before import has_keys_in_env, leaves_credentials
from credlint.code.ci.github.callers import Caller, callers_without_token
from credlint.code.ci.github.credentials_action import CredentialStep, credential_step
from credlint.code.ci.github.permissions import Grant, addition, grant_of
from credlint.code.ci.github.workflow import Job, Workflow, read_workflow
from credlint.code.ci.written import span_of
from credlint.code.marked.document import MarkedDocument
from credlint.code.sighting import Context, Sighting
from credlint.model.finding import Level
from credlint.model.fix import Edit, FileEdits, Fix

_SUMMARY = "Lets the job ask GitHub for a token (`id-token: write`)."


def check(document: MarkedDocument, context: Context) -> Iterator[Sighting]:
    """Yield the steps that want a token of GitHub in jobs that get none."""
    for root in document.roots:
        workflow = read_workflow(root)
        if workflow is None:
            continue
        for job in workflow.jobs:
            action = _wanting(workflow, job, document.text, context)
            if action is not None:
                yield from _of_job(document.text, workflow, job, action, context)


def _wanting(
    workflow: Workflow, job: Job, text: bytes, context: Context
) -> Optional[CredentialStep]:
    """Return the first step that has nothing but GitHub's token to get credentials by."""
    for step in job.steps:
        action = credential_step(step, text)
        if action is not None and action.wants_token():
            return None if has_keys_in_env(workflow, job, step) else action
        if leaves_credentials(step, text, context):
            return None
    return None


def _of_job(
    text: bytes, workflow: Workflow, job: Job, action: CredentialStep, context: Context
) -> Iterator[Sighting]:
    grant = grant_of(workflow, job)
    runner = job.runner()
    if grant.value == "none":
        if runner != "self-hosted":  # the machine's own role may be what is meant there
            yield _without(text, workflow, job, action, grant, context)
        return
    if "workflow_call" in workflow.triggers and grant.value in ("caller", "write"):
        if grant.is_declared or runner == "hosted":
            for caller in callers_without_token(context.uri, context.around):
                yield _called(job, action, grant, caller, context)
    elif (
        grant.value == "write"
        and "pull_request" in workflow.triggers
        and runner != "self-hosted"
        and not action.step.is_conditional
        and job.node.entry("if") is None
    ):
        yield _sighting(
            action,
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
    action: CredentialStep,
    grant: Grant,
    context: Context,
) -> Sighting:
    level: Level = "error"
    if job.runner() != "hosted" or ("workflow_call" in workflow.triggers and not grant.is_declared):
        level = "warning"  # a runner with a role of its own; a caller that has the permission
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
        action,
        f"Job {job.name} has no `id-token: write`, so that role-to-assume ends with "
        f'"Credentials could not be loaded". {why}',
        _shown(level, context),
        f"jobs.{job.name}: id-token",
        fix,
    )


def _called(
    job: Job, action: CredentialStep, grant: Grant, caller: Caller, context: Context
) -> Sighting:
    what = (
        "GitHub refuses to start it"
        if grant.is_declared
        else 'role-to-assume ends with "Credentials could not be loaded"'
    )
    added = addition(caller.text, caller.workflow, caller.job, caller.grant)
    fix = Fix("display", _SUMMARY)
    if added is not None:
        edit = Edit(added.edit.start + caller.shift, added.edit.end + caller.shift, added.edit.text)
        digest = hashlib.sha256(caller.data).hexdigest()
        kind = "safe" if added.is_safe else "unsafe"
        fix = Fix(kind, _SUMMARY, (FileEdits(caller.uri, (edit,), digest),))  # type: ignore[arg-type]  # likewise
    return _sighting(
        action,
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
    action: CredentialStep,
    message: str,
    level: Level,
    subject: str,
    fix: Optional[Fix],
    remedy: str = "",
) -> Sighting:
    entry = action.entry("role-to-assume")
    start, end, _ = span_of(entry) if entry is not None else (action.step.node.start,) * 3
    return Sighting(start, end, message, level, subject, fix=fix, remedy=remedy)
