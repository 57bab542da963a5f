"""Whether a step may leave AWS credentials for the steps after it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from credlint.code.ci.github.credentials_action import credential_step
from credlint.code.ci.github.scopes import keys_of
from credlint.code.ci.github.workflow import Job, Step, Workflow, steps_of_action
from credlint.code.ci.written import roots_of
from credlint.code.sighting import Context

_LEAVES = re.compile(
    rb"AWS_ACCESS_KEY|AWS_SESSION_TOKEN|AWS_WEB_IDENTITY|AWS_CONTAINER_CREDENTIALS|aws[ _]configure"
    rb"|configure-aws-credentials|assume[-_ ]?role|\.aws/|GITHUB_ENV|saml2aws|aws-vault|awsume",
    re.IGNORECASE,
)
# Parts of names of actions that hand out credentials or fill the environment from a store.
_ACTION = re.compile(
    r"credential|aws|assume|vault|secret|doppler|1password|infisical|teleport|okta|chamber|login",
    re.IGNORECASE,
)
# None of these leaves any.
_HARMLESS = ("actions/checkout", "actions/cache", "docker/login-action", "azure/login")


def leaves_credentials(step: Step, text: bytes, context: Context) -> bool:
    """Tell whether later steps may have credentials of AWS by this one."""
    if credential_step(step, text) is not None or _LEAVES.search(step.run.encode()):
        return True
    if step.uses.startswith("./"):
        return any(_LEAVES.search(data) for _, data in _files_of(step, context))
    name = step.uses.partition("@")[0].lower()
    return _ACTION.search(name) is not None and not name.startswith(_HARMLESS)


def has_keys_in_env(workflow: Workflow, job: Job, step: Step) -> bool:
    """Tell whether an ``env`` gives the step keys, wherever they are from."""
    return any(keys_of(env).entries for env in (workflow.env, job.env, step.env))


def _files_of(step: Step, context: Context) -> Iterator[tuple[str, bytes]]:
    """Yield name and bytes of the action of the repository that a step runs."""
    folder = step.uses[2:].strip("/")
    for suffix in ("yml", "yaml") if step.uses.startswith("./") else ():
        uri = f"{folder}/action.{suffix}" if folder else f"action.{suffix}"
        data = context.around.read(uri)
        if data:
            yield uri, data


def local_action_wants_token(step: Step, context: Context) -> bool:
    """Tell whether a step runs an action of the repository that first of all assumes a role.

    Steps with an ``if`` do not count: what decides is not known.
    """
    for uri, data in _files_of(step, context):
        if b"role-to-assume" not in data:
            continue
        for root in roots_of(data, uri):
            for inner in steps_of_action(root):
                action = credential_step(inner, data)
                if action is not None:
                    return action.wants_token() and not inner.is_conditional
                if _LEAVES.search(inner.run.encode()):
                    return False
    return False
