"""The slow digest of a baseline."""

from __future__ import annotations

import hashlib

from credlint.secrets.facts import ScanFacts
from credlint.secrets.stretched import stretched_digest

SALT = bytes(range(16))


def test_it_is_pbkdf2_with_the_cost_of_version_1():
    """Held by the standard library's own words, so that no change of ours goes unseen."""
    value = "grün \udcff"
    data = value.encode("utf-8", "surrogatepass")

    assert stretched_digest(value, SALT) == hashlib.pbkdf2_hmac(
        "sha256", data, SALT, 10_000, 8
    ).hex()  # fmt: skip


def test_a_value_costs_once(monkeypatch):
    calls = []
    real = hashlib.pbkdf2_hmac
    monkeypatch.setattr(hashlib, "pbkdf2_hmac", lambda *given: calls.append(1) or real(*given))
    digests = {stretched_digest("the value of this test", SALT) for _ in range(5)}

    assert (len(digests), len(calls)) == (1, 1)


def test_without_a_baseline_nothing_is_stretched():
    identity, digests = ScanFacts(identity_key=b"k").identify("x")

    assert (len(identity), digests) == (32, ())


def test_no_value_has_no_identity():
    assert ScanFacts(identity_key=b"k", salts=(SALT,)).identify("") == ("", ())


def test_each_salt_gives_a_digest():
    first, second = ScanFacts(salts=(SALT, SALT[::-1])).identify("x")[1]

    assert first != second
