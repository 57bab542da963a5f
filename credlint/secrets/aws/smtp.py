"""SMTP passwords of SES: base64 of a version and an HMAC, and whose secret key they come from.

SES developer guide, "Obtaining Amazon SES SMTP credentials": the user is an access key id; the
password is derived from its secret key with Signature Version 4 over fixed texts and the region,
behind the version byte 0x04. The form before that (0x02) was an HMAC of one fixed text.
"""

from __future__ import annotations

import base64
import binascii
import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from functools import lru_cache
from typing import Optional

from credlint.model.lean_tuples import NamedTuple
from credlint.model.secret import Secret
from credlint.rulebook import load_toml, rules_root
from credlint.secrets.aws.key_ids import account_properties, account_words, id_facts
from credlint.secrets.aws.secret_keys import is_near, surroundings
from credlint.secrets.candidate import Candidate, Match, Relation, TextView
from credlint.secrets.randomness import class_changes, entropy, is_placeholder
from credlint.secrets.spelling import iter_in_runs

SMTP_PASSWORD, SMTP_HOST = "aws-smtp-password", "aws-smtp-host"
_LENGTH = 33
_VERSIONS = (2, 4)
_ENTROPY, _LEAST_CHANGES = 4.2, 14
_ALONE = re.compile(
    rb"(?<![A-Za-z0-9/+_.%-])(?:B[A-P]|A[g-v])[A-Za-z0-9+/]{42}(?![A-Za-z0-9/+=_-])"
)
_HOST_REACH = 1500
# So many secret keys of one file are tried: each takes a third of a millisecond.
_TRIED = 32
_STEPS = (b"11111111", b"", b"ses", b"aws4_request", b"SendRawEmail")


class _Origin(NamedTuple):
    """The secret key that a password comes from, and the region it is for (none in version 2)."""

    secret: Match
    region: str


def smtp_password(secret_key: str, region: str) -> str:
    """Return the SMTP password that a secret key has in a region; the old form for ``""``."""
    import hashlib  # noqa: PLC0415  it loads OpenSSL
    import hmac  # noqa: PLC0415  likewise

    if not region:
        digest = hmac.new(secret_key.encode(), b"SendRawEmail", hashlib.sha256).digest()
        return base64.b64encode(b"\x02" + digest).decode()
    key = b"AWS4" + secret_key.encode()
    for step in _STEPS:
        key = hmac.new(key, step or region.encode(), hashlib.sha256).digest()
    return base64.b64encode(b"\x04" + key).decode()


def is_smtp_password(text: str) -> bool:
    """Tell whether 44 characters are a version of SES' passwords and 256 random bits."""
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return False
    return (
        len(raw) == _LENGTH
        and raw[0] in _VERSIONS
        and entropy(text) >= _ENTROPY
        and class_changes(text) >= _LEAST_CHANGES
        and not is_placeholder(text)
    )


def bare_passwords(data: bytes, low: int, high: int) -> Iterator[bytes]:
    """Yield what would be a password if an id or SES' host stood near."""
    for hit in iter_in_runs(_ALONE, data, low, high):
        if is_smtp_password(hit.group().decode("ascii")):
            yield hit.group()


def judge_passwords(
    matches: Sequence[Match],
    ids: tuple[Sequence[Match], Sequence[Match]],
    secrets: Sequence[Match],
    taken: Iterable[tuple[int, int]],
    view: TextView,
) -> list[Candidate]:
    """Return the passwords: named ones, and bare ones near an id or a name of SES' SMTP host.

    ``ids``: all, and those without a secret key; ``taken``: what is known to be something else.
    """
    pattern = next((p for p in view.patterns if p.spec.kind == SMTP_PASSWORD), None)
    if pattern is None:
        return []
    found = {m.start: m for m in matches if m.pattern.spec.kind == SMTP_PASSWORD}
    hosts = [match for match in matches if match.pattern.spec.kind == SMTP_HOST]
    ranges = surroundings(ids[0])
    ranges += [(max(0, host.start - _HOST_REACH), host.end + _HOST_REACH) for host in hosts]
    occupied = {start for start, _ in taken}
    for low, high in _apart(ranges):
        for hit in iter_in_runs(_ALONE, view.data, low, high):
            match = Match(pattern, hit.start(), hit.end(), hit.group().decode("ascii"))
            if hit.start() not in occupied:
                found.setdefault(hit.start(), match)
    real = [found[start] for start in sorted(found) if is_smtp_password(found[start].text)]
    if not real:
        return []
    origins = _derived(secrets, {host.text for host in hosts})
    users = [(some, [one.start for one in some]) for some in (ids[1], ids[0])]
    return [_candidate(match, _user(match, users, view), origins, view) for match in real]


def _user(
    match: Match, users: Sequence[tuple[Sequence[Match], list[int]]], view: TextView
) -> Optional[Match]:
    """Return the id beside a password, of the first of the lists that has one."""
    for some, starts in users:
        place = bisect_left(starts, match.start)
        beside = some[max(0, place - 1) : place + 1]
        near = [one for one in beside if is_near(one, match.start, view)]
        if near:
            return min(near, key=lambda one: abs(one.start - match.start))
    return None


def _apart(ranges: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the ranges in order, what overlaps joined: nothing is looked through twice."""
    joined: list[tuple[int, int]] = []
    for low, high in sorted(ranges):
        if joined and low <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(high, joined[-1][1]))
        else:
            joined.append((low, high))
    return joined


def _candidate(
    match: Match, user: Optional[Match], origins: Mapping[str, _Origin], view: TextView
) -> Candidate:
    message = subject = "SES SMTP password"
    related: tuple[Relation, ...] = ()
    properties = [("kind", "ses-smtp-password")]
    if user is not None:
        facts = id_facts(user, view)
        message += f" of the user {facts.shown}{account_words(facts.account, view)}"
        subject += f" of {facts.shown}"
        related = (Relation(user.start, user.end, f"its user {facts.shown}"),)
        properties += account_properties(facts.account, view)
    origin = origins.get(match.text)
    if origin is not None:
        secret, region = origin
        line = view.lines.line_of(secret.start)
        told = f" for region {region}" if region else ""
        message += f"{told}, proven to come from the AWS secret access key on line {line}"
        properties += [("region", region)] if region else []
        place = (secret.start, secret.end)
        related += (Relation(*place, "the secret key that it comes from"),)
    return Candidate(
        pattern=match.pattern,
        start=match.start,
        end=match.end,
        value=Secret(match.text),
        level="error",
        message=f"{message}.",
        subject=subject,
        properties=tuple(properties),
        related=related,
    )


def _derived(secrets: Sequence[Match], named: AbstractSet[str]) -> dict[str, _Origin]:
    """Return the passwords of all secret keys of a file, in all regions and those it names."""
    distinct = {match.text: match for match in reversed(secrets)}
    regions = sorted({"", *_regions(), *named})
    return {
        smtp_password(match.text, region): _Origin(match, region)
        for match in list(distinct.values())[:_TRIED]
        for region in regions
    }


@lru_cache(maxsize=1)
def _regions() -> tuple[str, ...]:
    table = load_toml(rules_root() / "regions.toml")
    return tuple(name for one in table["partition"] for name in one["names"])
