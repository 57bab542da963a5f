"""AWS keys: ids by structure, secret keys by name or beside an id, tokens by their header."""

from __future__ import annotations

import base64
import binascii
import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import NamedTuple, Optional

from credlint.model.captured import KeyId
from credlint.model.key_id import LONG_TERM_PREFIXES, decode_account, is_example, parse_key_id
from credlint.model.secret import Secret
from credlint.secrets.candidate import Candidate, Match, Relation, TextView
from credlint.secrets.randomness import (
    class_changes,
    entropy,
    is_hexadecimal,
    is_placeholder,
    looks_random,
)
from credlint.secrets.spelling import iter_alone, spelled_at

KEY_ID, SECRET_KEY = "aws-key-id", "aws-secret-key"

# Of random ids one in a thousand has less than 2.8 bits in the 16 characters after the prefix.
_ID_ENTROPY = 2.6
# Random secret keys have 4.37 bits or more in 999 of 1,000 cases; 40 hex digits at most 4.0.
_NAMED_ENTROPY = 4.15
_UNNAMED_ENTROPY = 4.25
_LEAST_CHANGES = 13
_TOKEN_ENTROPY = 4.8
_NEAR_BYTES, _NEAR_LINES = 2048, 20
_NEIGHBOURS = 3
_BLOB = 60
_OLD_GENERATION = "IJ"
_SCOPE = re.compile(rb"(?:/|%2F|%252F)\d{8}(?:/|%)", re.IGNORECASE)
_BASE64 = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=")
_CONTEXT = re.compile(
    rb"(?i)aws|amazon|\bs3(?:a|n|cmd|fs)?\b|s3_|_s3|boto|dynamodb|access[_-]?key"
    rb"|A[KS]IA[A-Z2-7]{16}"
)
_CONTEXT_BYTES = 600
_REGION = re.compile(r"[a-z]{2}(-[a-z]+)+-\d\Z")
# Base64 of the object id of RSA: AWS' examples print a piece of a certificate as a token.
_CERTIFICATE = "kqhkiG9w0BAQ"
_TOKEN_NAMES = (b"aws", b"er/aws", b"origin_ec")


class _Secret(NamedTuple):
    match: Match
    named: bool


def is_secret_key(text: str, named: bool) -> bool:
    """Tell whether 40 base64 characters are as random as 240 random bits.

    ``named``: a name beside it says so, hence a lower floor and no digit asked for.
    """
    if is_hexadecimal(text) or is_placeholder(text):
        return False
    if text.isupper() or text.islower() or text.isalpha() > named:
        return False
    floor = _NAMED_ENTROPY if named else _UNNAMED_ENTROPY
    return entropy(text) >= floor and class_changes(text) >= _LEAST_CHANGES


def _in_blob(match: Match, data: bytes) -> bool:
    """Tell whether the id is a chance inside a long base64 text (only its neighbours differ)."""
    start, end = match.start, match.end
    while start and match.start - start < _BLOB and data[start - 1] in _BASE64:
        start -= 1
    while end < len(data) and end - match.end < _BLOB and data[end] in _BASE64:
        end += 1
    if end - start < _BLOB:
        return False
    return _SCOPE.match(data, match.end) is None


def is_plausible(key_id: str) -> bool:
    """Tell whether AWS can have issued the id: old generation, or an account below 10^12."""
    return key_id[4] in _OLD_GENERATION or decode_account(key_id) is not None


def _is_key_id(match: Match, data: bytes) -> bool:
    if is_example(match.text) or entropy(match.text[4:]) < _ID_ENTROPY:
        return False
    return not is_placeholder(match.text[4:]) and not _in_blob(match, data)


def _named_secrets(matches: Sequence[Match], view: TextView) -> list[_Secret]:
    found = []
    for written in matches:
        match = _as_meant(written, view)
        if match is None:
            continue
        before = view.data[max(0, match.start - 2) : match.start]
        glued = before[-1:] in (b"_", b".", b"/", b"+") or (before[-1:] == b"-" and before != b":-")
        strict = match.pattern.options.get("named") == "in-context"
        if glued or not is_secret_key(match.text, named=not strict):
            continue
        if not strict or _speaks_of_aws(match, view):
            found.append(_Secret(match, named=True))
    return found


def _as_meant(match: Match, view: TextView) -> Optional[Match]:
    """Return the match with its escapes read, None when its pattern asks for some in vain."""
    if match.pattern.options.get("spelling") != "escaped":
        return match
    spelled = spelled_at(view.data, match.start)
    return None if spelled is None else Match(match.pattern, *spelled)


def _speaks_of_aws(match: Match, view: TextView) -> bool:
    """Tell whether the file's name or something near the match names AWS or one of its keys."""
    low, high = max(0, match.start - _CONTEXT_BYTES), match.end + _CONTEXT_BYTES
    around = view.data[low : match.start] + b" " + view.data[match.end : high]
    return _CONTEXT.search(around) is not None or "aws" in view.uri.lower()


