"""``user:password`` in base64: HTTP's Basic scheme (RFC 7617 §2) and Docker's stored logins."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator, Sequence
from typing import Optional

from credlint.secrets.candidate import Candidate, Match, TextView
from credlint.secrets.stored_values import stored_value

# The example of RFC 7617, RFC 2617 and RFC 1945.
_DOCUMENTATION = ("Aladdin", "open sesame")


def inspect_basic_logins(matches: Sequence[Match], view: TextView) -> Iterator[Candidate]:
    """Judge base64 by what it says."""
    del view
    for match in matches:
        login = read_login(match.text)
        if login is None or login == _DOCUMENTATION:
            continue
        candidate = stored_value(match, login[1], login[0])
        if candidate is not None:
            yield candidate


def read_login(text: str) -> Optional[tuple[str, str]]:
    """Return user and password of base64 with or without padding, None when it is no such text."""
    bare = text.rstrip("=")
    try:
        raw = base64.b64decode(bare + "=" * (-len(bare) % 4), validate=True).decode("utf-8")
    except (binascii.Error, ValueError):
        return None
    user, colon, password = raw.strip("\0\r\n").partition(":")
    # A text of JSON, as a token's header, has colons too.
    if not colon or not password or user[:1] == "{" or not (user + password).isprintable():
        return None
    return user, password
