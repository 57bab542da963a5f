"""SRC211 in programs: certificates that nobody checks, in a program that talks to AWS."""

from __future__ import annotations

import re
from collections.abc import Iterator

from credlint.code.program.lexer import Program
from credlint.code.sighting import Context, Sighting

# What switches the check off, in the code with the insides of strings blank; a group `at`.
_SWITCHES: dict[str, tuple[re.Pattern[str], ...]] = {
    "javascript": (
        re.compile(r"\brejectUnauthorized\s{0,8}:\s{0,8}false\b"),
        re.compile(r"\bNODE_TLS_REJECT_UNAUTHORIZED\b\s{0,8}=(?!=)\s{0,8}[\"'0]"),
    ),
    "go": (re.compile(r"\bInsecureSkipVerify\s{0,8}[:=]\s{0,8}true\b"),),
    "ruby": (
        re.compile(r"\bssl_verify_peer\s{0,8}(?::|=>|=)\s{0,8}false\b"),
        re.compile(r"\bOpenSSL::SSL::VERIFY_NONE\b"),
    ),
}
# What only programs with a client of AWS say.
_CLIENTS = {
    "javascript": re.compile(rb"['\"]aws-sdk|@aws-sdk/|@smithy/node-http-handler"),
    "go": re.compile(rb"github\.com/aws/aws-sdk-go|\"github\.com/minio"),
    "ruby": re.compile(rb"\bAws::|['\"]aws-sdk|\bAWS\."),
}
_STAND_INS = re.compile(
    rb"localhost|127\.0\.0\.1|localstack|minio|\bceph\b|endpoint", re.IGNORECASE
)


def check(program: Program, context: Context) -> Iterator[Sighting]:
    """Yield each switch beside a client of AWS."""
    client = _CLIENTS.get(program.language)
    if client is None or not client.search(program.text):
        return
    quiet = context.is_documentation or context.is_test or _STAND_INS.search(program.text)
    for switch in _SWITCHES[program.language]:
        for found in switch.finditer(program.code):
            name = re.split(r"[\s:=]", found[0], maxsplit=1)[0] or found[0]
            if name == "NODE_TLS_REJECT_UNAUTHORIZED" and not _is_zero(program, found.end()):
                continue
            yield Sighting(
                start=found.start(),
                end=found.end(),
                message=(
                    f"{name} switches the check of certificates off beside a client of AWS; "
                    "whoever is on the way reads and changes the requests, session tokens included."
                ),
                level="note" if quiet else "warning",
                subject=name,
            )


def _is_zero(program: Program, end: int) -> bool:
    return program.text[end - 1 : end + 1].strip(b"\"'")[:1] == b"0"
