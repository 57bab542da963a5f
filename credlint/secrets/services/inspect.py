"""Judges values under key-like names by the service that stands beside them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Optional

from credlint.model.finding import Level
from credlint.model.secret import Secret
from credlint.secrets.candidate import Candidate, Match, TextView
from credlint.secrets.services.naming import Naming, find_naming
from credlint.secrets.services.table import load_services
from credlint.secrets.services.values import (
    is_masked,
    is_typed,
    looks_issued,
    value_at,
    without_key_words,
)

# A variable, a template or a call where a value would stand.
_REFERENCE = re.compile(rb"[$%#]\{|\{\{|<%|[$%]\(|[$@#%/\\{]\Z")
_CALL = re.compile(rb"[ \t]?[(\[]|::|->")


def inspect_service_keys(matches: Sequence[Match], view: TextView) -> Iterator[Candidate]:
    """Judge matches of kind ``service-key``: each gives the place where a value begins."""
    seen = set()
    for match in matches:
        if match.start not in seen:
            seen.add(match.start)
            candidate = _inspect(match, view)
            if candidate is not None:
                yield candidate


def _inspect(match: Match, view: TextView) -> Optional[Candidate]:
    start, end = value_at(view.data, match.start)
    if _REFERENCE.search(view.data[max(0, start - 3) : start]) or _CALL.match(view.data, end):
        return None
    text = view.data[start:end].decode("utf-8", "replace")
    naming = find_naming(view, start, end, load_services())
    if naming is None:
        return None
    for value in dict.fromkeys((text, without_key_words(text))):
        level = _level(value, naming)
        if level is not None:
            return _candidate(match, end - len(value.encode()), end, value, naming, level)
    return None


def _level(value: str, naming: Naming) -> Optional[Level]:
    """Return how bad the value is, None when it is no key."""
    service = naming.service
    if is_masked(value):
        return None
    shaped = service.has_shape(value)
    if not shaped and service.has_id_shape(value):
        return "note" if naming.beside else None
    if not shaped and naming.is_id:
        return None
    if not naming.is_key and not shaped:
        return None
    if is_typed(value):
        return "note" if naming.beside and (shaped or len(value) >= 16) else None
    if not shaped and not looks_issued(value):
        return None
    if service.public or naming.is_public:
        return "note"
    return service.level if shaped else "warning"  # type: ignore[return-value]


def _candidate(
    match: Match, start: int, end: int, value: str, naming: Naming, level: Level
) -> Candidate:
    service = naming.service
    is_identifier = not service.has_shape(value) and service.has_id_shape(value)
    kind = "identifier" if is_identifier else service.what
    message = f"{service.name} {kind}, as the name beside it says."
    if is_typed(value):
        message = f"{service.name} {kind} that looks made up: its characters count up or repeat."
    elif service.public or naming.is_public:
        message = f"{service.name} {kind} of the public kind: made to be seen, so limit its use."
    elif is_identifier:
        message = f"{service.name} {kind}: no secret alone, half of a credential."
    return Candidate(
        pattern=match.pattern,
        start=start,
        end=end,
        value=Secret(value),
        level=level,
        message=message,
        subject=f"service-key/{service.word}",
        properties=(("kind", "service-key"), ("service", service.word)),
    )
