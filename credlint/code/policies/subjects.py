"""What is wrong with subjects that no token has; the forms are those of ``providers``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Optional

from credlint.code.policies.providers import UNKNOWN
from credlint.model.finding import Level
from credlint.model.lean_tuples import NamedTuple

_REPOSITORY = re.compile(
    r"repo:(?P<owner>[^/:]+)/(?P<name>[^/:]+)(?::(?P<context>.*))?\Z", re.DOTALL
)
_REFS = ("refs/heads/", "refs/tags/", "refs/pull/")
_ADDRESSES = ("repo:http", "repo:git@", "repo:github.com/")
_SERVICE_ACCOUNT = re.compile(r"system:serviceaccount:[^:/]+:[^:/]+\Z")
# Repositories that were made, renamed or moved since have ids in their subjects
# (github.blog/changelog, "Immutable subject claims for GitHub Actions OIDC tokens").
_IDS_SINCE = "15 July 2026"


class Fault(NamedTuple):
    """``level``: None for the rule's own."""

    level: Optional[Level]
    message: str


def shown(text: str) -> str:
    """Return a text with a sign for what is not known."""
    return text.replace(UNKNOWN, "…")


def faults_of(title: str, text: str, *, is_exact: bool) -> Iterator[Fault]:
    """Yield what is wrong with a subject or a pattern of it, the worst first.

    ``is_exact``: it is compared as a whole, without wildcards.
    """
    none = f'No subject of {title} is like "{shown(text)}"'
    if title == "GitLab" and ":ref:refs/" in text:
        yield Fault(None, f"{none}: its refs are bare names.")
    if title == "EKS" and is_exact and UNKNOWN not in text and not _SERVICE_ACCOUNT.match(text):
        yield Fault(None, f"{none}: it is system:serviceaccount:NAMESPACE:NAME.")
    if title == "GitHub":
        yield from _faults_on_github(none, text, is_exact=is_exact)


def _faults_on_github(none: str, text: str, *, is_exact: bool) -> Iterator[Fault]:
    if text.startswith(_ADDRESSES):
        yield Fault(None, f"{none}: it says OWNER/REPO, no address.")
    found = _REPOSITORY.match(text)
    if found is None or UNKNOWN in found["owner"] + found["name"]:
        return
    owner, name, context = found["owner"], found["name"], found["context"]
    if ("@" in owner) != ("@" in name) and "*" not in name:
        yield Fault(
            None, f"{none}: owner and repository both have their ids behind an @, or neither."
        )
    if context is None and is_exact:
        yield Fault(
            "warning",
            f'Subjects of GitHub go on behind "{shown(text)}" with a branch, a tag or an '
            "environment, so none matches unless the repository has a form of its own.",
        )
    if context is not None and context.startswith("ref:") and not _is_ref(context[4:]):
        yield Fault(None, f"{none}: its refs are refs/heads/… or refs/tags/….")
    if context is not None and context.startswith("refs/"):
        yield Fault(None, f'{none}: a ref follows "ref:".')
    fits_ids = owner.endswith("*") and name.startswith("*") and name.endswith("*")
    if "@" not in owner and UNKNOWN not in text and not fits_ids:
        yield Fault(
            "note",
            f'"{text}" is the form of repositories from before {_IDS_SINCE}; those made, renamed '
            "or moved since have ids in it (OWNER@ID/REPO@ID).",
        )


def _is_ref(pattern: str) -> bool:
    """Tell whether a pattern may stand for a ref: as far as it is known it begins like one."""
    known = re.split("[*?" + UNKNOWN + "]", pattern, maxsplit=1)[0]
    if known == pattern:
        return pattern.startswith(_REFS)
    return any(known.startswith(each) or each.startswith(known) for each in _REFS)
