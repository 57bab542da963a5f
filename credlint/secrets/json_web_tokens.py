"""JSON Web Tokens: what header and claims say of one, offline; the signature is not looked into.

RFC 7519 (claims), RFC 7515 (the three parts of a signed one), RFC 7516 (the five of an encrypted
one, the third an initialisation vector of 96 or 128 bits). A text of three parts whose second is
no JSON object is a signed message, no token, and one without a signature proves nothing.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Iterator, Sequence
from datetime import datetime, timezone
from typing import Any, Optional

from credlint.model.finding import Level
from credlint.model.secret import Secret
from credlint.secrets.candidate import Candidate, Match, TextView

_ALGORITHM = re.compile(rb'"alg"\s{0,8}:\s{0,8}"([A-Za-z0-9+-]{1,32})"')
_CLAIM = rb'"%s"\s{0,8}:\s{0,8}"?([^",}\s]{1,200})'
_SHOWN = re.compile(r"[A-Za-z0-9:/._@-]{1,80}\Z")
_EXAMPLE = re.compile(r"(?:^|[./@])(?:example(?:\.(?:com|org|net))?|invalid|test)(?:[/:]|$)")
# The token that jwt.io shows, and half of all documentation since: these claims and no other.
_DOCUMENTATION = re.compile(
    rb'\{"sub":\s?"1234567890",\s?"name":\s?"John Doe"(?:,\s?"(?:iat|admin)":\s?(?:true|[0-9]+))*\}'
)
_ONE_WORD = re.compile(rb'\{\s?"[a-z]{1,12}":\s?"[a-z]{1,12}"\s?\}')
# What jwt.io and the manuals of JWT libraries sign their examples with.
_PRINTED_KEYS = (
    *(b"secret", b"key", b"test", b"password", b"my-secret", b"mysecret", b"your-256-bit-secret"),
    *(
        b"secret-key",
        b"secretkey",
        b"your-secret-key",
        b"shhhhh",
        b"a-string-secret-at-least-256-bits-long",
    ),
)
_BEARER = re.compile(rb"(?i)(?:bearer|token|authorization|auth|jwt)[\"'\s:=(,]{1,8}\Z")
_REACH = 48
_SIGNATURE = 16
_ENCRYPTED_PARTS = 5


def inspect_tokens(matches: Sequence[Match], view: TextView) -> Iterator[Candidate]:
    """Judge texts of base64url parts of which the first opens like a JSON object."""
    for match in matches:
        found = _signed(match, match.text, view)
        if found is not None:
            yield found


def inspect_encrypted_tokens(matches: Sequence[Match], view: TextView) -> Iterator[Candidate]:
    """Judge texts of five parts: who holds one sends it as it is, its content is closed to him."""
    for match in matches:
        text = ".".join(match.text.split(".")[:_ENCRYPTED_PARTS])
        before = view.data[max(0, match.start - _REACH) : match.start]
        if text.count(".") < _ENCRYPTED_PARTS - 1 or b'"enc"' not in _decoded(text.split(".")[0]):
            continue
        if _BEARER.search(before):
            yield _candidate(match, text, "warning", "Encrypted JSON Web Token.", ())


def inspect_encoded_tokens(matches: Sequence[Match], view: TextView) -> Iterator[Candidate]:
    """Judge base64 that opens like a token."""
    for match in matches:
        inner = _decoded(match.text.rstrip("=")).decode("ascii", "replace")
        found = _signed(match, inner, view)
        if found is not None:
            yield found.changed(end=match.end, message=f"In base64: {found.message}")


def _decoded(text: str) -> bytes:
    try:
        whole = text + "=" * (-len(text) % 4)
        return base64.urlsafe_b64decode(whole.replace("+", "-").replace("/", "_"))
    except (binascii.Error, ValueError):
        return b""


def _signed(match: Match, written: str, view: TextView) -> Optional[Candidate]:
    parts = written.split(".")[:3]
    if len(parts) < 3 or len(parts[2]) < _SIGNATURE:  # noqa: PLR2004  header, claims, signature
        return None
    header, claims = _decoded(parts[0]), _decoded(parts[1]).lstrip()
    algorithm = _ALGORITHM.search(header)
    if (b'"alg"' not in header and b'"typ"' not in header) or not claims.startswith(b"{"):
        return None
    name = algorithm.group(1).decode() if algorithm else ""
    if name.lower() == "none" or _DOCUMENTATION.match(claims):
        return None
    if name == "HS256" and _ONE_WORD.fullmatch(claims) and _is_signed_with_a_word(parts):
        return None  # the example of a manual: it says nothing, and anybody can make it
    return _judge(match, ".".join(parts), name, _claims(claims), view.facts.now)


def _is_signed_with_a_word(parts: Sequence[str]) -> bool:
    """Tell whether a key that manuals print made the signature: anybody can make such a token."""
    import hmac  # noqa: PLC0415  rare

    signed, signature = ".".join(parts[:2]).encode(), _decoded(parts[2])
    return any(hmac.digest(key, signed, "sha256") == signature for key in _PRINTED_KEYS)


def _claims(raw: bytes) -> dict[str, Any]:
    """Return the claims that matter; those of a damaged text one by one."""
    try:
        table = json.loads(raw)
        if isinstance(table, dict):
            return table
    except (ValueError, RecursionError):
        pass
    found: dict[str, Any] = {}
    for name in ("iss", "exp", "role"):
        claim = re.search(_CLAIM % name.encode(), raw)
        if claim is not None:
            found[name] = claim.group(1).decode("utf-8", "replace")
    return found


def _expiry(claims: dict[str, Any]) -> Optional[datetime]:
    try:
        return datetime.fromtimestamp(float(claims["exp"]), timezone.utc)
    except (KeyError, TypeError, ValueError, OverflowError, OSError):
        return None


def _judge(
    match: Match, text: str, algorithm: str, claims: dict[str, Any], now: float
) -> Candidate:
    issuer = claims.get("iss")
    issuer = issuer if isinstance(issuer, str) and _SHOWN.match(issuer) else ""
    expiry = _expiry(claims)
    properties = [("kind", match.pattern.spec.id)]
    words = ["JSON Web Token"]
    if algorithm:
        words.append(f"({algorithm})")
        properties.append(("algorithm", algorithm))
    if issuer:
        words.append(f"of {issuer}")
        properties.append(("issuer", issuer))
    level: Level = "warning"
    if expiry is not None:
        day = expiry.date().isoformat()
        properties.append(("expires", expiry.isoformat()))
        live = now == 0 or expiry.timestamp() > now
        level = "error" if live else "note"
        words.append(f"{'valid until' if live else 'expired on'} {day}")
    elif issuer == "kubernetes/serviceaccount":
        level = "error"
        words.append("that does not expire")
    message = " ".join(words) + "."
    if claims.get("role") == "anon":
        level, message = "note", message + " Its role is the anonymous one, made to be public."
    elif claims.get("role") == "service_role" and level == "warning":
        level = "error"
    if issuer and _EXAMPLE.search(issuer):
        level, message = "note", message + " Its issuer is made for examples."
    return _candidate(match, text, level, message, tuple(properties))


def _candidate(
    match: Match, text: str, level: Level, message: str, properties: tuple[tuple[str, str], ...]
) -> Candidate:
    return Candidate(
        pattern=match.pattern,
        start=match.start,
        end=match.start + len(text),
        value=Secret(text),
        level=level,
        message=message,
        subject="JSON Web Token",
        properties=properties or (("kind", match.pattern.spec.id),),
    )
