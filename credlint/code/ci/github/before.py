"""Whether a step may leave AWS credentials for the steps after it."""

from __future__ import annotations

import re

from credlint.code.ci.github.credentials_action import credential_step
from credlint.code.ci.github.scopes import keys_of
from credlint.code.ci.github.workflow import Job, Step, Workflow
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
        folder = step.uses[2:].strip("/")
        files = [context.around.read(f"{folder}/action.{suffix}") for suffix in ("yml", "yaml")]
        return any(_LEAVES.search(data) is not None for data in files if data)
    name = step.uses.partition("@")[0].lower()
    return _ACTION.search(name) is not None and not name.startswith(_HARMLESS)


def has_keys_in_env(workflow: Workflow, job: Job, step: Step) -> bool:
    """Tell whether an ``env`` gives the step keys, wherever they are from."""
    return any(keys_of(env).entries for env in (workflow.env, job.env, step.env))