def _unnamed_secrets(
    ids: Sequence[Match], taken: Sequence[_Secret], pattern_of: Match, view: TextView
) -> list[_Secret]:
    """Return the bare 40 characters that stand near an id: CSV rows, positional arguments.

    ``ids`` are in the order of the text. What is near to several is looked at once.
    """
    known = {entry.match.start for entry in taken}
    starts = [key_id.start for key_id in ids]
    found = []
    for low, high in _surroundings(ids):
        for hit in iter_alone(view.data, low, high):
            if hit.start in known:
                continue
            place = bisect_left(starts, hit.start)
            beside = ids[max(0, place - 1) : place + 1]
            near = any(_is_near(key_id, hit.start, view) for key_id in beside)
            if near and is_secret_key(hit.text, named=False):
                known.add(hit.start)
                found.append(_Secret(Match(pattern_of.pattern, *hit), named=False))
    return found


def _surroundings(ids: Sequence[Match]) -> list[tuple[int, int]]:
    """Return what lies within reach of the ids, overlapping parts joined."""
    ranges: list[tuple[int, int]] = []
    for key_id in ids:
        low = max(0, key_id.start - _NEAR_BYTES)
        if ranges and low <= ranges[-1][1]:
            low, _ = ranges.pop()
        ranges.append((low, key_id.end + _NEAR_BYTES))
    return ranges


def _is_near(key_id: Match, start: int, view: TextView) -> bool:
    distance = view.lines.line_of(start) - view.lines.line_of(key_id.start)
    in_reach = key_id.start - _NEAR_BYTES <= start < key_id.end + _NEAR_BYTES
    return in_reach and abs(distance) <= _NEAR_LINES


def _pair(ids: Sequence[Match], secrets: Sequence[_Secret]) -> list[tuple[int, int]]:
    """Join ids and secrets one to one, nearest first; a secret after its id is the usual order.

    Only the nearest few of each id are tried, so the work is linear in their number.
    """
    starts = [entry.match.start for entry in secrets]
    offers = []
    for place, key_id in enumerate(ids):
        middle = bisect_left(starts, key_id.start)
        for other in range(max(0, middle - _NEIGHBOURS), min(len(starts), middle + _NEIGHBOURS)):
            gap = starts[other] - key_id.end
            distance = gap if gap >= 0 else 2 * (key_id.start - starts[other])
            offers.append((distance, place, other))
    pairs, used_ids, used_secrets = [], set(), set()
    for _, place, other in sorted(offers):
        if place not in used_ids and other not in used_secrets:
            used_ids.add(place)
            used_secrets.add(other)
            pairs.append((place, other))
    return pairs


def _facts(key_id: str) -> KeyId:
    facts = parse_key_id(key_id)
    return facts or KeyId(key_id[:4], key_id[-4:])


def _id_candidate(match: Match, partner: Optional[Match], view: TextView) -> Candidate:
    facts = _facts(match.text)
    plausible = is_plausible(match.text)
    temporary = facts.prefix not in LONG_TERM_PREFIXES
    account = f" (account {facts.account})" if facts.account else ""
    message = f"{'Temporary ' if temporary else ''}AWS access key id {facts.display()}{account}"
    if partner is not None:
        line = view.lines.line_of(partner.start)
        same = line == view.lines.line_of(match.start)
        message += (
            " with its secret key beside it." if same else f" with its secret key on line {line}."
        )
    elif not plausible:
        message += ". AWS issues none of this structure, so it is probably made up."
    else:
        message += " without a secret key in this file."
    properties = [("kind", "temporary" if temporary else "long-term")]
    if facts.account:
        properties.append(("account", facts.account))
    related: tuple[Relation, ...] = ()
    if partner is not None:
        related = (Relation(partner.start, partner.end, f"the secret key of {facts.display()}"),)
    return Candidate(
        pattern=match.pattern,
        start=match.start,
        end=match.end,
        value=Secret(match.text),
        level="error" if partner is not None else "warning" if plausible else "note",
        message=message,
        subject=facts.display(),
        properties=tuple(properties),
        related=related,
    )


