"""What a name says of its value: a password, a token, a key, or none of them."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Optional

# What a name may claim, and with it how much proof its value owes (see score.py).
PASSWORD = "password"  # noqa: S105  the word, not one
SECRET = "secret"  # noqa: S105
TOKEN = "token"  # noqa: S105
KEY = "key"

_PARTS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
_CLAIMS = {
    **dict.fromkeys(
        ("password", "passwd", "passwort", "passphrase", "passcode", "pwd", "pass", "pw", "pswd"),
        PASSWORD,
    ),
    **dict.fromkeys(("passwords", "passwds", "userpassword", "userpass", "dbpass"), PASSWORD),
    **dict.fromkeys(("secret", "secrets", "clientsecret", "appsecret", "secretkey"), SECRET),
    **dict.fromkeys(("token", "authtoken", "accesstoken", "apitoken", "bearer", "jwt"), TOKEN),
    **dict.fromkeys(("apikey", "key", "auth", "authorization", "credential", "credentials"), KEY),
    **dict.fromkeys(("cred", "creds", "authkey", "accesskey", "nkey", "appkey"), KEY),
}
_GLUED = re.compile(
    r"(?:.*(?P<password>password|passwd|passphrase|pwd)|.*(?P<secret>secret(?:key)?)"
    r"|.*(?P<token>token)|.*(?P<key>(?:api|access|auth|private|app|master|license|licence|crypt)key))\Z"
)
# After the claim these make it speak of something else: its name, kind, place, length, time.
_NOT_AFTER = frozenset(
    (
        "id ids name names type types kind file files path paths dir folder url uri uris endpoint "
        "host port length len size min max count limit policy policies field fields label labels "
        "hint hints prompt placeholder text title message msg error errors err reset forgot "
        "expiry expires expire expiration expired ttl lifetime age date time timestamp at in "
        "algorithm alg algo method mode scheme format encoding version hash hashed digest hashes "
        "salt check checker checks valid validator validation validate verify required require "
        "enabled disabled enable disable env var variable variables arn ref reference references "
        "store provider manager service handler factory builder class index idx number no num "
        "prefix suffix pattern regex re parser stream list map set dict table column col row "
        "header headers param params parameter parameters arg args option options opt cmd command "
        "info data state status usage ops spec specs source src selector template hidden visible "
        "review strength changed change changes update updated last created used user username "
        "owner scope scopes rotation rule rules confirm confirmation confirmed again repeat "
        "attribute attr property props value_from from to for is has of code codes event events "
        "frame press down up bindings binding board cap caps code point points pair space "
        "words word chars char string_name input button form page view link icon color width "
        "manager alias aliases issuer request response callback bucket cache uuid guid fingerprint "
        "thumbprint signature sign sha sha1 sha256 md5 checksum iterations rounds bits"
    ).split()
)
# Before the claim these do: public keys, foreign and sort keys, marks of pages and of parsers.
_NOT_BEFORE = {
    KEY: frozenset(
        "public pub foreign primary sort partition range hash cache cached row col index hot unique "
        "natural surrogate object map dict lookup group storage registry event translation i18n "
        "locale label message lang react gravatar idempotency host known ssh gpg pgp signing "
        "routing data attr attribute field item items has is num max min first last next prev "
        "sub super arrow shift ctrl alt meta modifier enter return escape esc tab any no non "
        "config setting settings param query sequence search image img color json yaml tag "
        "candidate composite kms cmk s blob file filename dedup etag version default".split()
    ),
    TOKEN: frozenset(
        "next page pagination authenticity verification form continuation client request idempotency pagetoken nextpage resume "
        "input output csrf xsrf csrfmiddleware previous prev start end sync delete cancel sep "
        "punctuation eos bos pad unk mask special stop lex lexer syntax number string comment "
        "operator num max min cancellation template design paging starting scroll cursor public "
        "upload task change update lock lifecycle device_type starttoken".split()
    ),
    SECRET: frozenset("no is has non".split()),
    PASSWORD: frozenset("no is has invalid wrong missing bad weak expired empty incorrect lost forgotten bypass by compass pass_through multi single first second two one"
                        " last next render shader data".split()),
}
_FINE_AFTER = frozenset("key value string str plain plaintext default admin v2 v4 base64 b64 hex".split())
# Which of several it is: the rest of a name whose claim stands earlier.
_WHICH = frozenset(
    "prod production dev development stg staging stage live test testing qa uat local main primary "
    "secondary backup old new current previous a b one two first second sandbox demo internal "
    "external server client app web mobile ios android us eu".split()
)
# Words that make whatever follows them public or foreign, wherever they stand before it.
_PUBLIC = frozenset("public pub publickey encrypted wrapped websocket socket from action".split())

# A call that begins so takes its argument from elsewhere or makes something else of it.
_OTHER_VERBS = frozenset(
    "get split parse check verify hash is has test decode encode read load find fetch generate "
    "compute validate decrypt encrypt remove delete reset list assert expect match compare lookup "
    "resolve print log escape mask redact strip contains require reads writes handle on".split()
)


def parts_of(name: str) -> list[str]:
    """Return the words of an identifier in lower case, numbers left out."""
    return [part.lower() for part in _PARTS.findall(name) if not part.isdigit()]


def _claim_of(part: str) -> Optional[str]:
    claim = _CLAIMS.get(part)
    if claim is not None:
        return claim
    glued = _GLUED.match(part)
    return glued.lastgroup if glued is not None else None


@lru_cache(maxsize=4096)
def claim_of(name: str) -> Optional[str]:
    """Return what the identifier claims for its value, None when it is about something else.

    The last word that makes a claim counts, and what stands around it may take it back:
    ``password_field``, ``max_tokens``, ``public_key``, ``token_type`` claim nothing.
    """
    parts = parts_of(name)
    for place in range(len(parts) - 1, -1, -1):
        claim = _claim_of(parts[place])
        if claim is None:
            if parts[place] in _NOT_AFTER and parts[place] not in _FINE_AFTER:
                return None
            continue
        before = parts[:place]
        if before and before[-1] in _NOT_BEFORE[claim]:
            return None
        after = set(parts[place + 1 :])
        if _PUBLIC & set(before):
            return None
        if claim in (KEY, TOKEN) and not after <= _FINE_AFTER | _WHICH:
            return None
        if len(after) > 2:  # noqa: PLR2004
            return None
        if claim == KEY and "secret" in before:
            return SECRET
        if claim == KEY and any(_claim_of(part) in (SECRET, TOKEN) for part in before):
            return SECRET
        return claim
    return None


def sets_value(name: str) -> bool:
    """Tell whether a call by that name gives a value its meaning: ``setToken``, ``clientSecret``."""
    parts = parts_of(name)
    return bool(parts) and parts[0] not in _OTHER_VERBS and any(part in _CLAIMS for part in parts)
