"""Access key ids: which texts are some, and what each tells offline."""

from __future__ import annotations

import re
from typing import Optional

from credlint.model.captured import KeyId
from credlint.model.key_id import decode_account, is_example, parse_key_id
from credlint.model.lean_tuples import NamedTuple
from credlint.secrets.aws.canaries import canary_words
from credlint.secrets.aws.moments import expiry_beside, is_over
from credlint.secrets.candidate import Match, TextView
from credlint.secrets.randomness import entropy, is_placeholder

# Of random ids one in a thousand has less than 2.8 bits in the 16 characters after the prefix.
_ID_ENTROPY = 2.6
_BLOB = 60
_OLD_GENERATION = "IJ"
_TEMPORARY = ("ASIA", "ABIA")
_SCOPE = re.compile(rb"(?:/|%2F|%252F)\d{8}(?:/|%)", re.IGNORECASE)
_BASE64 = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=")


class IdFacts(NamedTuple):
    """What an access key id tells.

    ``account``: decoded, None for the old generation. ``temporary``: of STS. ``plausible``: AWS
    can have issued it. ``canary``: the warning of a trap, else empty. ``expires``: the Unix
    second that is written beside a temporary one. ``over``: that has passed.
    """

    key_id: KeyId
    account: Optional[str]
    temporary: bool
    plausible: bool
    canary: str
    expires: Optional[float]
    over: bool

    @property
    def shown(self) -> str:
        """Return ``AKIA…WXYZ``."""
        return self.key_id.display()

    @property
    def generation(self) -> str:
        """Return which structure it has; the old one carries no account."""
        return "current" if self.account else "old" if self.plausible else "none"

    @property
    def harmless(self) -> bool:
        """Tell whether nobody can act with the key."""
        return bool(self.canary) or self.over


def is_plausible(key_id: str) -> bool:
    """Tell whether AWS can have issued the id: old generation, or an account below 10^12."""
    return key_id[4] in _OLD_GENERATION or decode_account(key_id) is not None


def is_key_id(match: Match, data: bytes) -> bool:
    """Tell whether the match is meant for an id: no example, no placeholder, not by chance."""
    if is_example(match.text) or entropy(match.text[4:]) < _ID_ENTROPY:
        return False
    return not is_placeholder(match.text[4:]) and not _in_blob(match, data)


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


def id_facts(match: Match, view: TextView) -> IdFacts:
    """Return all that an id tells by itself and by the end that is written beside it."""
    key_id = parse_key_id(match.text) or KeyId(match.text[:4], match.text[-4:])
    temporary = key_id.prefix in _TEMPORARY
    expires = expiry_beside(match.start, match.end, view) if temporary else None
    return IdFacts(
        key_id=key_id,
        account=key_id.account,
        temporary=temporary,
        plausible=is_plausible(match.text),
        canary=canary_words(key_id.account or ""),
        expires=expires,
        over=is_over(expires, view),
    )


def account_words(account: Optional[str], view: TextView) -> str:
    """Return `` (account …)``, with whether it is one's own where that can be told."""
    if not account:
        return ""
    expected = view.facts.expected_accounts
    whose = "" if not expected else ", one of yours" if account in expected else ", none of yours"
    return f" (account {account}{whose})"


def account_properties(account: Optional[str], view: TextView) -> list[tuple[str, str]]:
    """Return the same for machines."""
    if not account:
        return []
    properties = [("account", account)]
    if view.facts.expected_accounts:
        own = account in view.facts.expected_accounts
        properties.append(("account_is", "expected" if own else "unexpected"))
    return properties
