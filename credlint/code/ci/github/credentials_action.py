"""The inputs of ``aws-actions/configure-aws-credentials`` and which way it gets credentials.

From the action's ``action.yml`` and ``src/index.ts`` (``useGitHubOIDCProvider``), tags v1.7.0 to
v6.2.3: a token of GitHub is used where ``role-to-assume`` is given, the job has
``id-token: write``, and there is neither ``aws-access-key-id``, ``web-identity-token-file`` nor
``role-chaining`` (since v2.2), nor ``force-skip-oidc`` (since v5). Else keys that are given, else
what the machine has.
"""

from __future__ import annotations

import re
from typing import Optional

from credlint.code.ci.github.workflow import Step, uses_entry
from credlint.code.ci.written import is_expression, named, written
from credlint.code.marked.nodes import Entry, Mapping
from credlint.model.lean_tuples import NamedTuple

# Copies of it (mirrors on GitHub Enterprise Server) keep the name.
_ACTION = re.compile(r"[^/\s]+/configure-aws-credentials(?:@(\S+))?\Z", re.IGNORECASE)
_TAG = re.compile(r"v([0-9]{1,3})(?![0-9])")
_MAJOR = re.compile(rb"\bv?([1-9])(?:\.[0-9]+){0,2}\b")
_TRUE = ("true", "yes", "1")
KEY_INPUTS = ("aws-access-key-id", "aws-secret-access-key", "aws-session-token")


class CredentialStep(NamedTuple):
    """A step that runs the action; ``major``: its version, None where only a commit is named."""

    step: Step
    inputs: Mapping
    major: Optional[int]

    def entry(self, name: str) -> Optional[Entry]:
        """Return an input that is given and not empty."""
        found = named(self.inputs, name)
        return found if found is not None and written(found.value).strip() else None

    def is_on(self, name: str) -> bool:
        """Tell whether a switch is set, or set to what is not known."""
        found = self.entry(name)
        text = written(found.value).strip().lower() if found is not None else ""
        return text in _TRUE or is_expression(text)

    def exports(self) -> bool:
        """Tell whether later steps get its credentials by their environment."""
        said = self.entry("output-env-credentials")
        if said is not None:
            return written(said.value).strip().lower() != "false"
        return self.entry("aws-profile") is None

    def wants_token(self) -> bool:
        """Tell whether it gets credentials by GitHub's token, if the job may have one."""
        return self.entry("role-to-assume") is not None and not (
            self.entry("aws-access-key-id")
            or self.entry("web-identity-token-file")
            or self.is_on("role-chaining")
            or self.is_on("force-skip-oidc")
        )


def credential_step(step: Step, text: bytes) -> Optional[CredentialStep]:
    """Return what the step does if it runs the action."""
    found = _ACTION.match(step.uses)
    if found is None or step.inputs is None:
        return None
    return CredentialStep(step, step.inputs, _major(found.group(1) or "", step, text))


def _major(reference: str, step: Step, text: bytes) -> Optional[int]:
    """Return the version of ``@v4.1.0``, or of a comment behind a commit (``@… # v4.1.0``)."""
    named = _TAG.match(reference)
    if named is not None:
        return int(named.group(1))
    entry = uses_entry(step)
    if entry is None:
        return None
    end = text.find(b"\n", entry.value.end)
    behind = text[entry.value.end : end if end >= 0 else len(text)].partition(b"#")[2]
    version = _MAJOR.search(behind)
    return int(version.group(1)) if version is not None else None
