"""IAC123: AWS keys of a workflow that more steps can read than need them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from credlint.code.ci.github.credentials_action import CredentialStep, credential_step
from credlint.code.ci.github.scopes import Scope, scopes_of
from credlint.code.ci.github.workflow import Job, Step, Workflow, read_workflow, uses_entry
from credlint.code.ci.written import span_of, written
from credlint.code.marked.document import MarkedDocument
from credlint.code.other_stores import OtherStores
from credlint.code.sighting import Context, Sighting
from credlint.model.lean_dataclasses import replace

_COMMIT = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?\Z")
_MOST_NAMED = 4


def check(document: MarkedDocument, context: Context) -> Iterator[Sighting]:
    """Yield keys in the environment of many steps, and moving actions behind a login."""
    text = document.text
    for root in document.roots:
        workflow = read_workflow(root)
        if workflow is None:
            continue
        seen = [*_environments(text, workflow)]
        for job in workflow.jobs:
            for step in job.steps:
                action = credential_step(step, text)
                if action is not None:
                    seen.extend(_outputs(job, action))
            seen.extend(_moving(text, job))
        shown_only = context.is_documentation or context.is_test
        for sighting in seen:
            yield replace(sighting, level="note") if shown_only else sighting


def _environments(text: bytes, workflow: Workflow) -> Iterator[Sighting]:
    stores = OtherStores(text)
    for scope in scopes_of(workflow):
        if scope.level not in ("workflow", "job") or not scope.keys.is_kept():
            continue
        if stores.within(scope.owner, workflow.env):
            continue
        jobs = workflow.jobs if scope.job is None else (scope.job,)
        steps = [step for job in jobs for step in job.steps]
        others = _names(step for step in steps if step.has_third_party())
        if len(steps) < 2 or not (others or len(jobs) > 1):  # noqa: PLR2004  one step alone
            continue
        yield _of_scope(scope, jobs, steps, others)


def _of_scope(
    scope: Scope, jobs: tuple[Job, ...], steps: list[Step], others: list[str]
) -> Sighting:
    entry = scope.keys.first()
    start, end, _ = span_of(entry)
    who = "the workflow" if scope.job is None else f"job {scope.job.name}"
    seen_by = f"all {len(steps)} steps" + (f" of {len(jobs)} jobs" if len(jobs) > 1 else "")
    more = f" Among them are actions of others: {_listed(others)}." if others else ""
    return Sighting(
        start,
        end,
        f"AWS keys in the env of {who} are visible to {seen_by}.{more}",
        "warning",
        f"{who}: keys in env",
    )


def _outputs(job: Job, action: CredentialStep) -> Iterator[Sighting]:
    entry = action.entry("output-credentials")
    if entry is None or written(entry.value).strip().lower() != "true":
        return
    exported = action.entry("output-env-credentials")
    if exported is not None and written(exported.value).strip().lower() == "false":
        return  # only who names the outputs gets them
    start, end, _ = span_of(entry)
    yield Sighting(
        start,
        end,
        f"Job {job.name} gives out its credentials twice: as outputs and to the environment of "
        "every later step.",
        "note",
        f"jobs.{job.name}: output-credentials",
        remedy="Say `output-env-credentials: false` beside it, or leave `output-credentials` out.",
    )


def _moving(text: bytes, job: Job) -> Iterator[Sighting]:
    """Yield the first action behind the login that its owner can change at any time."""
    found = (credential_step(step, text) for step in job.steps)
    logins = [action for action in found if action is not None and action.exports()]
    if not logins:
        return
    later = [step for step in job.steps[logins[0].step.number + 1 :] if step.has_third_party()]
    steps = [step for step in later if not _COMMIT.match(step.uses.partition("@")[2])]
    entry = uses_entry(steps[0]) if steps else None
    if entry is None:
        return
    start, end, _ = span_of(entry)
    yield Sighting(
        start,
        end,
        f"Job {job.name} has AWS credentials when it runs actions by a branch or tag, which "
        f"their owners can move: {_listed(_names(steps))}.",
        "note",  # most of them are of the same organisation, which the file does not name
        f"jobs.{job.name}: moving actions",
        remedy="Name them by commit (`@` and 40 digits), or run them in a job without AWS "
        "credentials. Say `allowed-account-ids`, so that no other account is met.",
    )


def _names(steps: Iterable[Step]) -> list[str]:
    return list(dict.fromkeys(step.uses.partition("@")[0] for step in steps))


def _listed(names: list[str]) -> str:
    more = len(names) - _MOST_NAMED
    return ", ".join(names[:_MOST_NAMED]) + (f" and {more} more" if more > 0 else "")
