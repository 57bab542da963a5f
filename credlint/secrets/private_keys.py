"""Private keys: an armour with a body, told apart by format and by encryption."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator, Sequence
from typing import Optional

from credlint.model.finding import Level
from credlint.model.secret import Secret
from credlint.secrets.candidate import Candidate, Match, TextView
from credlint.secrets.openpgp import needs_passphrase
from credlint.secrets.randomness import entropy

# An RSA key of 16,384 bits takes 12,700 base64 characters; what follows is not looked at.
_LONGEST_BODY = 32 * 1024
# The shortest body is that of an Ed25519 key in PKCS #8: 48 bytes, 64 characters (RFC 8410 §7).
_SHORTEST_BODY = 60
_BODY_ENTROPY = 4.0
_SAMPLE = 4096
_OPENSSH_MAGIC = b"openssh-key-v1\x00"

# A blank, as it is or as URLs and forms write it (RFC 3986 §2.1; WHATWG URL, urlencoded).
_GAP = rb"(?: |\+|%20)"
_END = re.compile(
    rb"-----END(?:%(gap)s[A-Z0-9]{1,12}){0,3}%(gap)sPRIVATE%(gap)sKEY(?:%(gap)sBLOCK)?-----"
    rb"|-----BEGIN " % {b"gap": _GAP}
)
_ESCAPE = re.compile(rb"\\+[nrt]|\\+u000[aAdD]|&#(?:10|13|x[aAdD]);|<br ?/?>|%0[aAdD]")
_SLASH = re.compile(rb"\\+(?:/|u002[fF])|%2[fF]")
_PLUS = re.compile(rb"\\+u002[bB]|%2[bB]")
_EQUALS = re.compile(rb"\\+u003[dD]|%3[dD]")
_OPENING = re.compile(rb"-----BEGIN ((?:[A-Z0-9]{1,12} ){0,3})PRIVATE KEY(?: BLOCK)?-----")
_HEADER = re.compile(rb"(?m)^[ \t\"'+#*>]*([A-Z][A-Za-z-]{2,20}):[ \t]*([^\r\n]{0,200})$")
_WRAPPED = re.compile(
    rb"(?:(?:\\{1,2}[nr]|[\r\n])(?:\\{1,2}[nr]|[ \t\r\n\"'+>|#*,]){0,40})?"
    rb"([A-Za-z0-9+/]{1,32768}={0,2})"
)
_RUN = re.compile(rb"[A-Za-z0-9+/]{4,}={0,2}")
_PUTTY = re.compile(rb"Private-Lines:[ \t]*\d{1,4}((?:[\r\n]+[A-Za-z0-9+/=]{4,128}){1,400})")
_PUTTY_CIPHER = re.compile(rb"Encryption:[ \t]*([a-z0-9-]{1,30})")
# A gap between two pieces of base64 that is no more than quoting, joining or indentation.
_JOINT = re.compile(rb"[\s\"'`+,;\\.\xe2\x80\xa6&|>#*()\[\]-]{0,120}\Z")
_MINIMUM_RUN = 16
# Programs that write armour wrap at 64 (RFC 7468), 70 (OpenSSH) or 76 (MIME) characters.
_FULL_LINE = 60
# AWS' documentation writes this into the keys that it prints.
_DOCUMENTATION = b"EXAMPLE"


def _read_escapes(block: bytes) -> bytes:
    text = _SLASH.sub(b"/", _ESCAPE.sub(b"\n", block))
    return _EQUALS.sub(b"=", _PLUS.sub(b"+", text))


def _body_by_lines(block: bytes) -> bytes:
    """Return what stands between the armour's lines when every line is wrapped alike.

    ``// …``, ``echo "…" >> key.pem``, ``text.append("…");``: whatever program writes the key, the
    base64 of all lines but the last is of one length (RFC 7468 §2), with the same text around.
    """
    rows = [row for row in _read_escapes(block).splitlines() if row.strip()]
    runs = [max(_RUN.findall(row), key=len, default=b"") for row in rows]
    full = [(run, row) for run, row in zip(runs, rows) if len(run) >= _FULL_LINE]
    if not full or _DOCUMENTATION in block:
        return b""
    first, width = full[0][1], len(full[0][0])
    around = first.replace(full[0][0], b"", 1)
    if b".." in around or b"\xe2\x80\xa6" in around:
        return b""  # shortened for print
    if any(len(run) != width or row.replace(run, b"", 1) != around for run, row in full):
        return b""
    last = runs.index(full[-1][0]) + 1
    return b"".join(run for run, _ in full) + b"".join(runs[last : last + 1])


def _body_of(block: bytes) -> bytes:
    """Return the base64 characters after an opening line, whatever source text wraps them in."""
    text = _HEADER.sub(b"", _read_escapes(block))
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


def inspect_private_keys(matches: Sequence[Match], view: TextView) -> Iterator[Candidate]:
    """Judge opening lines of armour."""
    return _found(_inspect_private_key(match, view) for match in matches)


def inspect_encoded_keys(matches: Sequence[Match], view: TextView) -> Iterator[Candidate]:
    """Judge base64 that opens like an armour."""
    return _found(_inspect_encoded_key(match, view) for match in matches)


def inspect_putty_keys(matches: Sequence[Match], view: TextView) -> Iterator[Candidate]:
    """Judge the first lines of PuTTY key files."""
    return _found(_inspect_putty_key(match, view) for match in matches)


def _found(judged: Iterator[Optional[Candidate]]) -> Iterator[Candidate]:
    return (candidate for candidate in judged if candidate is not None)


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


def _inspect_private_key(match: Match, view: TextView) -> Optional[Candidate]:
    """Judge an opening line ``BEGIN … PRIVATE KEY``: silent without a body that can be a key.

    Sources: RFC 7468 (armour), RFC 1421 §4.6 (Proc-Type, DEK-Info), OpenSSH PROTOCOL.key.
    """
    words = re.sub(r"%20|\+", " ", match.text)
    label = re.sub(r"^[ -]*BEGIN ?|PRIVATE KEY.*$", "", words).strip()
    limit = min(match.end + _LONGEST_BODY, len(view.data))
    closing = _END.search(view.data, match.end, limit)
    block = view.data[match.end : closing.start() if closing else limit]
    body = _body_of(block)
    closed = closing is not None and not closing.group().startswith(b"-----BEGIN")
    if len(body) < _SHORTEST_BODY and closed:
        body = _body_by_lines(block)
    if len(body) < _SHORTEST_BODY or entropy(body[:_SAMPLE].decode("ascii")) < _BODY_ENTROPY:
        return None
    cipher = _cipher_of_openssh(body)
    encrypted = (
        "ENCRYPTED" in label
        or any(
            b"ENCRYPTED" in header[1] for header in _HEADER.findall(_ESCAPE.sub(b"\n", block[:400]))
        )
        or (cipher is not None and cipher != "none")
        or ("PGP" in label and needs_passphrase(_raw(body)) is True)
    )
    end = closing.end() if closing is not None and closed else match.end
    return _candidate(match, end, body, _format_of(label, body), encrypted)


def _raw(body: bytes) -> bytes:
    return base64.b64decode(body[: len(body) // 4 * 4])


def _unwrap(data: bytes, start: int) -> tuple[bytes, int]:
    """Return base64 without what wraps it (``base64`` breaks lines at 76), and where it ends.

    Every line but the last is as long as the first.
    """
    block = data[start : start + _LONGEST_BODY]
    pieces: list[bytes] = []
    position = 0
    for run in _WRAPPED.finditer(block):
        new = run.group(1)
        if run.start() != position or (pieces and len(new) > len(pieces[0])):
            break
        pieces.append(new)
        position = run.end()
        if len(new) < len(pieces[0]) or new.endswith(b"="):
            break
    return b"".join(pieces).rstrip(b"="), start + position


def _inspect_encoded_key(match: Match, view: TextView) -> Optional[Candidate]:
    """Judge base64 that opens like an armour: a private key as Kubernetes and CI hold it."""
    text, end = _unwrap(view.data, match.start)
    raw = base64.b64decode(text[: len(text) // 4 * 4])
    opening = _OPENING.search(raw)
    if opening is None:
        return None
    label = opening.group(1).decode("ascii").strip()
    inner = Match(match.pattern, opening.start(), opening.end(), opening.group().decode("ascii"))
    found = _inspect_private_key(inner, TextView(view.uri, raw, view.lines))
    if found is None:
        return None
    encrypted = found.level != "error"
    return _candidate(match, end, text, f"{_format_of(label, b'')}, in base64", encrypted)


def _inspect_putty_key(match: Match, view: TextView) -> Optional[Candidate]:
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
