"""SRC201 in programs: requests to the metadata service of EC2 without a token.

What is sent with a request is not followed. So a program that speaks of tokens anywhere is silent.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from credlint.code.metadata_addresses import find_address
from credlint.code.program.lexer import Call, Literal, Program
from credlint.code.sighting import Context, Sighting
from credlint.model.finding import Level

_TOKEN = re.compile(
    rb"ec2-metadata-token|/api/token|imdsv2|metadatatoken|metadata_token|ImdsV2", re.IGNORECASE
)
_STACKS = re.compile(rb"openstack|cloudstack|eucalyptus|nutanix", re.IGNORECASE)
# Calls that send a request with the address they are given.
_CALLS = (
    *("fetch", "axios", "get", "Get", "GET", "request", "Request", "NewRequest", "GetAsync"),
    *("NewRequestWithContext", "GetStringAsync", "DownloadString", "openConnection", "got"),
    *("file_get_contents", "curl_init", "urlopen", "open", "uri", "URI", "URL", "Uri", "create"),
    *("fromURL", "fromFile", "readText", "getForObject", "newBuilder", "parse", "head", "Url"),
)
_DECISIVE = frozenset(
    (
        *("fetch", "axios", "Get", "NewRequest", "NewRequestWithContext", "GetAsync"),
        *("GetStringAsync", "DownloadString", "file_get_contents", "curl_init", "getForObject"),
    )
)
_NEAR = 300


def check(program: Program, context: Context) -> Iterator[Sighting]:
    """Yield requests in a program that never speaks of a token (SRC201)."""
    if context.is_test or _TOKEN.search(program.text):
        return
    found = []
    for literal in program.strings:
        address = find_address(literal.value)
        if address is not None and address.start == 0 and address.is_of_ec2:
            found.append((literal, address))
    if not found:
        return
    calls = sorted(program.calls(*_CALLS), key=lambda call: call.start)
    for literal, address in found:
        within = _calls_around(calls, literal)
        if not within and not calls and program.language != "powershell":
            continue
        direct = any(call.name in _DECISIVE for call in within) or _is_command(program, literal)
        yield Sighting(
            start=literal.start,
            end=literal.end,
            message=(
                "The metadata service of EC2 is asked, and nothing here fetches a token; it "
                "answers 401 where IMDSv2 is required."
            ),
            level=_level(program, context, direct=direct),
            subject=address.path,
        )


def _calls_around(calls: list[Call], literal: Literal) -> list[Call]:
    return [
        call
        for call in calls
        if call.open < literal.start < call.end and literal.start - call.open < _NEAR
    ]


def _is_command(program: Program, literal: Literal) -> bool:
    """PowerShell: `Invoke-RestMethod -Uri "…"`."""
    if program.language != "powershell":
        return False
    line = program.code.rfind("\n", 0, literal.start) + 1
    return (
        re.search(
            r"(?i)\b(?:Invoke-(?:RestMethod|WebRequest)|irm|iwr|curl|wget)\b",
            program.code[line : literal.start],
        )
        is not None
    )


def _level(program: Program, context: Context, *, direct: bool) -> Level:
    if context.is_documentation or _STACKS.search(program.text):
        return "note"
    return "error" if direct else "warning"
