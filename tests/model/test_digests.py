"""The digests that do without OpenSSL are those of ``hashlib``."""

from __future__ import annotations

import hashlib
import subprocess
import sys

import pytest

from credlint.model.digests import blake2b, sha256


@pytest.mark.parametrize("data", [b"", b"abc", bytes(range(256)) * 33])
def test_digests_are_the_standard_ones(data):
    assert sha256(data).hexdigest() == hashlib.sha256(data).hexdigest()
    assert (
        blake2b(data, digest_size=16, key=b"k").digest()
        == hashlib.blake2b(data, digest_size=16, key=b"k").digest()
    )


def test_openssl_is_not_loaded():
    code = "import sys, credlint.model.digests; print('_hashlib' in sys.modules)"

    told = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)

    assert told.stdout.strip() == b"False"
