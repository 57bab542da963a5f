"""Joins the halves of an AWS key that stand in two files beside each other. Pure.

Only what findings say is used, never a value: the properties ``half`` (``key-id`` or
``secret-key``) and ``pair`` (``none`` where the file holds no other half).
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Sequence

from credlint.model.finding import Finding
from credlint.model.lean_dataclasses import replace

_KEY_ID, _SECRET_KEY = "key-id", "secret-key"
# The words by which the names of two such files differ, or that they share with all such files.
_WORDS = re.compile(r"(?i)aws|amazon|access|secret|key|id|[^a-z0-9]+")
_Place = tuple[str, str, str]


def join_neighbours(findings: Sequence[Finding]) -> list[Finding]:
    """Return the findings; an id and a secret of two files of one folder and kind are a pair.

    That is so where there is one of each, or where what else their files are called is equal
    (``prod_access_key_id`` and ``prod_secret_access_key``) and there is one of each by that name.
    """
    joined = list(findings)
    for ids, secrets in _folders(findings).values():
        for one, other in _couples(findings, ids, secrets):
            joined[one] = _told(findings[one], findings[other])
            joined[other] = _told(findings[other], findings[one])
    return joined


def _folders(findings: Sequence[Finding]) -> dict[_Place, tuple[list[int], list[int]]]:
    """Return the numbers of lone ids and secrets by base, folder and kind of file."""
    folders: dict[_Place, tuple[list[int], list[int]]] = {}
    for number, finding in enumerate(findings):
        facts = dict(finding.properties)
        if facts.get("pair") != "none" or finding.level == "note":
            continue
        half = facts.get("half")
        if half in (_KEY_ID, _SECRET_KEY) and finding.location.kind == "file":
            folder, name = posixpath.split(finding.location.uri)
            place = (finding.location.base, folder, _kind(name))
            folders.setdefault(place, ([], []))[half == _SECRET_KEY].append(number)
    return {place: halves for place, halves in folders.items() if halves[0] and halves[1]}


def _kind(name: str) -> str:
    """Return what makes two files of one kind: ``.env.a`` and ``b.env``, equal extensions."""
    if name.startswith(".env") or name.endswith(".env"):
        return ".env"
    return posixpath.splitext(name)[1].lower()


def _couples(
    findings: Sequence[Finding], ids: Sequence[int], secrets: Sequence[int]
) -> list[tuple[int, int]]:
    """Return the pairs of one place; what could belong to several belongs to none."""
    if len(_distinct(findings, ids)) == 1 and len(_distinct(findings, secrets)) == 1:
        return [(ids[0], secrets[0])]
    named: dict[str, tuple[list[int], list[int]]] = {}
    for column, numbers in enumerate((ids, secrets)):
        for number in numbers:
            name = posixpath.basename(findings[number].location.uri)
            named.setdefault(_WORDS.sub("", name), ([], []))[column].append(number)
    return [
        (some[0], others[0])
        for some, others in named.values()
        if len(_distinct(findings, some)) == 1 and len(_distinct(findings, others)) == 1
    ]


def _distinct(findings: Sequence[Finding], numbers: Sequence[int]) -> set[str]:
    """Return how many values there are: equal ones have equal identities, where there are any."""
    return {findings[number].identity or str(number) for number in numbers}


def _told(finding: Finding, other: Finding) -> Finding:
    """Return a finding that names the other half."""
    facts = dict(finding.properties)
    name = posixpath.basename(other.location.uri)
    where = f"{name}, line {other.location.line}"
    if facts["half"] == _KEY_ID:
        alone = "without a secret key in this file"
        message = finding.message.replace(
            alone, f"with a secret key in the file beside it: {where}"
        )
        note = "the secret key beside it"
    else:
        message = f"{finding.message} An access key id stands in the file beside it: {where}."
        note = "the access key id beside it"
    facts["pair"] = "neighbour"
    return replace(
        finding,
        level="error",
        message=message,
        related=(*finding.related, replace(other.location, message=note)),
        properties=tuple(facts.items()),
    )
