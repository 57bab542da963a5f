"""SRC204 in scripts: the internal identity of an instance taken for its role."""

from __future__ import annotations

from collections.abc import Iterator

from credlint.code.metadata_addresses import (
    IDENTITY_CREDENTIALS,
    identity_message,
    is_meant_for_identity,
)
from credlint.code.shell.requests import iter_requests
from credlint.code.shell.script import Script
from credlint.code.sighting import Context, Sighting


def check(script: Script, context: Context) -> Iterator[Sighting]:
    """Yield the requests for those credentials."""
    if is_meant_for_identity(script.text):
        return
    for request in iter_requests(script):
        if IDENTITY_CREDENTIALS in request.address.path:
            yield Sighting(
                start=request.url.start,
                end=request.url.end,
                message=identity_message(),
                level="note" if context.is_documentation or context.is_test else None,
                subject=IDENTITY_CREDENTIALS,
            )
