"""IAC127 in Azure Pipelines: keys in ``variables``, in ``env`` of steps, and in scripts.

Service connections of the AWS Toolkit are not judged: the file does not say what they hold.
"""

from __future__ import annotations

from collections.abc import Iterator

from credlint.code.ci.pipeline_keys import System, look
from credlint.code.marked.document import MarkedDocument
from credlint.code.sighting import Context, Sighting

_SYSTEM = System(
    "Azure",
    ("variables", "env"),
    ("script", "bash", "pwsh", "powershell", "inlineScript"),
    "Make a service connection of the AWS Toolkit with `Use OIDC` and a role, and run tasks such "
    "as `AWSShellScript@1` with it.",
)


def check(document: MarkedDocument, context: Context) -> Iterator[Sighting]:
    """Yield keys of a pipeline."""
    return look(document, context, _SYSTEM)
