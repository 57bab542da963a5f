"""Facts of an AWS access key id that can be told offline.

Sources: IAM User Guide, "Unique identifiers" (prefixes); the account encoding was published
by A. Steele (2020) and T. Beery (2023): the 16 characters after the prefix are base32 of 80
bits; the first bit is the generation; in new-generation ids the next 40 bits are the account.
"""

from __future__ import annotations

import base64
import binascii
import re
from typing import Optional

from credlint.model.captured import KeyId

LONG_TERM_PREFIXES = ("AKIA",)

# The identifiers that are credentials; AROA, AIDA and the like name principals.
_SHAPE = re.compile(r"(AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}\Z")
_ACCOUNT_LIMIT = 10**12
_ACCOUNT_BITS = 40
_BITS_AFTER_ACCOUNT = 39


def decode_account(key_id: str) -> Optional[str]:
    """Return the twelve-digit account of a new-generation key id, None when it carries none.

    Not for documentation ids: what they decode to means nothing.
    """
    try:
        number = int.from_bytes(base64.b32decode(key_id[4:20]), "big")
    except (binascii.Error, ValueError):
        return None
    if not number >> (_ACCOUNT_BITS + _BITS_AFTER_ACCOUNT) & 1:
        return None
    account = number >> _BITS_AFTER_ACCOUNT & ((1 << _ACCOUNT_BITS) - 1)
    return f"{account:012d}" if account < _ACCOUNT_LIMIT else None


def is_example(key_id: str) -> bool:
    """Tell whether the id is one of AWS' documentation ids (all end in EXAMPLE)."""
    return key_id.endswith("EXAMPLE")


def parse_key_id(text: str) -> Optional[KeyId]:
    """Return the displayable facts of a text that is exactly an access key id, else None."""
    if not _SHAPE.match(text):
        return None
    example = is_example(text)
    account = None if example else decode_account(text)
    return KeyId(prefix=text[:4], last_four=text[-4:], account=account, example=example)
