"""IAC120: long-term keys in workflows of GitHub, where a role through its tokens needs none."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Optional

from credlint.code.ci.github.credentials_action import CredentialStep, credential_step
from credlint.code.ci.github.role_fix import role_fix
from credlint.code.ci.github.scopes import Keys, Scope, keys_of, scopes_of
from credlint.code.ci.github.workflow import Job, Step, Workflow, read_workflow
from credlint.code.ci.written import secrets_of, shown, span_of, written
from credlint.code.credential_names import KEY_ID, SECRET_KEY
from credlint.code.marked.document import MarkedDocument
from credlint.code.marked.nodes import Mapping, Node
from credlint.code.other_stores import OtherStores, is_other_owner
from credlint.code.sighting import Context, Sighting, Span
from credlint.model.finding import Level
from credlint.model.fix import Fix
from credlint.model.secret import Secret

# As a script names it: `aws configure set aws_secret_access_key ${{ secrets.AWS_SECRET_KEY }}`.
_SECRET_NAME = re.compile(
    r"(?:\A|_)AWS_(?:[A-Z0-9]+_){0,3}SECRET(?:_[A-Z0-9]+){0,3}_?KEY", re.IGNORECASE
)
_LOCAL = "./"


def check(document: MarkedDocument, context: Context) -> Iterator[Sighting]:
    """Yield the places of a workflow that hand out stored keys."""
    shown_only = context.is_documentation or context.is_test
    for root in document.roots:
        workflow = read_workflow(root)
        if workflow is None:
            continue
        look = _Look(document.text, workflow, shown_only=shown_only)
        for job in workflow.jobs:
            for step in job.steps:
                yield from look.step(job, step)
            yield from look.passed_on(job)
        for scope in scopes_of(workflow):
            yield from look.scope(scope)


class _Look:
    """One workflow and what is known of it."""

    def __init__(self, text: bytes, workflow: Workflow, *, shown_only: bool) -> None:
        self._text = text
        self._workflow = workflow
        self._shown_only = shown_only
        self._stores = OtherStores(text)

    def _level(self, level: Level) -> Level:
        return "note" if self._shown_only else level

    def step(self, job: Job, step: Step) -> Iterator[Sighting]:
        """Yield what a step is given by its inputs, or has in its script."""
        keys = keys_of(step.inputs)
        action = credential_step(step, self._text)
        if keys.entries and keys.is_kept() and not self._elsewhere(job, step, action):
            yield self._by_inputs(job, step, keys, action)
        names = [
            name for name in secrets_of(step.run) if _SECRET_NAME.search(name.replace("-", "_"))
        ]
        if names and not is_other_owner(names[0]) and not self._elsewhere(job, step, None):
            entry = step.node.entry("run")
            if entry is not None:
                yield Sighting(
                    entry.key.start,
                    entry.key.end,
                    f"A script of job {job.name} uses stored keys "
                    f"(${{{{ secrets.{names[0]} }}}}); a role through GitHub's tokens needs none.",
                    self._level("warning"),  # it may only hand them on
                    f"jobs.{job.name}: {names[0]} in a script",
                )

    def _by_inputs(
        self, job: Job, step: Step, keys: Keys, action: Optional[CredentialStep]
    ) -> Sighting:
        level: Level = "error" if action is not None else "warning"
        more = ""
        if action is None:
            more = f"The action {step.uses.partition('@')[0]} is given them as inputs."
        elif action.entry("role-to-assume") is not None:
            level = "warning"
            more = "They serve the first hop to a role, which GitHub's token could assume itself."
        elif keys.is_temporary():
            level = "warning"
            more = "A session token stands with them, so somebody has to renew all three."
        if keys.is_literal(SECRET_KEY):
            level = "error"
        elif keys.is_id_alone():
            level = "warning"
        fix = role_fix(self._text, self._workflow, job, action) if action is not None else None
        return sighting_of(f"Job {job.name}", keys, "a step", self._level(level), more, fix)

    def passed_on(self, job: Job) -> Iterator[Sighting]:
        """Yield keys that a workflow of another repository is given."""
        secrets = job.node.get("secrets")
        if not job.calls or job.calls.startswith(_LOCAL) or not isinstance(secrets, Mapping):
            return  # those of this repository are looked at themselves
        keys = keys_of(secrets)
        if keys.entries and keys.is_kept() and not self._stores.within(job.node):
            more = f"They go to the workflow {job.calls.partition('@')[0]}."
            yield sighting_of(f"Job {job.name}", keys, "secrets", self._level("warning"), more)

    def scope(self, scope: Scope) -> Iterator[Sighting]:
        """Yield keys in an ``env``."""
        keys = scope.keys
        if not keys.is_kept():
            return
        if scope.job is None:
            beside: tuple[Optional[Node], ...] = (self._workflow.node,)
            who = "The workflow"
        else:
            owner = scope.step.node if scope.step else scope.job.node
            beside = (owner, scope.job.env, self._workflow.env)
            who = f"Job {scope.job.name}"
        if self._stores.within(*beside) and not keys.is_literal(SECRET_KEY):
            return
        level: Level = "warning" if keys.is_id_alone() else "error"
        more = ""
        if keys.is_temporary() and not keys.is_literal(SECRET_KEY):
            level = "warning"
            more = "A session token stands with them, so somebody has to renew all three."
        elif not keys.is_literal(SECRET_KEY) and self._is_for_sccache(*beside):
            level = "warning"
            more = "They are for sccache's bucket, which takes a role's credentials as well."
        yield sighting_of(who, keys, f"env of the {scope.level}", self._level(level), more)

    def _elsewhere(self, job: Job, step: Step, action: Optional[CredentialStep]) -> bool:
        """Tell whether the keys are for another store: by the step, for an action by the job."""
        owner = job.node if action is not None else step.node
        return self._stores.within(owner, job.env, self._workflow.env)

    def _is_for_sccache(self, *places: Optional[Node]) -> bool:
        return any(
            self._text.find(b"SCCACHE_BUCKET", place.start, place.end) >= 0
            for place in places
            if place is not None
        )


def sighting_of(
    who: str, keys: Keys, where: str, level: Level, more: str, fix: Optional[Fix] = None
) -> Sighting:
    """Return what is to be told of keys; ``where`` they stand, ``more`` for a second sentence."""
    entry = keys.entries.get(KEY_ID) or keys.first()
    name = entry.key.value or ""
    told = shown(written(entry.value))
    literal = [each for each in keys.entries if keys.is_literal(each)]
    what = "stored keys"
    if literal:
        what = (
            "keys that are spelled out"
            if SECRET_KEY in literal
            else "a key whose id is spelled out"
        )
    detail = f"{name}: {told}" if told else name
    message = (
        f"{who} uses {what} ({detail}, {where}); a role through GitHub's tokens needs none. {more}"
    )
    span = span_of(entry)
    value = keys.text(SECRET_KEY) or keys.text(KEY_ID)
    return Sighting(
        span.start,
        span.end,
        message.rstrip(),
        level,
        f"{who}: {name}, {where}",
        literals=tuple(
            Span(
                keys.entries[each].value.start,
                keys.entries[each].value.end,
                f"the literal for {keys.entries[each].key.value}",
            )
            for each in literal
        ),
        value=Secret(value) if literal else None,
        fix=fix,
    )
