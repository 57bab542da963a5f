"""Private keys: an armour with a body, told apart by format and by encryption."""

from __future__ import annotations

import base64
import binascii
import re
from typing import Optional

from credlint.model.finding import Level
from credlint.model.secret import Secret
from credlint.secrets.candidate import Candidate, Match, TextView
from credlint.secrets.randomness import entropy

# An RSA key of 16,384 bits takes 12,700 base64 characters; what follows is not looked at.
_LONGEST_BODY = 32 * 1024
# The shortest body is that of an Ed25519 key in PKCS #8: 48 bytes, 64 characters (RFC 8410 §7).
_SHORTEST_BODY = 60
_BODY_ENTROPY = 4.0
_SAMPLE = 4096
_OPENSSH_MAGIC = b"openssh-key-v1\x00"

_END = re.compile(rb"-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----|-----BEGIN ")
_ESCAPE = re.compile(rb"\\+[nrt]|\\+u000[aAdD]|&#(?:10|13|x[aAdD]);|<br ?/?>|%0[aAdD]")
_SLASH = re.compile(rb"\\+/")
_OPENING = re.compile(rb"-----BEGIN ((?:[A-Z0-9]{1,12} ){0,3})PRIVATE KEY(?: BLOCK)?-----")
_HEADER = re.compile(rb"(?m)^[ \t\"'+#*>]*([A-Z][A-Za-z-]{2,20}):[ \t]*([^\r\n]{0,200})$")
_RUN = re.compile(rb"[A-Za-z0-9+/]{4,}={0,2}")
_PUTTY = re.compile(rb"Private-Lines:[ \t]*\d{1,4}((?:[\r\n]+[A-Za-z0-9+/=]{4,128}){1,400})")
_PUTTY_CIPHER = re.compile(rb"Encryption:[ \t]*([a-z0-9-]{1,30})")
# A gap between two pieces of base64 that is no more than quoting, joining or indentation.
_JOINT = re.compile(rb"[\s\"'`+,;\\.\xe2\x80\xa6&|>#*()\[\]-]{0,120}\Z")
_MINIMUM_RUN = 16
# AWS' documentation writes this into the keys that it prints.
_DOCUMENTATION = b"EXAMPLE"


def _body_of(block: bytes) -> bytes:
    """Return the base64 characters after an opening line, whatever source text wraps them in."""
    text = _SLASH.sub(b"/", _ESCAPE.sub(b"\n", block))
    text = _HEADER.sub(b"", text)
    pieces: list[bytes] = []
    position = 0
    for run in _RUN.finditer(text):
        joint = text[position : run.start()]
        if not _JOINT.match(joint):
            break
        if b".." in joint or b"\xe2\x80\xa6" in joint:
            return b""  # shortened for print: no key can be made of it
        if len(run.group()) < _MINIMUM_RUN and not pieces:
            break  # a word: text that only talks about the line
        pieces.append(run.group())
        position = run.end()
    body = b"".join(pieces)
    return b"" if _DOCUMENTATION in body else body


def _cipher_of_openssh(body: bytes) -> Optional[str]:
    """Return the cipher named in an OpenSSH key (PROTOCOL.key), None for other formats."""
    try:
        raw = base64.b64decode(body[:120])
    except (binascii.Error, ValueError):
        return None
    if not raw.startswith(_OPENSSH_MAGIC):
        return None
    start = len(_OPENSSH_MAGIC) + 4
    length = int.from_bytes(raw[start - 4 : start], "big")
    return raw[start : start + min(length, 40)].decode("ascii", "replace")


def _format_of(label: str, body: bytes) -> str:
    if body.startswith(b"b3BlbnNzaC1rZXktdjE"):
        return "OpenSSH"
    if "PGP" in label:
        return "PGP"
    if "OPENSSH" in label or "SSH2" in label:
        return "OpenSSH" if "OPENSSH" in label else "SSH2"
    return "PKCS #8" if label in ("", "ENCRYPTED") else f"PEM, {label}"


def _candidate(match: Match, end: int, body: bytes, form: str, encrypted: bool) -> Candidate:
    level: Level = "warning" if encrypted else "error"
    kind = "Encrypted private key" if encrypted else "Private key"
    tail = " It is only as safe as its passphrase." if encrypted else ""
    return Candidate(
        pattern=match.pattern,
        start=match.start,
        end=end,
        value=Secret(body.decode("ascii", "replace")),
        level=level,
        message=f"{kind} ({form}).{tail}",
        subject=f"{'encrypted ' if encrypted else ''}private key, {form}",
        properties=(("format", form), ("encrypted", "yes" if encrypted else "no")),
    )


def inspect_private_key(match: Match, view: TextView) -> Optional[Candidate]:
    """Judge an opening line ``BEGIN … PRIVATE KEY``: silent without a body that can be a key.

    Sources: RFC 7468 (armour), RFC 1421 §4.6 (Proc-Type, DEK-Info), OpenSSH PROTOCOL.key.
    """
    label = re.sub(r"^[ -]*BEGIN ?|PRIVATE KEY.*$", "", match.text).strip()
    limit = min(match.end + _LONGEST_BODY, len(view.data))
    closing = _END.search(view.data, match.end, limit)
    block = view.data[match.end : closing.start() if closing else limit]
    body = _body_of(block)
    if len(body) < _SHORTEST_BODY or entropy(body[:_SAMPLE].decode("ascii")) < _BODY_ENTROPY:
        return None
    cipher = _cipher_of_openssh(body)
    encrypted = (
        "ENCRYPTED" in label
        or any(
            b"ENCRYPTED" in header[1] for header in _HEADER.findall(_ESCAPE.sub(b"\n", block[:400]))
        )
        or (cipher is not None and cipher != "none")
    )
    closed = closing is not None and not closing.group().startswith(b"-----BEGIN")
    end = closing.end() if closing is not None and closed else match.end
    return _candidate(match, end, body, _format_of(label, body), encrypted)


def inspect_encoded_key(match: Match, view: TextView) -> Optional[Candidate]:
    """Judge base64 that opens like an armour: a private key as Kubernetes and CI hold it."""
    text = re.sub(r"[^A-Za-z0-9+/]", "", match.text)
    raw = base64.b64decode(text[: len(text) // 4 * 4])
    opening = _OPENING.search(raw)
    if opening is None:
        return None
    label = opening.group(1).decode("ascii").strip()
    inner = Match(match.pattern, opening.start(), opening.end(), opening.group().decode("ascii"))
    found = inspect_private_key(inner, TextView(view.uri, raw, view.lines))
    if found is None:
        return None
    encrypted = found.level != "error"
    body = match.text.encode("ascii", "replace")
    return _candidate(match, match.end, body, f"{_format_of(label, b'')}, in base64", encrypted)


def inspect_putty_key(match: Match, view: TextView) -> Optional[Candidate]:
    """Judge the first line of a PuTTY key file (PuTTY manual, appendix C: PPK format)."""
    block = view.data[match.start : match.start + _LONGEST_BODY]
    found = _PUTTY.search(block)
    if found is None:
        return None
    body = b"".join(found.group(1).split())
    cipher = _PUTTY_CIPHER.search(block)
    if len(body) < _SHORTEST_BODY // 2 or entropy(body[:_SAMPLE].decode("ascii")) < _BODY_ENTROPY:
        return None
    encrypted = cipher is not None and cipher.group(1) != b"none"
    return _candidate(match, match.start + found.end(), body, "PuTTY", encrypted)
