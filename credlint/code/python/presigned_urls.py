"""SRC109: presigned URLs that are to live longer than the credentials that sign them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Literal, Optional

from credlint.code.python.arguments import given
from credlint.code.python.callees import Call
from credlint.code.python.deployment import is_function
from credlint.code.python.endpoints import address_of, is_elsewhere, is_none
from credlint.code.python.module import Module
from credlint.code.python.numbers import number_of
from credlint.code.python.shapes import UNKNOWN
from credlint.code.python.signatures import CLIENTS, KEY_NAMES, SESSIONS
from credlint.code.sighting import Context, Sighting
from credlint.model.finding import Level
from credlint.model.lazy_expressions import lazy_compile

# Amazon S3 User Guide, "Download and upload objects with presigned URLs": at most seven days.
_MOST_SECONDS = 604_800
# IAM User Guide, "Methods to assume a role": a session lasts at most twelve hours.
_ROLE_SECONDS = 43_200
_HOUR = 3600
# Where S3 still takes Signature Version 2, whose URLs have no limit, botocore presigns with it
# unless told otherwise (1.44.5, client.py, `_default_s3_presign_to_sigv2`; regions with "s3" among
# the signatureVersions of data/endpoints.json).
_OLD_REGIONS = frozenset(
    (
        *(b"us-east-1", b"us-west-1", b"us-west-2", b"eu-west-1", b"sa-east-1"),
        *(b"ap-northeast-1", b"ap-southeast-1", b"ap-southeast-2", b"us-gov-west-1"),
    )
)
_REGION = lazy_compile(rb"[\"']([a-z]{2}(?:-gov|-iso[a-z]?)?-[a-z]{4,9}-\d)[\"']")
_OF_S3 = lazy_compile(r"(?:.*_)?(?:object|objects|bucket|buckets|part|parts|upload)(?:_.*|\d)?\Z")


def check(module: Module, context: Context) -> Iterator[Sighting]:
    """Yield the URLs whose expiry is spelled out and too far away."""
    for call in module.callees.named(("generate_presigned_url", "generate_presigned_post")):
        if not call.is_aws:
            continue
        arguments = given(module, call)
        seconds = number_of(module.evaluate, arguments.get("ExpiresIn"), call.scope)
        if seconds is None:
            continue
        judged = _judged(module, call, arguments, seconds)
        if judged is None:
            continue
        level, message = judged
        if level == "warning" and (context.is_test or context.is_documentation):
            level = "note"
        start, end, _ = module.span(call.node)
        yield Sighting(
            start=start,
            end=end,
            message=f"ExpiresIn={int(seconds)} seconds of {call.method}() is {message}",
            level=level,
            subject=f"{call.callee}({int(seconds)})",
        )


def _judged(
    module: Module, call: Call, arguments: dict[str, ast.expr], seconds: float
) -> Optional[tuple[Level, str]]:
    elsewhere = _goes_elsewhere(module)
    is_too_long = seconds > _MOST_SECONDS
    is_refused = is_too_long and _is_version_4(module, call, arguments)
    if elsewhere == "yes" and not is_refused:
        return None  # other stores have no roles whose keys end
    if is_too_long:
        message = "over the seven days that Signature Version 4 allows"
        if is_refused:
            level: Level = "error" if elsewhere == "no" else "warning"
            return level, f"{message}: the URL is refused from the beginning."
        regions = set(_REGION.findall(module.text))
        # What a user signs for an old region is taken.
        is_taken = regions and regions <= _OLD_REGIONS and _has_own_keys(module)
        return "note" if is_taken or elsewhere == "perhaps" else "warning", (
            f"{message}: regions that came after 2013 refuse it, "
            "and the credentials of a role end much sooner."
        )
    if seconds > _ROLE_SECONDS:
        message = "longer than the credentials of any role live: the URL dies with them."
        is_noted = elsewhere == "perhaps" or _has_own_keys(module)
        return ("note" if is_noted else "warning"), message
    if seconds > _HOUR and is_function(module):
        return "note", "longer than an hour: the URL ends with the credentials of the function."
    return None


def _is_version_4(module: Module, call: Call, arguments: dict[str, ast.expr]) -> bool:
    """Tell whether the URL is signed with Signature Version 4 for certain."""
    if call.method == "generate_presigned_post":
        return False  # what ends is said in a policy, which has no such limit
    method = module.evaluate.text(arguments.get("ClientMethod"), call.scope)
    if method is not None and not _OF_S3.match(method.value.reveal()):
        return True
    if b"s3v4" in module.text:
        return True
    regions = set(_REGION.findall(module.text))
    return bool(regions) and regions.isdisjoint(_OLD_REGIONS)


def _goes_elsewhere(module: Module) -> Literal["yes", "perhaps", "no"]:
    """Tell whether clients go to another store than AWS'."""
    told: Literal["perhaps", "no"] = "no"
    for call in module.callees.named(CLIENTS):
        endpoint = given(module, call).get("endpoint_url")
        if is_elsewhere(module, call, endpoint):
            address = address_of(module, call, endpoint)
            if address.host.strip(UNKNOWN):
                return "yes"
            told = "perhaps"
    return told


def _has_own_keys(module: Module) -> bool:
    """Tell whether the module gives keys of its own to a client: those of a user do not end."""
    for call in module.callees.named(CLIENTS | SESSIONS):
        arguments = given(module, call)
        if KEY_NAMES[0] in arguments and is_none(arguments.get(KEY_NAMES[2])):
            return True
    return False
