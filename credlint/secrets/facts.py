"""What the judges of secrets may know besides the text: handed in, so that runs replay."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass

_IDENTITY_DIGITS = 32


@dataclass(frozen=True)
class ScanFacts:
    """The time, the accounts that are one's own, and the key under which secrets are compared.

    ``now``: seconds since 1970, for what has an expiry. ``expected_accounts``: 12-digit numbers
    of ``expect.accounts``. ``identity_key``: random for one run, or that of a baseline; empty
    for no comparison.
    """

    now: float = 0.0
    expected_accounts: frozenset[str] = frozenset()
    identity_key: bytes = b""

    def identity_of(self, value: str) -> str:
        """Return what tells equal values, and only that: a keyed digest, ``""`` without a key."""
        if not self.identity_key:
            return ""
        text = value.encode("utf-8", "surrogatepass")
        digest = hmac.new(self.identity_key, text, hashlib.sha256).hexdigest()
        return digest[:_IDENTITY_DIGITS]


NO_FACTS = ScanFacts()
