"""Binary stores of keys, told by their first bytes: Java's, PKCS #12, KeePass, DER, Tor.

Formats: JKS and JCEKS as in OpenJDK ``sun.security.provider.JavaKeyStore`` (its digest is SHA-1 of
the password in UTF-16, "Mighty Aphrodite" and all that stands before); PKCS #12 (RFC 7292 §4),
PKCS #8 (RFC 5958 §2), KeePass 2 (``KdbxFile``), Tor (``rend-spec-v3``, key files).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from typing import Optional

from credlint.model.finding import Level
from credlint.model.lean_tuples import NamedTuple
from credlint.model.secret import Secret
from credlint.secrets.candidate import Candidate, Match, TextView
from credlint.secrets.openpgp import needs_passphrase

_JAVA = {b"\xfe\xed\xfe\xed": "JKS", b"\xce\xce\xce\xce": "JCEKS"}
_TRUSTED = 2
_MOST_ENTRIES = 10_000
_DIGEST = 20
# What keytool's documentation, Android and application servers suggest.
_USUAL = (
    "changeit",
    "changeme",
    "password",
    "secret",
    "android",
    "storepass",
    "keystore",
    "123456",
)
_TOR = b"== ed25519v1-secret: type0 =="
_KEEPASS = b"\x03\xd9\xa2\x9a"
_DER_VERSION_3 = b"\x02\x01\x03\x30"
# RFC 8017 §A.1.2 (RSA), RFC 5958 §2 (PKCS #8), RFC 5915 §3 (EC).
_DER_KEYS = (b"\x02\x01\x00\x02\x82", b"\x02\x01\x00\x30", b"\x02\x01\x01\x04")


class Store(NamedTuple):
    """What a store is, how bad that is, and what is known of its password."""

    form: str
    level: Level
    tail: str = ""


def inspect_key_stores(matches: Sequence[Match], view: TextView) -> Iterator[Candidate]:
    """Judge a file by its first bytes."""
    for match in matches:
        store = read_store(view.data)
        if store is None:
            continue
        yield Candidate(
            pattern=match.pattern,
            start=0,
            end=min(4, len(view.data)),
            value=Secret(hashlib.sha256(view.data).hexdigest()),
            level=store.level,
            message=f"{store.form}.{store.tail}",
            subject=store.form,
            properties=(("kind", match.pattern.spec.id),),
        )
        return


def read_store(data: bytes) -> Optional[Store]:  # noqa: PLR0911  one return for each form
    """Return what the store is; None for what is none, or holds public keys alone."""
    java = _JAVA.get(data[:4])
    if java is not None:
        return _java_store(data, java)
    if data.startswith(_TOR):
        return Store("Private key of a Tor onion service", "error")
    if data.startswith(_KEEPASS):
        return Store("KeePass database", "warning", " It is only as safe as its password.")
    passphrase = needs_passphrase(data)
    if passphrase is not None:
        tail = " It is only as safe as its passphrase." if passphrase else ""
        return Store("OpenPGP secret keys", "warning" if passphrase else "error", tail)
    body = _der_body(data)
    if data[body : body + 4] == _DER_VERSION_3:
        return Store("PKCS #12 key store", "warning", " It is only as safe as its password.")
    if data[body:].startswith(_DER_KEYS):
        return Store("Private key (DER)", "error")
    return None


def _der_body(data: bytes) -> int:
    """Return where the content of the outer SEQUENCE begins (X.690 §8.1)."""
    if data[:1] != b"\x30" or len(data) < 4:  # noqa: PLR2004  tag, length and one element
        return len(data)
    length = data[1]
    return 2 + (length & 0x7F if length & 0x80 else 0)


def _java_store(data: bytes, form: str) -> Optional[Store]:
    if not _holds_keys(data):
        return None
    for password in _USUAL:
        digested = password.encode("utf-16-be") + b"Mighty Aphrodite" + data[:-_DIGEST]
        # The format's own digest, not ours to choose.
        if hashlib.sha1(digested).digest() == data[-_DIGEST:]:  # noqa: S324
            return Store(f"{form} key store", "error", " Its password is one of the usual ones.")
    return Store(f"{form} key store", "warning", " It is only as safe as its password.")


def _holds_keys(data: bytes) -> bool:
    """Tell whether a Java store holds more than certificates; yes for what cannot be read."""
    count = min(int.from_bytes(data[8:12], "big"), _MOST_ENTRIES)
    version, place = int.from_bytes(data[4:8], "big"), 12
    for _ in range(count):
        tag = int.from_bytes(data[place : place + 4], "big")
        if tag != _TRUSTED:
            return True
        place += 4
        place += 2 + int.from_bytes(data[place : place + 2], "big") + 8  # alias, date
        if version > 1:
            place += 2 + int.from_bytes(data[place : place + 2], "big")  # certificate's type
        place += 4 + int.from_bytes(data[place : place + 4], "big")
        if place > len(data):
            return True
    return False
