"""Azure's checksums against what Microsoft publishes to prove an implementation."""

from __future__ import annotations

import pytest

from credlint.secrets import azure_checksums
from credlint.token_samples import azure_key, random_text

# microsoft/security-utilities, ``MarvinShared.cs``: seed, bytes, both halves of the hash.
VECTORS = [
    (0x004FB61A001BDBCC, "", 0x30ED35C100CD3C7D),
    (0x004FB61A001BDBCC, "af", 0x48E73FC77D75DDC1),
    (0x004FB61A001BDBCC, "e70f", 0xB5F6E1FC485DBFF8),
    (0x004FB61A001BDBCC, "37f495", 0xF0B07C789B8CF7E8),
    (0x004FB61A001BDBCC, "8642dc59", 0x7008F2E87E9CF556),
    (0x004FB61A001BDBCC, "153fb79826", 0xE6C08C6DA2AFA997),
    (0x804FB61A001BDBCC, "0932e6246c47", 0xD6DD5E40AD1BC2ED),
    (0x804FB61A801BDBCC, "ff00ff00ff00ff", 0xFDFD187B1D3CE784),
]


@pytest.mark.parametrize(("seed", "data", "expected"), VECTORS)
def test_marvin32(seed, data, expected):
    low, high = azure_checksums.marvin32(bytes.fromhex(data), seed)

    assert high << 32 | low == expected


def test_the_examples_of_the_issuer_are_right():
    # What its generators make of one repeated character: random for nobody.
    assert azure_checksums.identifiable("a" * 76 + "+ASt" + "5mnCaw==")
    assert azure_checksums.entra("zzz8Q~" + "z" * 31 + "blP")


@pytest.mark.parametrize("seed", range(20))
def test_what_is_changed_is_wrong(seed):
    checks = [
        (azure_checksums.identifiable, azure_key("64", "plus-ASt", str(seed))),
        (azure_checksums.identifiable, azure_key("32", "AZEG", str(seed))),
        (azure_checksums.identifiable, azure_key("39", "AzSe", str(seed))),
        (azure_checksums.identifiable, azure_key("function", "AzFu", str(seed))),
        (azure_checksums.annotated, azure_key("annotated", "AZDO", str(seed))),
        (azure_checksums.entra, azure_key("entra", "8Q", str(seed))),
    ]
    for check, key in checks:
        assert check(key)
        for place in range(0, 20, 3):
            other = "q" if key[place] != "q" else "Z"

            assert not check(key[:place] + other + key[place + 1 :])


@pytest.mark.parametrize("text", ["", "=", "é" * 88, "+ASt", "~" * 40, "A" * 79, "A" * 81])
def test_any_text_has_an_answer(text):
    for check in (azure_checksums.identifiable, azure_checksums.annotated, azure_checksums.entra):
        assert check(text) in (True, False)


def test_the_older_spelling_of_the_annotated_checksum_is_known():
    import base64  # noqa: PLC0415  for this test alone

    head = f"{random_text('base62', '52', 'o')}JQQJ99BFAC{random_text('base62', '14', 'o')}AZMP"
    data = base64.b64decode(head)
    checked = azure_checksums.checksum(data, "Default0").to_bytes(4, "little")

    assert azure_checksums.annotated(head + base64.b64encode(checked).decode()[:4])
