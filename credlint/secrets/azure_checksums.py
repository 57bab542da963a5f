"""The checksums of Azure's keys: Marvin32, which Microsoft's services seed by kind of key.

Source: microsoft/security-utilities, ``IdentifiableSecrets.cs``, ``IdentifiableMetadata.cs``,
``Marvin.Net5.cs`` and ``Base62.cs``; what its ``MarvinShared.cs`` holds proves this one.
"""

from __future__ import annotations

import base64
import binascii
import string
from typing import Optional

_MASK = 0xFFFFFFFF
_BASE62 = string.digits + string.ascii_uppercase + string.ascii_lowercase
_ENTRA_ALPHABET = string.ascii_lowercase + string.ascii_uppercase + "1234567890.-_~"
_ENTRA_SEED, _ENTRA_DIGITS = "AadPwd00", 3
_MESSAGING = ("Send0000", "Manage00", "Listen00", "System00", "Unknown0")
# Which kinds of key carry the signature, as the texts that seed their checksum.
SEEDS = {
    "+ASt": ("Default0",),
    "+ABa": ("AbAcct00",),
    "ACDb": ("MastRO00", "MastRW00", "SysAll00", "Resour00", "SystRO00", "SystRW00", "Encryp00"),
    "+AMC": ("Classic0",),
    "AIoT": ("IoTHub00", "DpsKey00", "Device00"),
    "APIM": ("Tenant00", "IoTHub00", "Gatewy00", "GitKey00"),
    "+ASb": _MESSAGING,
    "+AEh": _MESSAGING,
    "+ARm": _MESSAGING,
    "AzFu": ("Functi00", "Master00", "System00"),
    "AzSe": ("Query000", "PAdmin00"),
    "AzCa": ("Access00",),
    "+ACR": ("ACRDflt0",),
    "AZEG": ("Default0",),
}
_CHECKSUM_CHARACTERS = 6
_ANNOTATED_CHECKED = 80


def _rotated(value: int, count: int) -> int:
    return (value << count | value >> (32 - count)) & _MASK


def marvin32(data: bytes, seed: int) -> tuple[int, int]:
    """Return both halves of the Marvin32 hash of the data under a 64-bit seed."""
    low, high = seed & _MASK, seed >> 32
    padded = data + b"\x80" + bytes(-(len(data) + 1) % 4)
    words = [int.from_bytes(padded[at : at + 4], "little") for at in range(0, len(padded), 4)]
    for word in (*words, 0):
        low = low + word & _MASK
        high ^= low
        low = _rotated(low, 20) + high & _MASK
        high = _rotated(high, 9) ^ low
        low = _rotated(low, 27) + high & _MASK
        high = _rotated(high, 19)
    return low, high


def checksum(data: bytes, seed: str) -> int:
    """Return the 32 bits of a key's checksum; ``seed``: the eight characters of its kind."""
    low, high = marvin32(data, int.from_bytes(seed.encode(), "big"))
    return low ^ high


def _decoded(text: str) -> Optional[bytes]:
    altchars = "-_" if "-" in text or "_" in text else None
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars)
    except (binascii.Error, ValueError):
        return None


def identifiable(key: str) -> bool:
    """Check the last four bytes: the checksum of those before, under a seed of its service.

    The signature stands before the last six characters, padding aside.
    """
    bare = key.rstrip("=")
    signature = bare[-_CHECKSUM_CHARACTERS - 4 : -_CHECKSUM_CHARACTERS]
    data = _decoded(bare)
    if data is None:
        return False
    found = int.from_bytes(data[-4:], "little")
    return any(checksum(data[:-4], seed) == found for seed in SEEDS.get(signature, ()))


def annotated(key: str) -> bool:
    """Check what stands behind the 80th character: the checksum of the 60 bytes before.

    Written in base64, or in the base62 of its bytes and then padded.
    """
    data = _decoded(key[:_ANNOTATED_CHECKED])
    if data is None:
        return False
    expected = checksum(data, "Default0").to_bytes(4, "little")
    told = key[_ANNOTATED_CHECKED:].rstrip("=")
    spellings = (base64.b64encode(expected).decode(), base62_of(expected))
    return any(spelling.startswith(told) for spelling in spellings)


def base62_of(data: bytes) -> str:
    """Return four bytes in base62, padded on the right with zeros."""
    value = int.from_bytes(data, "big")
    digits = ""
    while value:
        value, rest = divmod(value, len(_BASE62))
        digits = _BASE62[rest] + digits
    return digits.ljust(_CHECKSUM_CHARACTERS, "0")


def entra(secret: str) -> bool:
    """Check the last three characters, which secrets with ``8Q~`` alone have as checksum."""
    checked, told = secret[:-_ENTRA_DIGITS], secret[-_ENTRA_DIGITS:]
    number, digits = checksum(checked.encode("latin-1", "replace"), _ENTRA_SEED), ""
    while number:
        number, rest = divmod(number, len(_ENTRA_ALPHABET))
        digits = _ENTRA_ALPHABET[rest] + digits
    return digits.rjust(_CHECKSUM_CHARACTERS, _ENTRA_ALPHABET[0]).startswith(told)
