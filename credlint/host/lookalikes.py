"""What a secret value evidently is instead of what its name promises. Pure.

Words of a fixed list and shapes only: nothing that is told here gives away a part of a secret.
Sources of the words: LocalStack "Credentials" and moto "Getting started" (``test``, ``testing``,
``mock``), MinIO's default user, the templates of AWS' own guides (``YOUR_ACCESS_KEY``, ``<...>``).
"""

from __future__ import annotations

import re
from functools import cache
from typing import Optional

_WORDS = frozenset(
    """
    test testing test1 test123 testkey testsecret test-key test_key test-access-key foo bar foobar
    foobarkey baz qux dummy fake mock mocked moto mytest local localstack minio minioadmin
    minio123 changeme change_me change-me placeholder example sample none null nil undefined todo
    tbd fixme xxx noop na n/a key secret access_key accesskey access-key
    secret_key secretkey secret-key access_key_id secret_access_key aws_access_key_id
    aws_secret_access_key aws_access_key aws_secret_key accesskeyid secretaccesskey
    my_access_key my-access-key mykey mysecret my_key my_secret replace_me replaceme replace-me
    dynamodb dynamodblocal dynamodb-local elasticmq 000000000000 123456789012 abc abc123
    """.split()  # noqa: SIM905  a list of words reads best as words
)
# What references and templates are made of, when they name what they stand for.
_VOCABULARY = frozenset(
    """
    aws amazon access key keys id secret secrets session security token region your my the user
    iam here env environment vars variables inputs outputs github values params parameters var
    ci credentials default profile account insert enter deploy prod production stage staging dev
    test
    """.split()  # noqa: SIM905
)
_SIGNS_TO_BLANKS = {ord(sign): " " for sign in "_-.:${}()<>[]%"}
# Characters of which nothing else is made: xxxx, ****, 0000, ....
_FILLERS = "x*.-_0?"
# References that nothing has replaced, by how they begin and end.
_REFERENCES = (
    ("${", "}"),
    ("$(", ")"),
    ("{{", "}}"),
    ("<", ">"),
    ("%", "%"),
    ("[", "]"),
)
_SECRET_KEY_LENGTH = 40
_KEY_ID_LENGTH = 20
_KEY_ID_PREFIXES = ("AKIA", "ASIA", "ABIA", "ACCA")
# IAM User Guide, "Unique identifiers": these name a principal or a thing, never a key.
_PRINCIPAL_PREFIXES = (
    "AGPA",
    "AIDA",
    "AIPA",
    "ANPA",
    "ANVA",
    "APKA",
    "AROA",
    "ASCA",
)
# Amazon Bedrock User Guide, "API keys": how both kinds begin.
_STARTS = (
    ("arn:", "arn"),
    ("-----BEGIN", "pem"),
    ("ABSK", "bedrock-long-term"),
    ("bedrock-api-key-", "bedrock-short-term"),
)
_SMTP_PASSWORD_LENGTH = 44
_NEARLY = 4  # this many characters too few or too many are a slip of copying


def placeholder_of(value: str) -> str:
    """Return the made-up word that a value is, empty for anything that may be meant.

    What is returned is a word of the list, or a form such as ``${…}`` without what it encloses.
    """
    word = value.strip().lower()
    if word in _WORDS:
        return word
    if len(word) >= 1 and len(set(word)) == 1 and word[0] in _FILLERS:
        return word[0] * min(len(word), 3)
    for begin, end in _REFERENCES:
        if len(word) > len(begin) + len(end) and word.startswith(begin) and word.endswith(end):
            return f"{begin}…{end}"
    if _variable().match(value.strip()):
        return "$…"
    for start in ("your_", "your-", "your ", "youraccess", "yoursecret", "insert_", "enter_"):
        if word.startswith(start):
            return f"{start.rstrip('_- ')}…"
    return ""


def is_public(value: str) -> bool:
    """Tell whether a value is made of words that stand for a secret, and so hides none.

    Such a value must not be searched for in other texts: it would blank out the very names of
    the variables and settings, as ``$(AWS_ACCESS_KEY_ID)`` does.
    """
    if not placeholder_of(value):
        return False
    word = value.strip().lower()
    return word in _WORDS or all(
        part in _VOCABULARY for part in word.translate(_SIGNS_TO_BLANKS).split()
    )


@cache
def _variable() -> re.Pattern[str]:
    return re.compile(r"\$[A-Za-z_][A-Za-z0-9_]*\Z")


def signs_of(value: str) -> tuple[str, ...]:
    """Return what a value of a key pair shows of being something else; see ``CapturedValue``."""
    return tuple(sign for sign in (_key_id_sign(value), _other_sign(value)) if sign)


def _key_id_sign(value: str) -> Optional[str]:
    upper = value.upper()
    if upper.startswith(_PRINCIPAL_PREFIXES) and value == upper and value.isalnum():
        return "principal-id" if len(value) == _KEY_ID_LENGTH + 1 else None
    near = abs(len(value) - _KEY_ID_LENGTH) <= _NEARLY and value.isascii() and value.isalnum()
    if not near:
        return None
    if upper.startswith(_KEY_ID_PREFIXES):
        if len(value) == _KEY_ID_LENGTH:
            return "key-id-in-lower-case" if value != upper else None
        return "key-id-too-short" if len(value) < _KEY_ID_LENGTH else "key-id-too-long"
    if value == upper and value.startswith(("KIA", "SIA")) and len(value) == _KEY_ID_LENGTH - 1:
        return "key-id-too-short"  # its first letter was not copied
    return None


def _other_sign(value: str) -> Optional[str]:
    for start, sign in _STARTS:
        if value.startswith(start):
            return sign
    lower = value.lower()
    if "%2f" in lower or "%2b" in lower:
        decoded = lower.replace("%2f", "/").replace("%2b", "+")
        return "url-encoded" if len(decoded) == _SECRET_KEY_LENGTH else "percent-signs"
    plain = value.isascii() and all(one.isalnum() or one in "/+" for one in value)
    if plain and len(value) == _SMTP_PASSWORD_LENGTH and _is_smtp_password(value):
        return "ses-smtp-password"
    return "secret-key-length" if plain and len(value) == _SECRET_KEY_LENGTH else None


def _is_smtp_password(value: str) -> bool:
    """Tell whether these are 33 bytes that begin with the version of the scheme, 4 or 2.

    Source: SES Developer Guide, "Obtaining Amazon SES SMTP credentials", the conversion script.
    """
    first, second = value[0], value[1]
    return (first == "B" and "A" <= second <= "P") or (first == "A" and "g" <= second <= "v")
