"""SRC207 in programs: requests that are signed with Signature Version 2 (HMAC-SHA1)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from credlint.code.program.handrolled_signatures import VENDORED
from credlint.code.program.lexer import Program
from credlint.code.sighting import Context, Sighting

_SHA1 = re.compile(rb"sha-?1", re.IGNORECASE)
_HMAC = re.compile(rb"hmac", re.IGNORECASE)


def check(program: Program, context: Context) -> Iterator[Sighting]:
    """Yield the header `AWS id:signature` beside an HMAC with SHA-1, in programs for AWS."""
    if context.is_test or b"amazonaws.com" not in program.text:
        return
    if not _SHA1.search(program.text) or not _HMAC.search(program.text):
        return
    quiet = context.is_documentation or VENDORED.search(context.uri) is not None
    for literal in program.strings_between(0, program.tests_from):
        if literal.value == "AWS " or literal.value.startswith(("AWS ${", "AWS #{", "AWS %s:")):
            yield Sighting(
                start=literal.start,
                end=literal.end,
                message=(
                    "A request to AWS is signed with Signature Version 2, which regions since 2014 "
                    "refuse and new buckets of S3 do not take."
                ),
                level="note" if quiet else None,
                subject="signature version 2",
            )
            return
