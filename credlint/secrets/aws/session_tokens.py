"""Session tokens: by the header that their own bytes carry, or by a name."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator, Sequence
from typing import Optional

from credlint.model.finding import Level
from credlint.model.secret import Secret
from credlint.secrets.aws.moments import expiry_beside, expiry_words, is_over, shown
from credlint.secrets.candidate import Candidate, Match, TextView
from credlint.secrets.randomness import entropy, looks_random

_ENTROPY = 4.8
# Real ones have 350 characters or more; what is shorter by far is cut, and opens nothing.
_LEAST_LENGTH = 200
_WRITTEN = re.compile(r"(?i:[A-Z0-9/+=]|%(?:25)?(?:2[BF]|3D)|\\{1,4}(?:/|u00(?:2[BF]|3D)))+")
_REGION = re.compile(r"[a-z]{2}(-[a-z]+)+-\d\Z")
# Base64 of the object id of RSA: AWS' examples print a piece of a certificate as a token.
_CERTIFICATE = "kqhkiG9w0BAQ"
_NAMES = (b"aws", b"er/aws", b"origin_ec")


def inspect_session_tokens(matches: Sequence[Match], view: TextView) -> Iterator[Candidate]:
    """Judge what may be session tokens, each by itself."""
    judged = (_inspect(match, view) for match in matches)
    return (candidate for candidate in judged if candidate is not None)


def _inspect(match: Match, view: TextView) -> Optional[Candidate]:
    written = _WRITTEN.match(match.text)
    if written is None:
        return None
    # What follows it may begin with an escape of its own, as `\\"` does.
    match = Match(match.pattern, match.start, match.start + written.end(), written.group())
    text = re.sub(r"\\+(?:/|u002f)", "/", match.text, flags=re.IGNORECASE)
    for escape, meant in (("2b", "+"), ("2f", "/"), ("3d", "=")):
        text = re.sub(rf"(?i)%(?:25)?{escape}|\\+u00{escape}", meant, text)
    header = _header(text)
    if header is None and (not match.pattern.options.get("named") or _CERTIFICATE in text):
        return None
    if header is not None and len(text) < _LEAST_LENGTH:
        return None
    # Behind its header a token may well hold ten slashes in a row: a counter's filled-up bits.
    random = entropy(text) >= _ENTROPY if header else looks_random(text, _ENTROPY)
    if not random or "EXAMPLE" in text:
        return None
    region = header[1] if header else None
    expires = expiry_beside(match.start, match.end, view)
    over = is_over(expires, view)
    level: Level = "note" if over else "error" if _is_live(expires, view) else "warning"
    issued = f" issued for region {region}" if region else ""
    message = f"AWS session token{issued}, recognised by {'its header' if header else 'its name'}."
    properties = [("region", region)] if region else []
    if expires is not None:
        properties.append(("expires", shown(expires)))
    return Candidate(
        pattern=match.pattern,
        start=match.start,
        end=match.end,
        value=Secret(text if header else match.text),
        level=level,
        message=f"{message} {expiry_words(expires, view)}".rstrip(),
        subject="AWS session token",
        properties=tuple(properties),
    )


def _is_live(expires: Optional[float], view: TextView) -> bool:
    return expires is not None and bool(view.facts.now) and expires >= view.facts.now


def _header(text: str) -> Optional[tuple[str, Optional[str]]]:
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
    if name not in _NAMES:
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
