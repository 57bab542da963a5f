"""Hands the matches to the inspectors of their kinds and lets one finding stand per place."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from importlib import import_module
from typing import Callable, Optional

from credlint.secrets.candidate import Candidate, Match, TextView

Inspector = Callable[[Sequence[Match], TextView], Iterable[Candidate]]

# The values that a pattern's `kind` may have, and who judges all matches of a document that are
# of his kinds, together: (module of this room, function). Imported when such a match is met.
INSPECTORS: dict[str, tuple[str, str]] = {
    "token": ("tokens", "inspect_tokens"),
    "azure-shared-access": ("shared_access", "inspect_shared_access"),
    "stored-value": ("stored_values", "inspect_stored_values"),
    "url-password": ("urls", "inspect_urls"),
    "connection-string": ("connection_strings", "inspect_connection_strings"),
    "private-key": ("private_keys", "inspect_private_keys"),
    "putty-key": ("private_keys", "inspect_putty_keys"),
    "encoded-private-key": ("private_keys", "inspect_encoded_keys"),
    "jwt": ("json_web_tokens", "inspect_tokens"),
    "encrypted-jwt": ("json_web_tokens", "inspect_encrypted_tokens"),
    "encoded-jwt": ("json_web_tokens", "inspect_encoded_tokens"),
    "basic-login": ("basic_logins", "inspect_basic_logins"),
    "encoded-registries": ("basic_logins", "inspect_encoded_registries"),
    "password-hash": ("password_hashes", "inspect_hashes"),
    "kubernetes-secret": ("kubernetes", "inspect_manifests"),
    "key-store": ("key_stores", "inspect_key_stores"),
    "checked-key": ("key_texts", "inspect_checked_keys"),
    "armoured-key": ("key_texts", "inspect_armoured_keys"),
    "jwk": ("jwk", "inspect_jwks"),
    "service-key": ("services.inspect", "inspect_service_keys"),
    "assignment": ("generic.inspect", "inspect_assignments"),
    "aws-key-id": ("aws.keys", "inspect_aws_keys"),
    "aws-secret-key": ("aws.keys", "inspect_aws_keys"),
    "aws-smtp-password": ("aws.keys", "inspect_aws_keys"),
    "aws-smtp-host": ("aws.keys", "inspect_aws_keys"),
    "aws-session-token": ("aws.session_tokens", "inspect_session_tokens"),
    "aws-bedrock-key": ("aws.bedrock", "inspect_bedrock_keys"),
    "aws-presigned-url": ("aws.presigned", "inspect_presigned_urls"),
    "aws-account-id": ("aws.account_ids", "inspect_account_ids"),
    "aws-service-user": ("aws.service_credentials", "inspect_service_users"),
    "aws-service-secret": ("aws.service_credentials", "inspect_service_secrets"),
    "codeartifact-token": ("aws.service_credentials", "inspect_codeartifact_tokens"),
    "aws-console-csv": ("aws.console_csv", "inspect_console_csv"),
    "aws-sso-cache": ("aws.caches", "inspect_caches"),
    "terraform-state": ("aws.terraform", "inspect_state"),
}
# Kinds of which a match is judged by what stands around it, whatever else the document holds:
# where a part of a text is new, those in it tell all. (A bare key beside an id is no match.)
ALONE = frozenset(
    {
        "assignment",
        "service-key",
        "token",
        "url-password",
        "connection-string",
        "basic-login",
        "aws-key-id",
        "aws-secret-key",
    }
)
AWS = "aws"
# These say that a secret stands there, not of what kind it is.
PLACED = frozenset(
    {
        "stored-value",
        "url-password",
        "connection-string",
        "basic-login",
        "encoded-registries",
        "kubernetes-secret",
    }
)
# A rule with this tag only speaks where no other does.
GENERIC = "generic"
# A rule with this tag knows no more of a value than the name beside it.
BY_NAME = "by-name"


def inspect(
    matches: Sequence[Match],
    view: TextView,
    reported: Optional[frozenset[str]] = None,
) -> list[Candidate]:
    """Return what of the matches is worth reporting, in the order of the text.

    ``reported``: the codes of the rules that are switched on, None for all.
    """
    groups: dict[tuple[str, str], list[Match]] = {}
    for match in matches:
        groups.setdefault(INSPECTORS[match.pattern.spec.kind], []).append(match)
    candidates: list[Candidate] = []
    for place, group in groups.items():
        candidates.extend(_inspector(*place)(group, view))
    if any(AWS in entry.pattern.rule.tags for entry in candidates):
        from credlint.secrets.aws.file_rules import take_over  # noqa: PLC0415  where it is needed

        candidates = take_over(candidates, view, reported)
    if any(GENERIC in entry.pattern.rule.tags for entry in candidates):
        from credlint.secrets.services.inspect import name_services  # noqa: PLC0415  likewise

        candidates = name_services(candidates, view, reported)
    return _one_per_place(
        [entry for entry in candidates if reported is None or entry.pattern.rule.id in reported]
    )


def judged_alike(one: str, other: str) -> bool:
    """Tell whether texts under the two paths are judged alike, where no key is found in them."""
    return one == other or _nature_of(one) == _nature_of(other)


@lru_cache(maxsize=4096)
def _nature_of(uri: str) -> tuple[str, bool, bool]:
    """Return what of a path the judges go by: its ending, AWS' name in it, a table of words."""
    from credlint.secrets.generic.inspect import TRANSLATION  # noqa: PLC0415  for changed files
    from credlint.secrets.password_hashes import TABLES  # noqa: PLC0415

    low = uri.lower()
    ending = low.rpartition("/")[2].rpartition(".")[2]
    if low.endswith(TABLES):
        ending = low
    return ending, "aws" in low, TRANSLATION.search(uri) is not None


@lru_cache(maxsize=64)
def _inspector(module: str, function: str) -> Inspector:
    found: Inspector = getattr(import_module(f"credlint.secrets.{module}"), function)
    return found


def _weight(candidate: Candidate) -> int:
    """Return how much is known of a candidate.

    0 that it looks random, 1 its name, 2 its place, 3 its form.
    """
    tags = candidate.pattern.rule.tags
    if GENERIC in tags or BY_NAME in tags:
        return int(BY_NAME in tags)
    return 2 if candidate.pattern.spec.kind in PLACED else 3


def _one_per_place(candidates: list[Candidate]) -> list[Candidate]:
    """Drop a candidate that lies within or across another: a value is reported once.

    The one of more weight stands, of equals the longer.
    """
    chosen: list[Candidate] = []
    for candidate in sorted(candidates, key=_order):
        while chosen and candidate.start < chosen[-1].end and _outranks(candidate, chosen[-1]):
            chosen.pop()
        if not chosen or candidate.start >= chosen[-1].end:
            chosen.append(candidate)
    return chosen


def _order(candidate: Candidate) -> tuple[int, int, int, str, bool]:
    rule, taken_over = candidate.pattern.rule.id, bool(candidate.found_by)
    return candidate.start, -_weight(candidate), -candidate.end, rule, taken_over


def _outranks(candidate: Candidate, other: Candidate) -> bool:
    if _weight(candidate) != _weight(other):
        return _weight(candidate) > _weight(other)
    return candidate.end - candidate.start > other.end - other.start
