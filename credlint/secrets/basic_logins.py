"""``user:password`` in base64: HTTP's Basic scheme (RFC 7617 §2) and Docker's stored logins."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator, Sequence
from typing import Optional

from credlint.secrets.candidate import Candidate, Match, TextView

_BASE64 = re.compile(rb"[A-Za-z0-9+/]{6,4096}={0,2}(?![A-Za-z0-9+/=_-])")
# The examples of RFC 7617 §2 and §2.1 (2617, 1945) and of RFC 6749 §2.3.1.
_DOCUMENTATION = {
    ("Aladdin", "open sesame"),
    ("test", "123\N{POUND SIGN}"),
    ("s6BhdRkqt3", "gX1fBat3bV"),
}


def inspect_basic_logins(matches: Sequence[Match], view: TextView) -> Iterator[Candidate]:
    """Judge base64 by what it says; a match may be its first characters alone."""
    for match in matches:
        # A repetition in the expression would be one hit of the first stage for each length.
        whole = _BASE64.match(view.data, match.start)
        text = whole.group().decode() if whole is not None else ""
        login = read_login(text)
        if login is None or login in _DOCUMENTATION:
            continue
        # Most matches are words after "basic": they shall not pay for this.
        from credlint.secrets.stored_values import stored_value  # noqa: PLC0415

        candidate = stored_value(match, login[1], login[0])
        if candidate is not None:
            yield candidate.changed(end=match.start + len(text))


def inspect_encoded_registries(matches: Sequence[Match], view: TextView) -> Iterator[Candidate]:
    """Judge base64 of a Docker configuration, as CI variables and manifests hold it."""
    from credlint.secrets.registry_auth import read_registry_auths  # noqa: PLC0415  rare
    from credlint.secrets.stored_values import stored_value  # noqa: PLC0415

    del view
    for match in matches:
        text = match.text.rstrip("=")
        try:
            raw = base64.b64decode(text + "=" * (-len(text) % 4))
        except (binascii.Error, ValueError):
            continue
        for login in read_registry_auths(raw.rstrip()):
            candidate = stored_value(match, login.value.reveal())
            if candidate is not None:
                yield candidate
                break


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
