"""Presigned URLs: whoever has one does what it says until it ends."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from credlint.model.finding import Level
from credlint.model.key_id import is_example
from credlint.model.secret import Secret
from credlint.secrets.aws.key_ids import account_properties, account_words, id_facts
from credlint.secrets.aws.moments import expiry_words, is_over, shown
from credlint.secrets.aws.signed_query import SignedQuery, plain_url, read_signed_query
from credlint.secrets.candidate import Candidate, Match, TextView

# A URL with a session token, percent-encoded twice, in the longest case that was seen.
_LONGEST = 8192
_CHARACTER = rb"(?:[A-Za-z0-9\-._~:/?#@!$&*+,;=%]|\\{1,4}u00(?:26|2[fF]|3[dD])|\\{1,4}/)"
_URL = re.compile(_CHARACTER + rb"{1,%d}" % _LONGEST)
_SCHEME = re.compile(rb"(?i)https?(?::(?:\\{0,4}/){2}|%(?:25)?3a%(?:25)?2f%(?:25)?2f)")
_NOT_URL = re.compile(rb"[^A-Za-z0-9\-._~:/?#@!$&*+,;=%\\]")
_TRAILING = b".,;:!?*\\/-_~"
_SERVICES = {"s3": "S3", "sts": "STS", "eks": "EKS", "rds-db": "RDS", "execute-api": "API Gateway"}


def inspect_presigned_urls(matches: Sequence[Match], view: TextView) -> Iterator[Candidate]:
    """Judge the URLs around the matches; what is met twice in one URL is told once.

    A URL ends before the next one begins, so that each byte is looked at a bounded number of times.
    """
    low = 0
    ordered = sorted(matches, key=lambda entry: entry.start)
    nexts = [*(match.start for match in ordered[1:]), len(view.data)]
    for match, high in zip(ordered, nexts):
        if match.start < low:
            continue
        start, end = _extent(match, low, high, view.data)
        text = plain_url(view.data[start:end].decode("utf-8", "replace"))
        query = read_signed_query(text)
        low = match.end
        if query is not None and not is_example(query.key_id):
            low = end
            yield _candidate(match, (start, end), query, view)


def _extent(match: Match, low: int, high: int, data: bytes) -> tuple[int, int]:
    """Return where the URL around a match begins and ends."""
    low = max(low, match.start - _LONGEST)
    broken = [found.end() for found in _NOT_URL.finditer(data, low, match.start)]
    begin = broken[-1] if broken else low
    schemes = [found.start() for found in _SCHEME.finditer(data, begin, match.start)]
    start = schemes[-1] if schemes else begin
    found = _URL.match(data, match.start, min(high, match.start + _LONGEST))
    end = found.end() if found else match.end
    while end > match.end and data[end - 1] in _TRAILING:
        end -= 1
    return start, end


def _candidate(
    match: Match, place: tuple[int, int], query: SignedQuery, view: TextView
) -> Candidate:
    over = is_over(query.ends, view)
    level: Level = "note" if over else "error" if view.facts.now else "warning"
    facts = id_facts(Match(match.pattern, *place, query.key_id), view)
    service = _SERVICES.get(query.service, query.service)
    region = f" in {query.region}" if query.region else ""
    signer = f"{facts.shown}{account_words(facts.account, view)}"
    token = " It embeds a session token." if query.has_token else ""
    ending = expiry_words(query.ends, view)
    canary = f" {facts.canary}" if facts.canary else ""
    properties = [
        ("kind", "presigned-url"),
        ("expires", shown(query.ends)),
        *account_properties(facts.account, view),
    ]
    if query.region:
        properties.append(("region", query.region))
    return Candidate(
        pattern=match.pattern,
        start=place[0],
        end=place[1],
        value=Secret(view.data[place[0] : place[1]].decode("utf-8", "replace")),
        level=level,
        message=f"Presigned {service} URL{region}, signed with {signer}. {ending}{token}{canary}",
        subject=f"presigned {service} URL",
        properties=tuple(properties),
    )
