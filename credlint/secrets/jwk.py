"""JSON Web Keys with their private members, in JSON, JavaScript, Go, Ruby, Python or YAML.

RFC 7517 §4.1 (``kty``), RFC 7518 §6 (``d``, ``p``, ``q``, ``dp``, ``dq``, ``qi``, ``k``), RFC 8037
(``OKP``). The finding stands at the private member; the members may come in any order.
"""

from __future__ import annotations

import base64
import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import Optional

from credlint.model.finding import Level
from credlint.model.lean_tuples import NamedTuple
from credlint.model.secret import Secret
from credlint.secrets.candidate import Candidate, Match, TextView
from credlint.secrets.objects import enclosing_objects
from credlint.secrets.randomness import entropy

_MEMBER = re.compile(
    rb"(?:(?<=[\s{,(\[])|(?<=[\"']))(d|k|p|q|dp|dq|qi)\\{0,3}[\"']?\s{0,8}(?::|=>?|,)\s{0,8}"
    rb"\\{0,3}[\"'`]?([A-Za-z0-9_-]{16,4096})={0,2}(?=[\\\"'`\s,}])"
)
# The member that makes the key, and those from which it can be made.
_PRIVATE = {b"oct": (b"k",), b"RSA": (b"d", b"p", b"q", b"dp", b"dq", b"qi")}
_ELLIPTIC = (b"d",)
_LEAST_ENTROPY = 3.0


class Members(NamedTuple):
    """The matches for members of one name, and where they begin, ascending."""

    starts: list[int]
    found: list[re.Match[bytes]]


def inspect_jwks(matches: Sequence[Match], view: TextView) -> Iterator[Candidate]:
    """Judge every ``kty`` by the members beside it."""
    objects = enclosing_objects(view.data, [match.start for match in matches])
    members = _private_members(view.data, objects)
    told: set[int] = set()
    for match, (low, high) in zip(matches, objects):
        found = _member_between(members, low, high, match.text.encode())
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


def _private_members(data: bytes, objects: Sequence[tuple[int, int]]) -> dict[bytes, Members]:
    """Return what could be private members within the objects, by name, in the text's order.

    No part of it is read twice.
    """
    members: dict[bytes, Members] = {}
    for low, high in _joined(objects):
        # One byte more: what stands behind a member is looked at.
        for found in _MEMBER.finditer(data, low, high + 1):
            if entropy(found.group(2).decode()) >= _LEAST_ENTROPY and not _counts(found.group(2)):
                starts, listed = members.setdefault(found.group(1), Members([], []))
                starts.append(found.start())
                listed.append(found)
    return members


def _joined(ranges: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Yield ranges that cover the same, ascending and apart."""
    low, high = 0, -1
    for start, stop in sorted(ranges):
        if start > high:
            if high > low:
                yield low, high
            low = start
        high = max(high, stop)
    if high > low:
        yield low, high


def _member_between(
    members: dict[bytes, Members], low: int, high: int, kty: bytes
) -> Optional[re.Match[bytes]]:
    for name in _PRIVATE.get(kty, _ELLIPTIC):
        starts, listed = members.get(name, Members([], []))
        place = bisect_left(starts, low)
        if place < len(listed) and listed[place].end() <= high:
            return listed[place]
    return None


def _counts(text: bytes) -> bool:
    """Tell whether the bytes of base64url only count up or repeat: a stand-in."""
    raw = base64.urlsafe_b64decode(text + b"=" * (-len(text) % 4)) if len(text) % 4 != 1 else b""
    return len({(right - left) % 256 for left, right in zip(raw, raw[1:])}) <= 1
