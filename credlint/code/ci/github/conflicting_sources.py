"""IAC122: a job of GitHub whose settings point at several sources of credentials at once.

What the action does with each is in aws-actions/configure-aws-credentials, ``src/index.ts``, tags
v3.0.0 to v6.2.3; of the later steps, that ``env`` of a step comes before what the action exported.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Optional

from credlint.code.ci.github.credentials_action import CredentialStep, credential_step
from credlint.code.ci.github.permissions import grant_of
from credlint.code.ci.github.profile_in_env import profiles_in_env
from credlint.code.ci.github.scopes import keys_of
from credlint.code.ci.github.workflow import Job, Step, Workflow, read_workflow
from credlint.code.ci.written import span_of, written
from credlint.code.credential_names import KEY_ID, SECRET_KEY, TOKEN
from credlint.code.marked.document import MarkedDocument
from credlint.code.marked.edits import insert_entry, remove_entries
from credlint.code.marked.nodes import Entry
from credlint.code.other_stores import OtherStores
from credlint.code.sighting import Context, Sighting
from credlint.model.finding import Level
from credlint.model.fix import Edit, FileEdits, Fix
from credlint.model.lean_dataclasses import replace

# Actions that a job may have `id-token: write` for.
_TOKEN_USERS = re.compile(
    r"sigstore/|pypa/gh-action-pypi-publish|actions/attest|google-github-actions/auth|azure/login"
    r"|hashicorp/vault-action|slsa-framework/",
    re.IGNORECASE,
)
_SKIPS_SINCE = 5  # force-skip-oidc
_UNSETS_SINCE = 3  # unset-current-credentials


def check(document: MarkedDocument, context: Context) -> Iterator[Sighting]:
    """Yield the settings that work against each other."""
    text = document.text
    stores = OtherStores(text)
    for root in document.roots:
        workflow = read_workflow(root)
        if workflow is None:
            continue
        seen = list(profiles_in_env(text, workflow, context))
        for job in workflow.jobs:
            actions = [
                action for step in job.steps if (action := credential_step(step, text)) is not None
            ]
            if not actions:
                continue
            can_ask = grant_of(workflow, job).value == "write"
            for action in actions:
                seen.extend(_within(text, job, action, can_ask=can_ask))
            seen.extend(_twice(text, job, actions, can_ask=can_ask))
            seen.extend(_keys_after_role(text, workflow, job, actions, stores))
        for sighting in seen:
            shown_only = context.is_documentation or context.is_test
            yield replace(sighting, level="note") if shown_only else sighting


def _within(text: bytes, job: Job, action: CredentialStep, *, can_ask: bool) -> Iterator[Sighting]:
    """Yield what contradicts itself in the inputs of one step."""
    role, key = action.entry("role-to-assume"), action.entry("aws-access-key-id")
    if role is None:
        return
    stored = keys_of(action.inputs).is_kept()  # those of an earlier step are a chain of roles
    others = [step.uses for step in job.steps if _TOKEN_USERS.match(step.uses)]
    asks_here = can_ask and not others  # else the token may be for those alone
    if key is not None and stored and asks_here and not action.is_on("force-skip-oidc"):
        yield _sighting(
            key,
            f"Job {job.name} gives the action keys and a role, and may ask GitHub for a token: the "
            "keys win, and the token is not used.",
            f"jobs.{job.name}: keys beside a role",
            remedy="Delete the keys, or the permission `id-token: write` if the role does not "
            "trust GitHub.",
        )
    skip = action.entry("force-skip-oidc")
    if (
        skip is not None
        and written(skip.value).strip().lower() == "true"
        and key is None
        and action.entry("web-identity-token-file") is None
    ):
        old = action.major is not None and action.major < _SKIPS_SINCE
        yield _sighting(
            skip,
            f"Job {job.name} sets force-skip-oidc, which version {action.major} of the action does "
            "not know."
            if old
            else f"Job {job.name} sets force-skip-oidc with a role and neither keys nor a token "
            "file, which stops the action at once.",
            f"jobs.{job.name}: force-skip-oidc",
            "warning" if old else "error",
            _fix("Deletes force-skip-oidc.", remove_entries(text, action.inputs, [skip])),
            "To use the machine's role, run the action without a role first and then with "
            "`role-chaining: true`, in a job without `id-token: write`.",
        )
    if others and can_ask and job.runner() == "self-hosted" and action.wants_token():
        yield _sighting(
            role,
            f"Job {job.name} has `id-token: write` for {others[0].partition('@')[0]}, too, so "
            "that the action takes GitHub's token and not the role of its runner.",
            f"jobs.{job.name}: token on a runner of its own",
            "note",
            remedy="If the runner's role is meant, move the step to a job without "
            "`id-token: write`.",
        )


def _twice(
    text: bytes, job: Job, actions: list[CredentialStep], *, can_ask: bool
) -> Iterator[Sighting]:
    for first, second in zip(actions, actions[1:]):
        role = second.entry("role-to-assume")
        before = first.entry("role-to-assume")
        if (
            role is None
            or first.step.is_conditional
            or second.step.is_conditional
            or not (first.exports() and second.exports())
            or second.is_on("unset-current-credentials")
            or not second.wants_token()
        ):
            continue
        if not can_ask and job.runner() == "hosted":
            yield _sighting(
                role,
                f"Job {job.name} assumes a second role with whatever the first step left, since it "
                "has no token of GitHub and does not say role-chaining.",
                f"jobs.{job.name}: second role",
                fix=_fix(
                    "Says that the second role is assumed with the first.",
                    _set(text, second, "role-chaining"),
                ),
                remedy="Say `role-chaining: true` if that is meant, else give the job "
                "`id-token: write`.",
            )
        elif (
            can_ask
            and before is not None
            and written(before.value) != written(role.value)
            and (second.major is None or second.major >= _UNSETS_SINCE)
        ):
            yield _sighting(
                role,
                f"Job {job.name} assumes a second role over the first: if that fails and the job "
                "goes on, its steps act as the first.",
                f"jobs.{job.name}: role over a role",
                "note",
                _fix(
                    "Forgets the first role before the second is assumed.",
                    _set(text, second, "unset-current-credentials"),
                ),
                "Say `unset-current-credentials: true`, or use a job for each role.",
            )


def _keys_after_role(
    text: bytes,
    workflow: Workflow,
    job: Job,
    actions: list[CredentialStep],
    stores: OtherStores,
) -> Iterator[Sighting]:
    """Yield steps whose own keys meet the session token that a role has left."""
    roles = [
        action
        for action in actions
        if action.entry("role-to-assume") is not None
        and action.exports()
        and not action.step.is_conditional
    ]
    if not roles:
        return
    for step in job.steps[roles[0].step.number + 1 :]:
        entry = _keys_without_token(step)
        if entry is None or step.env is None or stores.within(step.node, job.env, workflow.env):
            continue
        yield _sighting(
            entry,
            f"A step of job {job.name} has keys of its own, and AWS_SESSION_TOKEN of the role "
            "before it: AWS refuses such a pair as an invalid token.",
            f"jobs.{job.name}: keys after a role",
            fix=_fix(
                "Empties AWS_SESSION_TOKEN for the step.",
                insert_entry(text, step.env, TOKEN, "", "yaml"),
            ),
            remedy="Let the step use the role, or set `AWS_SESSION_TOKEN: ''` beside its keys.",
        )


def _keys_without_token(step: Step) -> Optional[Entry]:
    keys = keys_of(step.env)
    if TOKEN in keys.entries or not (KEY_ID in keys.entries and SECRET_KEY in keys.entries):
        return None
    stored = keys.is_stored(SECRET_KEY) or keys.is_literal(SECRET_KEY)
    return keys.entries[KEY_ID] if stored and keys.is_kept() else None


def _set(text: bytes, action: CredentialStep, name: str) -> list[Edit]:
    """Return the edit that switches an input of the action on."""
    return insert_entry(text, action.inputs, name, True, "yaml")  # noqa: FBT003  as it is written


def _fix(summary: str, edits: list[Edit]) -> Fix:
    if not edits:
        return Fix("display", summary)
    return Fix("unsafe", summary, (FileEdits("", tuple(edits)),))


def _sighting(
    entry: Entry,
    message: str,
    subject: str,
    level: Level = "warning",
    fix: Optional[Fix] = None,
    remedy: str = "",
) -> Sighting:
    start, end, _ = span_of(entry)
    return Sighting(start, end, message, level, subject, fix=fix, remedy=remedy)
