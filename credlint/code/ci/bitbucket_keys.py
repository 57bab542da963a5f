"""IAC127 in Bitbucket Pipelines: keys in variables of pipes and in scripts.

Pipes of AWS take ``AWS_OIDC_ROLE_ARN`` instead, in steps with ``oidc: true``.
"""

from __future__ import annotations

from collections.abc import Iterator

from credlint.code.ci.pipeline_keys import System, look
from credlint.code.marked.document import MarkedDocument
from credlint.code.sighting import Context, Sighting

_SYSTEM = System(
    "Bitbucket",
    ("variables",),
    ("script", "after-script"),
    "Let a role trust Bitbucket's issuer, say `oidc: true` in the step, and give pipes "
    "`AWS_OIDC_ROLE_ARN`.",
)


def check(document: MarkedDocument, context: Context) -> Iterator[Sighting]:
    """Yield keys of a pipeline."""
    return look(document, context, _SYSTEM)
