"""Ids, secret keys and SMTP passwords of one document, judged together: each tells of the other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Optional

from credlint.secrets.aws.key_ids import IdFacts, id_facts, is_key_id
from credlint.secrets.aws.pairing import pair
from credlint.secrets.aws.secret_keys import (
    NEAR_BYTES,
    SecretKey,
    is_secret_key,
    named_secrets,
    unnamed_secrets,
)
from credlint.secrets.aws.smtp import SMTP_HOST, SMTP_PASSWORD, bare_passwords, judge_passwords
from credlint.secrets.aws.wording import id_candidate, secret_candidate
from credlint.secrets.aws.writings import KEY_ID, SECRET_KEY, as_meant
from credlint.secrets.candidate import Candidate, Match, TextView
from credlint.secrets.patterns import Pattern
from credlint.secrets.spelling import iter_alone


def inspect_aws_keys(matches: Sequence[Match], view: TextView) -> list[Candidate]:
    """Judge the matches of one document.

    A bare secret beside an id is reported under the first pattern for secret keys, if there is one.
    """
    ids = _real_ids(matches, view)
    facts = [id_facts(match, view) for match in ids]
    found = _secrets(matches, ids, facts, view)
    partner_of, id_of = _partners(ids, found)
    candidates = [
        id_candidate(match, known, partner_of.get(number), view)
        for number, (match, known) in enumerate(zip(ids, facts))
    ]
    for number, entry in enumerate(found):
        place = id_of.get(number)
        if entry.named or place is not None:
            partner = None if place is None else (ids[place], facts[place])
            candidates.append(secret_candidate(entry.match, partner, view))
    alone = [match for number, match in enumerate(ids) if number not in partner_of]
    passwords = [m for m in matches if m.pattern.spec.kind in (SMTP_PASSWORD, SMTP_HOST)]
    secrets = [entry.match for entry in found]
    taken = [(match.start, match.end) for match in (*ids, *secrets)]
    candidates += judge_passwords(passwords, (ids, alone), secrets, taken, view)
    return candidates


def _real_ids(matches: Sequence[Match], view: TextView) -> list[Match]:
    meant = (as_meant(match, view) for match in matches if match.pattern.spec.kind == KEY_ID)
    real = {m.start: m for m in meant if m is not None and is_key_id(m, view.data)}
    return [real[start] for start in sorted(real)]


def _secrets(
    matches: Sequence[Match], ids: Sequence[Match], facts: Sequence[IdFacts], view: TextView
) -> list[SecretKey]:
    # The same text may be met by several patterns: the first in the rule file says most.
    written = [match for match in matches if match.pattern.spec.kind == SECRET_KEY]
    meant = [match for match in (as_meant(entry, view) for entry in written) if match is not None]
    unique = {match.start: match for match in reversed(meant)}
    found = named_secrets(sorted(unique.values(), key=lambda match: match.start), view)
    bare = first_pattern(SECRET_KEY, view)
    if bare is not None:
        plausible = [match for match, known in zip(ids, facts) if known.plausible]
        found = found + unnamed_secrets(plausible, found, bare, view)
    return sorted(found, key=lambda entry: entry.match.start)


def bare_secrets(data: bytes, start: int, end: int) -> Iterator[bytes]:
    """Yield what would be a secret key or an SMTP password if an id stood between two offsets."""
    low, high = max(0, start - NEAR_BYTES), end + NEAR_BYTES
    for hit in iter_alone(data, low, high):
        if is_secret_key(hit.text, named=False):
            yield data[hit.start : hit.end]
    yield from bare_passwords(data, low, high)


def first_pattern(kind: str, view: TextView) -> Optional[Pattern]:
    """Return the first pattern of a kind, None where its rule is not known."""
    return next((pattern for pattern in view.patterns if pattern.spec.kind == kind), None)


def _partners(
    ids: Sequence[Match], found: Sequence[SecretKey]
) -> tuple[dict[int, Match], dict[int, int]]:
    """Return the secret of each id and the id of each secret, by number.

    What stands there twice has the partner that it has in the other place.
    """
    pairs = pair(
        [(match.start, match.end) for match in ids],
        [(entry.match.start, entry.match.end) for entry in found],
    )
    secret_of = {ids[one].text: found[other].match for one, other in pairs}
    number_of = {found[other].match.text: one for one, other in pairs}
    partner_of = {one: found[other].match for one, other in pairs}
    id_of = {other: one for one, other in pairs}
    for number, match in enumerate(ids):
        if number not in partner_of and match.text in secret_of:
            partner_of[number] = secret_of[match.text]
    for number, entry in enumerate(found):
        if number not in id_of and entry.match.text in number_of:
            id_of[number] = number_of[entry.match.text]
    return partner_of, id_of
