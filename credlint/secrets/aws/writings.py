r"""How a key may be written: escaped, in pieces, or in base64; and what it means then.

Pieces: string literals joined by an operator (``+``, ``.``, ``&``, ``..``) or by standing beside
each other (C, Python), and lines that end in ``\``. Base64: the values of a Kubernetes Secret.
"""

from __future__ import annotations

import base64
import binascii
import re
from typing import Optional

from credlint.secrets.candidate import Match, TextView
from credlint.secrets.spelling import spelled_at

KEY_ID, SECRET_KEY = "aws-key-id", "aws-secret-key"
_LENGTHS = {KEY_ID: 20, SECRET_KEY: 40}
_PIECES = {KEY_ID: re.compile(rb"[A-Z2-7]{1,21}"), SECRET_KEY: re.compile(rb"[A-Za-z0-9/+]{1,41}")}
_SHAPES = {
    KEY_ID: re.compile(r"(?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}\Z"),
    SECRET_KEY: re.compile(r"[A-Za-z0-9/+]{40}\Z"),
}
# The same as in the patterns with `spelling = "split"`.
_JOINT = re.compile(rb"\\?[\"'`][+.&|~\\_ \t\r\n]{0,60}[\"'`]|\\\r?\n[ \t]{0,40}")


def as_meant(match: Match, view: TextView) -> Optional[Match]:
    """Return the match as it is meant, None when its pattern asks for a spelling in vain."""
    spelling = match.pattern.options.get("spelling")
    if spelling == "escaped":
        spelled = spelled_at(view.data, match.start)
        return None if spelled is None else Match(match.pattern, *spelled)
    if spelling == "split":
        return _joined(match, view.data)
    if spelling == "base64":
        return _decoded(match)
    return match


def _joined(match: Match, data: bytes) -> Optional[Match]:
    kind = match.pattern.spec.kind
    wanted, piece = _LENGTHS[kind], _PIECES[kind]
    # What separates it from its name may have taken a slash for its own.
    start = match.start
    while start and match.start - start < wanted and piece.match(data, start - 1, start):
        start -= 1
    text, place = b"", start
    while len(text) < wanted:
        found = piece.match(data, place)
        if found is None:
            return None
        text += found.group()
        place = found.end()
        joint = _JOINT.match(data, place)
        if joint is None:
            break
        if len(text) < wanted:
            place = joint.end()
        elif piece.match(data, joint.end()):
            return None  # goes on, so it is something longer
    if len(text) != wanted or data[place : place + 1] in (b"=", b"_", b"-"):
        return None
    meant = text.decode("ascii")
    return Match(match.pattern, start, place, meant) if _SHAPES[kind].match(meant) else None


def _decoded(match: Match) -> Optional[Match]:
    try:
        text = base64.b64decode(match.text, validate=True).decode("ascii").rstrip("\r\n")
    except (binascii.Error, ValueError):
        return None
    if not _SHAPES[match.pattern.spec.kind].match(text):
        return None
    return Match(match.pattern, match.start, match.end, text)
