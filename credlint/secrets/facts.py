"""What the judges of secrets may know besides the text: handed in, so that runs replay."""

from __future__ import annotations

from credlint.model.lean_dataclasses import dataclass

_IDENTITY_DIGITS = 32
# Characters; part of the baseline's version 1.
_DISTINCTIVE = 16


@dataclass(frozen=True)
class ScanFacts:
    """The time, the accounts that are one's own, and the key under which secrets are compared.

    ``now``: seconds since 1970, for what has an expiry. ``expected_accounts``: 12-digit numbers
    of ``expect.accounts``. ``identity_key``: random for one run; empty for no comparison.
    ``salts``: those of the baseline that findings are compared with.
    """

    now: float = 0.0
    expected_accounts: frozenset[str] = frozenset()
    identity_key: bytes = b""
    salts: tuple[bytes, ...] = ()

    def identity_of(self, value: str) -> str:
        """Return what tells equal values, and only that: a keyed digest, ``""`` without a key."""
        if not self.identity_key:
            return ""
        from credlint.model.digests import blake2b  # noqa: PLC0415  most runs find nothing

        text = value.encode("utf-8", "surrogatepass")
        digest = blake2b(text, digest_size=_IDENTITY_DIGITS // 2, key=self.identity_key)
        return digest.hexdigest()

    def identify(self, value: str, code: str) -> tuple[str, tuple[str, ...]]:
        """Return identity and digests of a value that the rule found; of none: nothing.

        A long value is the same secret wherever it stands. A short one may stand twice by
        chance: `changeme` in a test is not the password of a database, so it counts as the same
        under one rule only.
        """
        if not value:
            return "", ()
        if len(value) < _DISTINCTIVE:
            value = f"{code}\0{value}"
        return self.identity_of(value), self.digests_of(value)

    def digests_of(self, value: str) -> tuple[str, ...]:
        """Return what the baseline would hold of the value: one digest for each of its salts."""
        if not self.salts:
            return ()
        from credlint.secrets.stretched import stretched_digest  # noqa: PLC0415  with a baseline

        return tuple(stretched_digest(value, salt) for salt in self.salts)


NO_FACTS = ScanFacts()
