"""JSON Web Keys with their private members, in JSON, JavaScript, Go, Ruby, Python or YAML.

RFC 7517 §4.1 (``kty``), RFC 7518 §6 (``d``, ``p``, ``q``, ``dp``, ``dq``, ``qi``, ``k``), RFC 8037
(``OKP``). The finding stands at the private member; the members may come in any order.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Optional

from credlint.model.finding import Level
from credlint.model.secret import Secret
from credlint.secrets.candidate import Candidate, Match, TextView
from credlint.secrets.randomness import entropy

_BRACE = re.compile(rb"[{}]")
_LONGEST = 16 * 1024
# Without braces (YAML) the members stand within a few lines.
_NEAR = 2048
_MEMBER = re.compile(
    rb"(?:(?<=[\s{,(\[])|(?<=[\"']))(d|k|p|q|dp|dq|qi)\\{0,3}[\"']?\s{0,8}(?::|=>?|,)\s{0,8}"
    rb"\\{0,3}[\"'`]?([A-Za-z0-9_-]{16,4096})={0,2}(?=[\\\"'`\s,}])"
)
# The member that makes the key, and those from which it can be made.
_PRIVATE = {b"oct": (b"k",), b"RSA": (b"d", b"p", b"q", b"dp", b"dq", b"qi")}
_ELLIPTIC = (b"d",)
_LEAST_ENTROPY = 3.0


def inspect_jwks(matches: Sequence[Match], view: TextView) -> Iterator[Candidate]:
    """Judge every ``kty`` by the members beside it."""
    objects = _objects(view.data, [match.start for match in matches])
    told: set[int] = set()
    for match, (low, high) in zip(matches, objects):
        found = _private_member(view.data, low, high, match.text.encode())
        if found is None or found.start(2) in told:
            continue
        told.add(found.start(2))
        level: Level = match.pattern.rule.level  # type: ignore[assignment]
        yield Candidate(
            pattern=match.pattern,
            start=found.start(2),
            end=found.end(2),
            value=Secret(found.group(2).decode()),
            level=level,
            message=f"Private key (JSON Web Key, {match.text}).",
            subject=f"private key, JWK {match.text}",
            properties=(("format", "JWK"), ("kty", match.text)),
        )


def _private_member(data: bytes, low: int, high: int, kty: bytes) -> Optional[re.Match[bytes]]:
    names = _PRIVATE.get(kty, _ELLIPTIC)
    members = {
        found.group(1): found
        for found in _MEMBER.finditer(data, low, high)
        if entropy(found.group(2).decode()) >= _LEAST_ENTROPY
    }
    return next((members[name] for name in names if name in members), None)


def _objects(data: bytes, places: Sequence[int]) -> list[tuple[int, int]]:
    """Return for each place, ascending, the bounds of the object that holds it; one linear pass."""
    open_at: list[int] = []
    held: list[list[int]] = []  # by open brace: the places directly in it
    bounds: dict[int, tuple[int, int]] = {}
    waiting = list(places)
    taken = 0

    def take(until: int) -> None:
        nonlocal taken
        while taken < len(waiting) and waiting[taken] < until:
            place = waiting[taken]
            if held:
                held[-1].append(place)
            else:
                bounds[place] = (max(0, place - _NEAR), min(len(data), place + _NEAR))
            taken += 1

    for brace in _BRACE.finditer(data):
        take(brace.start())
        if brace.group() == b"{":
            open_at.append(brace.start())
            held.append([])
        elif open_at:
            start = open_at.pop()
            for place in held.pop():
                bounds[place] = (max(start, place - _LONGEST), min(brace.end(), place + _LONGEST))
    take(len(data) + 1)
    for start, inside in zip(open_at, held):
        for place in inside:
            bounds[place] = (max(start, place - _LONGEST), min(len(data), place + _LONGEST))
    return [bounds[place] for place in places]
