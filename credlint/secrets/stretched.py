"""Slow digests: what a baseline keeps of a secret, so that its reader cannot try guesses fast.

PBKDF2-HMAC-SHA256 (RFC 8018 §5.2, NIST SP 800-132) because every Python has it: scrypt is absent
where OpenSSL runs in FIPS mode or is LibreSSL. docs/baseline.md tells what that is worth.
"""

from __future__ import annotations

import hashlib

# Both belong to version 1 of the baseline's format. The iterations take 2 ms: what a hook that
# found something can spare, and a tree with a thousand secrets, too.
ITERATIONS = 10_000
# 64 bits: no other value of a tree has an accepted digest by chance, and to make up one that has
# takes 2^63 stretched tries.
DIGEST_BYTES = 8

# (digest of salt and value) -> stretched digest: a value that stands in many places costs once.
_known: dict[bytes, str] = {}


def stretched_digest(value: str, salt: bytes) -> str:
    """Return 16 hexadecimal digits that are equal for equal values under one salt."""
    data = value.encode("utf-8", "surrogatepass")
    known_as = hashlib.sha256(salt + b"\0" + data).digest()
    digest = _known.get(known_as)
    if digest is None:
        raw = hashlib.pbkdf2_hmac("sha256", data, salt, ITERATIONS, DIGEST_BYTES)
        digest = _known[known_as] = raw.hex()
    return digest
