from __future__ import annotations

from pathlib import Path

import pytest

from credlint.host.certificates import has_certificate

CERTIFICATE = (Path(__file__).parents[1] / "support" / "certificate.pem").read_bytes()


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (CERTIFICATE, True),
        (b"some text\n" + CERTIFICATE, True),
        (CERTIFICATE.replace(b"MII", b"AAA", 1), False),
        (CERTIFICATE.replace(b"MII", b"AAA", 1) + CERTIFICATE, True),
        (CERTIFICATE[:-30], False),
        (b"no certificate\n", False),
        (b"", False),
    ],
)
def test_one_certificate_that_can_be_read_is_enough(data: bytes, expected: bool) -> None:
    assert has_certificate(data) is expected
