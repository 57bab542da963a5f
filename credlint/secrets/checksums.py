"""Checksums that tokens carry, so that a made-up one is told offline."""

from __future__ import annotations

import binascii
import zlib
from typing import Callable

from credlint.secrets import azure_checksums

_BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_BASE36 = "0123456789abcdefghijklmnopqrstuvwxyz"
_GITHUB_DIGITS = 6
_GITLAB_DIGITS = 7
_GRAFANA_DIGITS = 8
_BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_EXTENDED_KEY_BYTES = 82


def in_base(number: int, digits: str, width: int) -> str:
    """Write a number with the given digits, padded with the first of them."""
    text = ""
    while number:
        number, rest = divmod(number, len(digits))
        text = digits[rest] + text
    return text.rjust(width, digits[0])


def github(token: str) -> bool:
    """Check the last six base62 digits: CRC-32 of what stands between them and the prefix.

    Source: GitHub engineering blog, "Behind GitHub's new authentication token formats" (2021).
    """
    body = token.partition("_")[2]
    expected = in_base(zlib.crc32(body[:-_GITHUB_DIGITS].encode()), _BASE62, _GITHUB_DIGITS)
    return body[-_GITHUB_DIGITS:] == expected


def gitlab_routable(token: str) -> bool:
    """Check the last seven base36 digits: CRC-32 of all that stands before them.

    Source: GitLab, ``lib/authn/token_field/generator/routable_token.rb`` and its decoder.
    """
    expected = in_base(zlib.crc32(token[:-_GITLAB_DIGITS].encode()), _BASE36, _GITLAB_DIGITS)
    return token[-_GITLAB_DIGITS:] == expected


def grafana(token: str) -> bool:
    """Check the last eight hex digits: CRC-32 of what stands before them, lowest byte first.

    Source: Grafana, ``pkg/components/satokengen``; measured on tokens of its documentation.
    """
    body, _, told = token.rpartition("_")
    return zlib.crc32(body.encode()).to_bytes(_GRAFANA_DIGITS // 2, "little").hex() == told.lower()


def base58check(text: str) -> bool:
    """Check the last four bytes: the doubled SHA-256 of those before (Bitcoin, BIP 32 and 13)."""
    import hashlib  # noqa: PLC0415  it loads OpenSSL, and such a key is rare

    number = 0
    for character in text:
        number = number * 58 + _BASE58.index(character)
    if number.bit_length() > 8 * _EXTENDED_KEY_BYTES:
        return False
    data = number.to_bytes(_EXTENDED_KEY_BYTES, "big")
    return hashlib.sha256(hashlib.sha256(data[:-4]).digest()).digest()[:4] == data[-4:]


_BECH32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_BECH32_GENERATOR = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
_BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
_NKEY_BYTES = 36
_SEED_BITS = 0b10010


def bech32(text: str) -> bool:
    """Check the last six characters of a Bech32 text (BIP 173), as age's keys have them."""
    prefix, _, body = text.lower().rpartition("1")
    values = [ord(character) >> 5 for character in prefix] + [0]
    values += [ord(character) & 31 for character in prefix]
    values += [_BECH32.find(character) for character in body]
    check = 1
    for value in values:
        top = check >> 25
        check = (check & 0x1FFFFFF) << 5 ^ value
        for bit, generator in enumerate(_BECH32_GENERATOR):
            check ^= generator if top >> bit & 1 else 0
    return check == 1


def nkey(seed: str) -> bool:
    """Check a NATS seed: base32 of two bytes of kind, 32 bytes, CRC-16 in little endian.

    Source: nats-io/nkeys, ``README.md`` and ``strkey.go`` (EncodeSeed, decode).
    """
    number = 0
    for character in seed:
        number = number << 5 | _BASE32.find(character)
    spare = len(seed) * 5 - _NKEY_BYTES * 8
    raw = (number >> spare).to_bytes(_NKEY_BYTES, "big")
    return raw[0] >> 3 == _SEED_BITS and binascii.crc_hqx(raw[:-2], 0) == int.from_bytes(
        raw[-2:], "little"
    )


# The values that a pattern's `checksum` option may have.
CHECKSUMS: dict[str, Callable[[str], bool]] = {
    "github": github,
    "gitlab-routable": gitlab_routable,
    "grafana": grafana,
    "azure-identifiable": azure_checksums.identifiable,
    "azure-annotated": azure_checksums.annotated,
    "azure-entra": azure_checksums.entra,
    "base58check": base58check,
    "bech32": bech32,
    "nkey": nkey,
}
