"""SRC204 in Python: the internal identity of an instance taken for its role.

Told of requests alone: lists of such addresses are what scanners try.
"""

from __future__ import annotations

from collections.abc import Iterator

from credlint.code.metadata_addresses import (
    IDENTITY_CREDENTIALS,
    identity_message,
    is_meant_for_identity,
)
from credlint.code.python.http_calls import iter_http_calls
from credlint.code.python.module import Module
from credlint.code.python.urls import start_of
from credlint.code.sighting import Context, Sighting


def check(module: Module, context: Context) -> Iterator[Sighting]:
    """Yield the requests for those credentials."""
    if context.is_test or is_meant_for_identity(module.text):
        return
    for call in iter_http_calls(module):
        if IDENTITY_CREDENTIALS in start_of(module.evaluate, call.address, call.scope).text:
            start, end, _ = module.span(call.node)
            yield Sighting(
                start=start,
                end=end,
                message=identity_message(),
                level="note" if context.is_documentation else None,
                subject=IDENTITY_CREDENTIALS,
            )
