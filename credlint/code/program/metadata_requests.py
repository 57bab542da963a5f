"""SRC201 in programs: requests to the metadata service of EC2 without a token.

What is sent with a request is not followed. So a program that speaks of tokens anywhere is silent.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator

from credlint.code.metadata_addresses import MetadataUrl, find_address
from credlint.code.program.lexer import Call, Literal, Program
from credlint.code.sighting import Context, Sighting, Span
from credlint.model.finding import Level

_TOKEN = re.compile(rb"token|imdsv2", re.IGNORECASE)
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
_NAMES = r"\b(?:Invoke-(?:RestMethod|WebRequest)|irm|iwr|curl|wget)\b"
_COMMANDS = re.compile(_NAMES, re.IGNORECASE)
_BARE = re.compile(_NAMES + r"[^\n;|)]{0,200}?[ \t](http://[^\s;|)'\"]{1,200})", re.IGNORECASE)


def check(program: Program, context: Context) -> Iterator[Sighting]:
    """Yield requests in a program that never speaks of a token (SRC201)."""
    if context.is_test or _TOKEN.search(program.text) or _STACKS.search(program.text):
        return
    found = []
    for literal in program.strings_between(0, program.tests_from):
        address = find_address(literal.value)
        if address is not None and address.start == 0 and address.is_of_ec2:
            found.append((literal, address))
    if program.language == "powershell":
        yield from _bare_words(program, context)
    if not found:
        return
    calls = sorted(program.calls(*_CALLS), key=lambda call: call.open)
    opens = [call.open for call in calls]
    for literal, address in found:
        within = _calls_around(calls, opens, literal)
        if not within and not calls and program.language != "powershell":
            continue
        direct = any(_is_decisive(program, call) for call in within) or _is_command(
            program, literal
        )
        place = Span(literal.start, literal.end)
        yield _sighting(context, place, address, direct=direct)


def _sighting(context: Context, place: Span, address: MetadataUrl, *, direct: bool) -> Sighting:
    return Sighting(
        start=place.start,
        end=place.end,
        message=(
            "The metadata service of EC2 is asked, and nothing here fetches a token; it "
            "answers 401 where IMDSv2 is required."
        ),
        level=_level(context, direct=direct),
        subject=address.path,
    )


def _calls_around(calls: list[Call], opens: list[int], literal: Literal) -> list[Call]:
    near = calls[bisect_left(opens, literal.start - _NEAR) : bisect_left(opens, literal.start)]
    return [call for call in near if literal.start < call.end]


def _is_decisive(program: Program, call: Call) -> bool:
    return call.name in _DECISIVE or program.code.endswith("axios.", 0, call.start)


def _bare_words(program: Program, context: Context) -> Iterator[Sighting]:
    """PowerShell: `curl http://…` without quotes."""
    for found in _BARE.finditer(program.code):
        address = find_address(found[1])
        if address is not None and address.is_of_ec2:
            yield _sighting(context, Span(*found.span(1)), address, direct=True)


def _is_command(program: Program, literal: Literal) -> bool:
    """PowerShell: `Invoke-RestMethod -Uri "…"`."""
    if program.language != "powershell":
        return False
    line = program.code.rfind("\n", 0, literal.start) + 1
    return _COMMANDS.search(program.code, line, literal.start) is not None


def _level(context: Context, *, direct: bool) -> Level:
    if context.is_documentation:
        return "note"
    return "error" if direct else "warning"
