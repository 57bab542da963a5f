"""Judges values under key-like names by the service that stands beside them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Optional

from credlint.model.finding import Level
from credlint.model.lean_dataclasses import replace
from credlint.model.secret import Secret
from credlint.secrets.candidate import Candidate, Match, TextView
from credlint.secrets.services.naming import Naming, find_naming
from credlint.secrets.services.table import load_services
from credlint.secrets.services.values import (
    LEAST,
    is_masked,
    is_typed,
    looks_issued,
    reads_as_name,
    value_at,
    without_key_words,
)

CODE = "SEC220"
# So much of a long value tells how it was made.
_HEAD = 256
GENERIC = "generic"
# A variable, a template or a call where a value would stand.
_REFERENCE = re.compile(rb"[$%#]\{|\{\{|<%|[$%]\(|[$@#%/\\{]\Z")
# In small letters.
_NAMES_KEY = re.compile(rb"key|token|secret|access|private|passw|pwd|auth|client")
_CALL = re.compile(rb"[ \t]{0,8}[(\[]|::|->")
# Bits a character by which words of code are likelier written than drawn.
_WORDS = -1.5
_DIGITS_OF_A_NAME = 4
_IDENTIFIER = re.compile(r"_?[A-Za-z][A-Za-z0-9_]*")
# A key word may stand in the middle of a digest, as pip's RECORD and lock files have them.
_DIGEST_BEFORE = re.compile(rb"(?i)\bsha-?[0-9]{1,3}[=:-][A-Za-z0-9+/_-]{1,86}\Z")
_LONGEST_DIGEST = 96


def inspect_service_keys(matches: Sequence[Match], view: TextView) -> Iterator[Candidate]:
    """Judge matches of kind ``service-key``: each gives the place where a value begins."""
    seen: set[int] = set()
    for match in matches:
        candidate = _first_of(match, view.data, seen)
        if candidate is not None:
            yield candidate


def _first_of(match: Match, data: bytes, seen: set[int]) -> Optional[Candidate]:
    """Judge the value where it may begin: what follows the key word may be the name of one.

    ``<add key="auth0Token" value="…">``: the name is random enough for the first stage.
    ``seen``: where values that were judged begin.
    """
    start, end = value_at(data, match.start)
    candidate = None
    if match.start not in seen:
        seen.add(match.start)
        candidate = _inspect(match, data, start, end)
    if candidate is None and _names_key(data[start:end]):
        found = match.pattern.precise.search(data, match.start, match.start + match.pattern.window)
        place = found.start("secret") if found is not None else match.start
        if place not in seen:
            seen.add(place)
            candidate = _inspect(match, data, *value_at(data, place))
    return candidate


@lru_cache(maxsize=2048)
def _names_key(value: bytes) -> bool:
    return _NAMES_KEY.search(value.lower()) is not None


@lru_cache(maxsize=2048)
def _glance(value: bytes) -> Optional[bool]:
    """Tell whether a generator can have made the value, None for a name or a mask.

    The same names, licences and examples stand in many files.
    """
    head = value.decode("utf-8", "replace")[:_HEAD]
    if reads_as_name(head) or is_masked(head):
        return None
    return looks_issued(head) or is_typed(head)


def _inspect(match: Match, data: bytes, start: int, end: int) -> Optional[Candidate]:
    # What only a known shape could save must be named on its own line: most hits end here.
    around = _glance(data[start:end])
    if around is None:
        return None
    if _REFERENCE.search(data[max(0, start - 3) : start]) or _CALL.match(data, end):
        return None
    naming = find_naming(data, start, end, load_services(), around=around)
    if naming is None or _DIGEST_BEFORE.search(data, max(0, start - _LONGEST_DIGEST), start):
        return None
    text = data[start:end].decode("utf-8", "replace")
    for value in dict.fromkeys((text, without_key_words(text))):
        verdict = _verdict(value, naming)
        if verdict is not None and not _is_name(value):
            return Candidate(
                pattern=match.pattern,
                start=end - len(value.encode()),
                end=end,
                value=Secret(value),
                level=verdict[0],
                message=verdict[1],
                subject=_subject(naming),
                properties=_properties(naming),
            )
    return None


def _is_name(value: str) -> bool:
    """Tell whether the value is a name of code, in camel case or with underscores."""
    if _IDENTIFIER.fullmatch(value) is None or value == value.lower():
        return False
    if sum(map(str.isdigit, value)) > _DIGITS_OF_A_NAME:
        return False
    from credlint.secrets.generic.model import load  # noqa: PLC0415  rare
    from credlint.secrets.generic.score import randomness  # noqa: PLC0415

    return randomness(value, load()) < _WORDS * len(value)


def _called(naming: Naming) -> str:
    return f"{naming.service.name} {'password' if naming.is_password else naming.service.what}"


def _subject(naming: Naming) -> str:
    return f"service-key/{naming.service.word}"


def _properties(naming: Naming) -> tuple[tuple[str, str], ...]:
    return (("kind", "service-key"), ("service", naming.service.word))


def _verdict(  # noqa: PLR0911  a list of kinds
    value: str, naming: Naming
) -> Optional[tuple[Level, str]]:
    """Return the level and the message, None when the value is no key."""
    service = naming.service
    shaped = service.has_shape(value)
    if naming.is_id or (not shaped and service.has_id_shape(value)):
        if not (naming.beside and service.has_id_shape(value)):
            return None
        return "note", f"{service.name} identifier: no secret alone, half of a credential."
    key = _called(naming)
    if is_typed(value[:_HEAD]):
        if not naming.beside or not (shaped or len(value) >= LEAST):
            return None
        return "note", f"{key} that looks made up: its characters count up or repeat."
    if not (naming.is_key and (shaped or looks_issued(value))) and not (shaped and naming.beside):
        return None
    if service.public or naming.is_public:
        return "note", f"{key} of the public kind: made to be seen, so limit its use."
    level: Level = service.level if shaped else "warning"  # type: ignore[assignment]
    return level, f"{key}, as the name beside it says."


def name_services(
    candidates: Sequence[Candidate], view: TextView, reported: Optional[frozenset[str]]
) -> list[Candidate]:
    """Return the candidates, the generic ones beside a service's name as that service's.

    ``reported``: the codes that are switched on, None for all.
    """
    if CODE not in view.rules or (reported is not None and CODE not in reported):
        return list(candidates)
    return [
        _named_for(entry, view) if GENERIC in entry.pattern.rule.tags else entry
        for entry in candidates
    ]


def _named_for(entry: Candidate, view: TextView) -> Candidate:
    naming = find_naming(view.data, entry.start, entry.end, load_services(), around=False)
    if naming is None or naming.is_id or not (naming.is_key and naming.beside):
        return entry
    return entry.changed(
        pattern=replace(entry.pattern, rule=view.rules[CODE]),
        message=f"{_called(naming)}, as the name beside it says.",
        subject=_subject(naming),
        properties=_properties(naming),
        found_by=entry.found_by or entry.pattern.rule.id,
    )
