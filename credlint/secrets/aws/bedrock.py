"""Amazon Bedrock's API keys, long-term and short-term, by what their base64 holds.

IAM user guide, "API keys for Amazon Bedrock": a long-term key is a service-specific credential of
an IAM user; a short-term one is a presigned URL (Signature Version 4) of at most 12 hours.
Observed: a long-term key is ``ABSK`` and base64 of ``USER-at-ACCOUNT:SECRET``, where the console
calls the user ``BedrockAPIKey-`` and four characters; a short-term one is ``bedrock-api-key-`` and
base64 of the URL without its scheme (aws-bedrock-token-generator).
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator, Sequence
from typing import Optional

from credlint.model.finding import Level
from credlint.model.key_id import is_example
from credlint.model.secret import Secret
from credlint.secrets.aws.key_ids import account_properties, account_words, id_facts
from credlint.secrets.aws.moments import expiry_words, is_over, shown
from credlint.secrets.aws.signed_query import read_signed_query
from credlint.secrets.candidate import Candidate, Match, TextView
from credlint.secrets.randomness import entropy

_LONG, _SHORT = "ABSK", "bedrock-api-key-"
_INNER = re.compile(rb"([\w+=,.@-]{1,100}?)-at-(\d{12}):([A-Za-z0-9+/=]{20,400})\Z")
_CONSOLE_USER = b"BedrockAPIKey-"
_ENTROPY = 4.0


def inspect_bedrock_keys(matches: Sequence[Match], view: TextView) -> Iterator[Candidate]:
    """Judge what may be Bedrock API keys, each by itself."""
    for match in matches:
        judge = _short_term if match.text.startswith(_SHORT) else _long_term
        candidate = judge(match, view)
        if candidate is not None:
            yield candidate


def _decoded(text: str) -> Optional[bytes]:
    bare = text.rstrip("=")
    try:
        return base64.b64decode(bare + "=" * (-len(bare) % 4), validate=True)
    except (binascii.Error, ValueError):
        return None


def _long_term(match: Match, view: TextView) -> Optional[Candidate]:
    raw = _decoded(match.text[len(_LONG) :])
    inner = _INNER.match(raw) if raw is not None else None
    if raw is None or entropy(match.text) < _ENTROPY or "EXAMPLE" in match.text:
        return None
    if inner is None:
        # Cut, or of a form that we do not know; the console's user name proves what it was.
        if not raw.startswith(_CONSOLE_USER):
            return None
        return _candidate(match, "warning", "Amazon Bedrock API key (long-term), damaged or cut.")
    account = inner.group(2).decode("ascii")
    message = f"Amazon Bedrock API key (long-term){account_words(account, view)}."
    properties = (("kind", "long-term"), *account_properties(account, view))
    return _candidate(match, "error", message, properties)


def _short_term(match: Match, view: TextView) -> Optional[Candidate]:
    raw = _decoded(match.text[len(_SHORT) :])
    if raw is None:
        return None
    query = read_signed_query(raw.decode("utf-8", "replace"))
    if query is None:
        if entropy(match.text) < _ENTROPY or "EXAMPLE" in match.text:
            return None
        return _candidate(match, "warning", "Amazon Bedrock API key (short-term), damaged or cut.")
    if is_example(query.key_id):
        return None
    facts = id_facts(Match(match.pattern, match.start, match.end, query.key_id), view)
    signer = f"{facts.shown}{account_words(facts.account, view)}"
    over = is_over(query.ends, view)
    level: Level = "note" if over else "error"
    message = (
        f"Amazon Bedrock API key (short-term) for {query.region}, signed with {signer}. "
        f"{expiry_words(query.ends, view)} {facts.canary}"
    )
    properties = (
        ("kind", "short-term"),
        ("expires", shown(query.ends)),
        ("region", query.region),
        *account_properties(facts.account, view),
    )
    return _candidate(match, level, message.rstrip(), properties)


def _candidate(
    match: Match, level: Level, message: str, properties: tuple[tuple[str, str], ...] = ()
) -> Candidate:
    return Candidate(
        pattern=match.pattern,
        start=match.start,
        end=match.end,
        value=Secret(match.text),
        level=level,
        message=message,
        subject="Amazon Bedrock API key",
        properties=properties,
    )