def _secret_candidate(entry: _Secret, partner: Optional[Match], view: TextView) -> Candidate:
    match = entry.match
    base = Candidate(
        pattern=match.pattern,
        start=match.start,
        end=match.end,
        value=Secret(match.text),
        level="error",
        message="AWS secret access key, assigned to a name that says so.",
        subject="AWS secret access key",
    )
    if partner is not None:
        facts = _facts(partner.text)
        line = view.lines.line_of(partner.start)
        same = line == view.lines.line_of(match.start)
        where = "beside it" if same else f"on line {line}"
        account = (("account", facts.account),) if facts.account else ()
        return base.changed(
            message=f"AWS secret access key of {facts.display()} ({where}).",
            subject=facts.display(),
            properties=account,
            related=(Relation(partner.start, partner.end, f"the access key id {facts.display()}"),),
        )
    if match.pattern.options.get("named") in ("weakly", "in-context"):
        if not _speaks_of_aws(match, view):
            return base.changed(
                level="warning",
                message="Secret key with the form of an AWS secret access key.",
                subject="secret key",
            )
        return base.changed(
            message="AWS secret access key, by its form, its name and what stands around."
        )
    return base


def inspect_aws_keys(matches: Sequence[Match], view: TextView) -> list[Candidate]:
    """Judge ids and secret keys of one document together, because each tells of the other.

    A bare secret beside an id is reported under the first pattern for secret keys, if there is one.
    """
    ids = [match for match in matches if match.pattern.spec.kind == KEY_ID]
    secrets = [match for match in matches if match.pattern.spec.kind == SECRET_KEY]
    bare = next((p for p in view.patterns if p.spec.kind == SECRET_KEY), None)
    secret_rule = None if bare is None else Match(bare, 0, 0, "")
    real = sorted(
        {m.start: m for m in ids if _is_key_id(m, view.data)}.values(), key=lambda m: m.start
    )
    # The same text may be met by several patterns: the first in the rule file says most.
    unique = {match.start: match for match in reversed(secrets)}
    named = _named_secrets(sorted(unique.values(), key=lambda m: m.start), view)
    plausible = [match for match in real if is_plausible(match.text)]
    found = named
    if secret_rule is not None:
        found = named + _unnamed_secrets(plausible, named, secret_rule, view)
        found.sort(key=lambda entry: entry.match.start)
    pairs = _pair(real, found)
    secret_of = {place: found[other].match for place, other in pairs}
    id_of = {other: real[place] for place, other in pairs}
    candidates = [_id_candidate(m, secret_of.get(n), view) for n, m in enumerate(real)]
    for place, entry in enumerate(found):
        if entry.named or place in id_of:
            candidates.append(_secret_candidate(entry, id_of.get(place), view))
    return candidates


def _token_header(text: str) -> Optional[tuple[str, Optional[str]]]:
    """Return the name in a session token's header and the region it tells, None if there is none.

    Observed: a version byte, then fields as in protobuf: 0x0a LENGTH TEXT (``aws``, ``er/aws``,
    ``origin_ec``), 0x10 VARINT, and in current tokens 0x1a LENGTH REGION.
    """
    try:
        raw = base64.b64decode(text[:96])
    except (binascii.Error, ValueError):
        return None
    if len(raw) < 16 or raw[1] != 0x0A:  # noqa: PLR2004
        return None
    name = raw[3 : 3 + raw[2]]
    if name not in _TOKEN_NAMES:
        return None
    place = 3 + raw[2]
    region = None
    if raw[place : place + 1] == b"\x10":
        place += 1
        while place < len(raw) and raw[place] & 0x80:
            place += 1
        place += 1
        if raw[place : place + 1] == b"\x1a" and place + 1 < len(raw):
            size = raw[place + 1]
            text_ = raw[place + 2 : place + 2 + size].decode("ascii", "replace")
            region = text_ if _REGION.match(text_) else None
    return name.decode(), region


def inspect_session_tokens(matches: Sequence[Match], view: TextView) -> Iterator[Candidate]:
    """Judge what may be session tokens, each by itself."""
    del view
    judged = (_inspect_session_token(match) for match in matches)
    return (candidate for candidate in judged if candidate is not None)


def _inspect_session_token(match: Match) -> Optional[Candidate]:
    """Judge what may be a session token: by its header, or by a name when the pattern has one."""
    text = re.sub(r"\\+/", "/", match.text)
    text = re.sub(r"(?i)%2b", "+", re.sub(r"(?i)%2f", "/", re.sub(r"(?i)%3d", "=", text)))
    header = _token_header(text)
    if header is None and (not match.pattern.options.get("named") or _CERTIFICATE in text):
        return None
    # Behind its header a token may well hold ten slashes in a row: a counter's filled-up bits.
    random = entropy(text) >= _TOKEN_ENTROPY if header else looks_random(text, _TOKEN_ENTROPY)
    if not random or "EXAMPLE" in text:
        return None
    region = header[1] if header else None
    issued = f" issued for region {region}" if region else ""
    message = f"AWS session token{issued}, recognised by {'its header' if header else 'its name'}."
    return Candidate(
        pattern=match.pattern,
        start=match.start,
        end=match.end,
        value=Secret(match.text),
        level="warning",
        message=message,
        subject="AWS session token",
        properties=(("region", region),) if region else (),
    )
