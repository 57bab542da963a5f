"""SRC201 in scripts: requests to the metadata service of EC2 without a token."""

from __future__ import annotations

import re
from collections.abc import Iterator

from credlint.code.metadata_addresses import TOKEN_HEADER
from credlint.code.shell.requests import Request, iter_requests
from credlint.code.shell.script import Script
from credlint.code.shell.token_fix import token_fixes
from credlint.code.sighting import Context, Sighting
from credlint.model.finding import Level

_LIKE_THE_HEADER = re.compile(r"aws.?ec2.?meta|metadata.?token", re.IGNORECASE)
_OTHER_CLOUD = re.compile(r"Metadata(?:-Flavor)?\Z|X-Google|X-aliyun", re.IGNORECASE)
_STACKS = re.compile(rb"openstack|cloudstack|eucalyptus|nutanix", re.IGNORECASE)
_BRANCHES = ("if_statement", "else_clause", "elif_clause", "case_item")


def check(script: Script, context: Context) -> Iterator[Sighting]:
    """Yield the requests that send no token and for which nothing else may do so."""
    every = list(iter_requests(script))
    bare = [request for request in every if _has_no_token(request)]
    if not bare:
        return
    asks = any(request.address.is_token for request in every)
    for request, fix in zip(bare, token_fixes(script, bare)):
        level, reason = _level(script, context, request, asks=asks)
        tool = "curl" if request.is_curl else "wget"
        message = (
            f"`{tool}` asks the metadata service of EC2 without a token; "
            "it answers 401 where IMDSv2 is required."
        )
        yield Sighting(
            start=request.tool.start,
            end=max(request.command.end, request.tool.end),
            message=f"{message} {reason}".rstrip(),
            level=level,
            subject=f"{tool} {request.address.path}",
            fix=fix,
        )


def _has_no_token(request: Request) -> bool:
    if not request.address.is_of_ec2 or request.address.is_token or not request.is_whole:
        return False
    for header in request.headers:
        if header.name.startswith("$") or _LIKE_THE_HEADER.search(header.name):
            return False
        if _OTHER_CLOUD.match(header.name) or TOKEN_HEADER.lower() in header.value.lower():
            return False
    return request.method in ("GET", "HEAD")


def _level(script: Script, context: Context, request: Request, *, asks: bool) -> tuple[Level, str]:
    if context.is_documentation:
        return "note", "It stands in an example."
    if context.is_test:
        return "note", "It stands in a test."
    if _STACKS.search(script.text):
        return "note", "The script knows other clouds that answer at the same address."
    branch = request.command.place.within(*_BRANCHES, "list")
    if asks and branch is not None:
        return (
            "warning",
            "A token is fetched elsewhere; this may be what the script falls back to.",
        )
    return "error", ""
