"""Whether an OpenPGP private key needs a passphrase: told by one octet (RFC 9580 §5.5.3)."""

from __future__ import annotations

from typing import Optional

_SECRET_KEY = 5
# By algorithm (§9.1): how many multiprecision integers make the public half.
_INTEGERS = {1: 2, 2: 2, 3: 2, 16: 3, 17: 4}
# An object identifier and a point; ECDH adds parameters of its key derivation.
_CURVES = {18: True, 19: False, 22: False}
# Native points (§5.5.5.7 and on): X25519, X448, Ed25519, Ed448.
_NATIVE = {25: 32, 26: 56, 27: 32, 28: 57}
_VERSION_4 = 4


def needs_passphrase(data: bytes) -> Optional[bool]:
    """Return whether the first packet is an encrypted private key; None when it cannot be told."""
    try:
        return _usage(data) != 0
    except (IndexError, ValueError):
        return None


def _usage(data: bytes) -> int:
    """Return the S2K usage octet of a version 4 key; raises IndexError, ValueError."""
    place = _packet_body(data)
    if data[place] != _VERSION_4:
        message = "not a version 4 key"
        raise ValueError(message)
    algorithm = data[place + 5]
    place += 6
    if algorithm in _INTEGERS:
        for _ in range(_INTEGERS[algorithm]):
            place = _after_integer(data, place)
    elif algorithm in _CURVES:
        place = _after_integer(data, place + 1 + data[place])
        if _CURVES[algorithm]:
            place += 1 + data[place]
    elif algorithm in _NATIVE:
        place += _NATIVE[algorithm]
    else:
        message = "an unknown algorithm"
        raise ValueError(message)
    return data[place]


def _packet_body(data: bytes) -> int:
    """Return where the first packet's body begins (§4.2)."""
    tag, length = data[0], data[1]
    if tag & 0x40:
        kind = tag & 0x3F
        start = 2 if length < 192 else 3 if length < 224 else 6  # noqa: PLR2004  §4.2.1
    else:
        kind = tag >> 2 & 0x0F
        start = {0: 2, 1: 3, 2: 5}.get(tag & 3, 1)
    if not tag & 0x80 or kind != _SECRET_KEY:
        message = "no private key"
        raise ValueError(message)
    return start


def _after_integer(data: bytes, place: int) -> int:
    bits = data[place] << 8 | data[place + 1]
    return place + 2 + (bits + 7) // 8
