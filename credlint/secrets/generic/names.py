"""What a name says of its value: a password, a secret, a token, a key, or none of them."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Optional

from credlint.secrets.generic.name_words import (
    CHANGES_NOTHING,
    OTHER_VERBS,
    TAKES_BACK,
    TAKES_BACK_ANYWHERE,
    TAKES_BACK_BEFORE,
    TAKES_BACK_GLUED,
    WHICH,
)

# What a name may claim, and with it how much proof its value owes (see score.py).
PASSWORD = "password"  # noqa: S105  the word, not one
SECRET = "secret"  # noqa: S105
TOKEN = "token"  # noqa: S105
KEY = "key"
# No value that is shorter is ever found, whatever stands around it (see score.py, chosen.py).
SHORTEST = {PASSWORD: 4, SECRET: 4, TOKEN: 8, KEY: 10}

# camelCase, PascalCase, snake_case and kebab-case; numbers part words and say nothing.
_PARTS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_CLAIMS = {
    word: claim
    for claim, words in (
        (PASSWORD, "password passwords passwd passwds passwort passphrase passcode"),
        (PASSWORD, "pwd pass pw pswd requirepass"),
        (SECRET, "secret secrets secrete"),
        (TOKEN, "token bearer jwt"),
        (KEY, "key auth authorization credential credentials cred creds nkey"),
    )
    for word in words.split()
}
# Words that are written without a mark between them: ``dbpassword``, ``apitoken``, ``apikey``.
_GLUED = re.compile(
    r"""(?x)
    (?: [a-z]* (?P<password> password | passwd | passphrase | pwd )
      | [a-z]* (?P<secret> secret (?:key)? )
      | [a-z]* (?P<token> token )
      | [a-z]* (?P<key> (?:api|app|access|auth|private|master|licen[cs]e|crypt) key ) ) \Z
    """
)
_GLUED_ENDS = ("password", "passwd", "passphrase", "pwd", "secret", "token", "key")
# How many words may follow that no list knows.
_MOST_FOLLOWING = 2
_MAY_FOLLOW = CHANGES_NOTHING | WHICH


def parts_of(name: str) -> list[str]:
    """Return the words of an identifier in lower case, numbers left out."""
    return [part.lower() for part in _PARTS.findall(name)]


def _claim_of_word(word: str) -> Optional[str]:
    claim = _CLAIMS.get(word)
    if claim is not None or not word.endswith(_GLUED_ENDS):
        return claim
    glued = _GLUED.match(word)
    if glued is None or word.startswith(TAKES_BACK_GLUED):
        return None
    return glued.lastgroup


@lru_cache(maxsize=4096)
def claim_of(name: str) -> Optional[str]:
    """Return what the identifier claims for its value, None when it is about something else.

    The last word that makes a claim counts, and what stands around it may take it back:
    ``password_field``, ``max_tokens``, ``public_key``, ``token_type`` claim nothing. A key of a
    secret or a token is a secret: ``SECRET_KEY``.
    """
    parts = parts_of(name)
    for place in range(len(parts) - 1, -1, -1):
        claim = _claim_of_word(parts[place])
        if claim is None:
            if parts[place] in TAKES_BACK and parts[place] not in CHANGES_NOTHING:
                return None
            continue
        before, after = parts[:place], set(parts[place + 1 :])
        if _is_taken_back(claim, before, after):
            return None
        if claim == KEY and any(_claim_of_word(word) in (SECRET, TOKEN) for word in before):
            return SECRET
        return claim
    return None


def _is_taken_back(claim: str, before: list[str], after: set[str]) -> bool:
    if before and (before[-1] in TAKES_BACK_BEFORE[claim] or TAKES_BACK_ANYWHERE & set(before)):
        return True
    if claim in (KEY, TOKEN) and not after <= _MAY_FOLLOW:
        return True
    return len(after) > _MOST_FOLLOWING


def sets_value(name: str) -> bool:
    """Tell whether a call by that name says what its argument is: ``setToken``, ``password``."""
    parts = parts_of(name)
    return bool(parts) and parts[0] not in OTHER_VERBS and any(part in _CLAIMS for part in parts)
