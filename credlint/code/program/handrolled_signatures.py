"""SRC206: requests that are signed by hand (Signature Version 4).

AWS General Reference, "Create a signed AWS API request": the key is derived from ``AWS4`` and the
secret key by four HMACs, and the text to sign begins with ``AWS4-HMAC-SHA256``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from credlint.code.program.lexer import Program
from credlint.code.sighting import Context, Sighting

ALGORITHM = "AWS4-HMAC-SHA256"
SCOPE = "aws4_request"
PREFIX = "AWS4"
_HMAC = re.compile(r"hmac", re.IGNORECASE)
# Copies of SDKs, and libraries whose purpose the signature is.
VENDORED = re.compile(
    r"(?:\A|/)(?:vendor|node_modules|third_party|thirdparty|external|deps|dist|build|packages)/"
    r"|aws-?sdk|sigv4|signature_?v4|aws-?4|aws-?sign|request-?signer|minio|\.min\.js\Z"
    r"|(?:\A|/)(?:signer|signing|signature|auth)/",
    re.IGNORECASE,
)


def check(program: Program, context: Context) -> Iterator[Sighting]:
    """Yield the place of the algorithm's name, once for each program."""
    if context.is_test:
        return
    at = None
    has_prefix = has_scope = False
    for literal in program.strings:
        if at is None and ALGORITHM in literal.value:
            at = literal
        has_scope = has_scope or SCOPE in literal.value
        starts = literal.value == PREFIX or literal.value.startswith((PREFIX + "$", PREFIX + "#{"))
        has_prefix = has_prefix or starts
    if at is None or not has_scope or not has_prefix or not _HMAC.search(program.code):
        return
    own = context.is_documentation or VENDORED.search(context.uri) is not None
    yield Sighting(
        start=at.start,
        end=at.end,
        message=(
            "Requests are signed by hand (Signature Version 4); slips in encoding and clock are "
            "answered with SignatureDoesNotMatch, and the keys come from no chain."
        ),
        level="note" if own else None,
        subject="signature version 4",
    )
