"""SRC204 in programs: the internal identity of an instance taken for its role."""

from __future__ import annotations

import re
from collections.abc import Iterator

from credlint.code.metadata_addresses import (
    IDENTITY_CREDENTIALS,
    asks_several_clouds,
    identity_message,
    is_meant_for_identity,
)
from credlint.code.program.lexer import Literal, Program
from credlint.code.sighting import Context, Sighting

_COMMAND = re.compile(r"\b(?:curl|wget)\b")


def check(program: Program, context: Context) -> Iterator[Sighting]:
    """Yield the strings with that path."""
    if context.is_test or is_meant_for_identity(program.text):
        return
    quiet = context.is_documentation or asks_several_clouds(program.text)
    for literal in program.strings_between(0, program.tests_from):
        if IDENTITY_CREDENTIALS in literal.value and _is_asked(program, literal):
            yield Sighting(
                start=literal.start,
                end=literal.end,
                message=identity_message(),
                level="note" if quiet else None,
                subject=IDENTITY_CREDENTIALS,
            )


def _is_asked(program: Program, literal: Literal) -> bool:
    """Tell whether a string is an address or a command; steps of pipelines are read as scripts."""
    if len(literal.value.split()) == 1:
        return True
    return program.language != "groovy" and _COMMAND.search(literal.value) is not None
