"""SRC204 in programs: the internal identity of an instance taken for its role."""

from __future__ import annotations

from collections.abc import Iterator

from credlint.code.metadata_addresses import IDENTITY_CREDENTIALS, identity_message
from credlint.code.program.lexer import Program
from credlint.code.sighting import Context, Sighting


def check(program: Program, context: Context) -> Iterator[Sighting]:
    """Yield the strings with that path."""
    if context.is_test:
        return
    for literal in program.strings_between(0, program.tests_from):
        if IDENTITY_CREDENTIALS in literal.value:
            yield Sighting(
                start=literal.start,
                end=literal.end,
                message=identity_message(),
                level="note" if context.is_documentation else None,
                subject=IDENTITY_CREDENTIALS,
            )
