"""SRC207 in programs: requests that are signed with Signature Version 2 (HMAC-SHA1)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from credlint.code.program.handrolled_signatures import VENDORED
from credlint.code.program.lexer import Literal, Program
from credlint.code.sighting import Context, Sighting

SHA1 = re.compile(rb"sha-?1", re.IGNORECASE)
HMAC = re.compile(rb"hmac", re.IGNORECASE)
# `s3.amazonaws.com/doc/…` is the namespace of S3's XML, which every store that speaks S3 writes.
HOST = re.compile(r"\bamazonaws\.com(?!/doc/)")
PREFIX = "AWS "
_JOINED = re.compile(r"\s{0,80}(?:\+|\.(?!\.))")
_COMPARED = re.compile(r"(?:[=!]==?|\.equals\()\s{0,80}\Z")
# `AWS id:signature` with both put in, as each language writes that.
_WHOLE = re.compile(
    r"\AAWS (?:[#$]\{.{1,200}?\}|%[sv@]|\{\w{0,40}\}|\{?\$[\w>()\[\]-]{1,200}\}?)"
    r":(?:[#$]?\{|%[sv@]|\$)"
)
_FAR = 300
_FEW = 4


def check(program: Program, context: Context) -> Iterator[Sighting]:
    """Yield the header `AWS id:signature` beside an HMAC with SHA-1, in programs for AWS."""
    if context.is_test or b"amazonaws.com" not in program.text:
        return
    if not SHA1.search(program.text) or not HMAC.search(program.text):
        return
    literals = program.strings_between(0, program.tests_from)
    if not any(HOST.search(literal.value) for literal in literals):
        return  # a comment alone speaks of AWS: the program is for a store that speaks S3
    quiet = context.is_documentation or VENDORED.search(context.uri) is not None
    for literal in literals:
        if _WHOLE.match(literal.value) or _begins_header(program, literal):
            yield old_signature(literal.start, literal.end, quiet=quiet)
            return


def old_signature(start: int, end: int, *, quiet: bool) -> Sighting:
    """Return what is to be said of such a header at a place."""
    return Sighting(
        start=start,
        end=end,
        message=(
            "A request to AWS is signed with Signature Version 2, which regions since 2014 "
            "refuse and new buckets of S3 do not take."
        ),
        level="note" if quiet else None,
        subject="signature version 2",
    )


def _begins_header(program: Program, literal: Literal) -> bool:
    """Tell whether `AWS `, something and a colon are joined, and not to be compared.

    What compares such a header, or looks for its beginning, is a server.
    """
    if literal.value != PREFIX or not _JOINED.match(program.code, literal.end):
        return False
    if _COMPARED.search(program.code, max(0, literal.start - 100), literal.start):
        return False
    behind = program.strings_between(literal.end, literal.end + _FAR)[:_FEW]
    return any(each.value.startswith(":") for each in behind)
