"""Stores of private keys: told by their first bytes, and read as far as they are open."""

from __future__ import annotations

import hashlib

import pytest

from credlint.model.document import Document
from credlint.secrets.key_stores import read_store
from credlint.sources.files import is_binary


def _entry(tag: int, version: int = 2) -> bytes:
    name, date, body = b"\0\x05alias", b"\0" * 8, b"\0\0\0\x04ABCD"
    kind = b"\0\x05X.509" if version > 1 else b""
    if tag == 2:
        return tag.to_bytes(4, "big") + name + date + kind + body
    return tag.to_bytes(4, "big") + name + date + body + b"\0\0\0\x01" + kind + body


def _java_store(*tags: int, version: int = 2, usual: str = "") -> bytes:
    body = b"\xfe\xed\xfe\xed" + version.to_bytes(4, "big") + len(tags).to_bytes(4, "big")
    body += b"".join(_entry(tag, version) for tag in tags)
    text = (usual or "long and unusual").encode("utf-16-be") + b"Mighty Aphrodite" + body
    return body + hashlib.sha1(text).digest()  # noqa: S324  the format's own digest


def _openpgp(usage: int) -> bytes:
    """A version 4 RSA key of 16 bits, with that S2K usage octet (RFC 9580 §5.5.3)."""
    body = b"\4\0\0\0\0\1" + b"\0\x10\xff\xff" + b"\0\x02\3" + bytes([usage]) + b"\0" * 40
    return b"\x95" + len(body).to_bytes(2, "big") + body


PKCS12 = b"\x30\x82\x09\x00\x02\x01\x03\x30" + b"\0" * 40
KEEPASS = b"\x03\xd9\xa2\x9a\x67\xfb\x4b\xb5" + b"\0" * 40
PKCS1 = b"\x30\x82\x04\xa4\x02\x01\x00\x02\x82\x01\x01" + b"\0" * 40
EC = b"\x30\x77\x02\x01\x01\x04\x20" + b"\0" * 40
CERTIFICATE = b"\x30\x82\x04\xa4\x30\x82\x01\x01" + b"\0" * 40


@pytest.mark.parametrize("version", [1, 2])
def test_a_java_store_with_a_private_key(version):
    store = read_store(_java_store(2, 2, 1, version=version))

    assert store is not None
    assert (store.form, store.level) == ("JKS key store", "warning")


@pytest.mark.parametrize("usual", ["changeit", "android", "password"])
def test_a_usual_password_is_proven_by_the_digest(usual):
    store = read_store(_java_store(1, usual=usual))

    assert store is not None
    assert store.level == "error"


@pytest.mark.parametrize("version", [1, 2])
def test_a_store_of_certificates_is_no_secret(version):
    assert read_store(_java_store(2, 2, 2, version=version, usual="changeit")) is None
    assert read_store(_java_store(version=version)) is None


@pytest.mark.parametrize("cut", [5, 13, 20, 30])
def test_a_damaged_store_is_judged(cut):
    read_store(_java_store(2, 1)[:cut])


@pytest.mark.parametrize(
    ("data", "path", "level"),
    [
        (_java_store(1), "app/release.jks", "warning"),
        (_java_store(1, usual="changeit"), "keystore", "error"),
        (PKCS12, "cert.p12", "warning"),
        (PKCS12, "old.keystore", "warning"),
        (KEEPASS, "team.KDBX", "warning"),
        (PKCS1, "server.der", "error"),
        (EC, "ec.der", "error"),
        (_openpgp(0), "secring.gpg", "error"),
        (_openpgp(254), "me.gpg", "warning"),
    ],
)
def test_stores_are_read_and_reported_by_name_and_content(engine, data, path, level):
    findings = engine.scan(Document(path, data)).findings

    assert not is_binary(data)
    assert [(f.code, f.level, f.location.line) for f in findings] == [("SEC217", level, 1)]


def test_other_binaries_are_none(engine):
    for data in (CERTIFICATE, b"\x7fELF\0\0\0", b"0\0\0\0", b"0", b""):
        assert read_store(data) is None
        assert engine.scan(Document("x.der", data)).findings == ()
    assert is_binary(CERTIFICATE)
