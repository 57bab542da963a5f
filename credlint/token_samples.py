"""Made-up tokens of other services than AWS, checksums included; see :mod:`credlint.samples`.

Where a checksum is needed the functions that check it are asked: they are proven by the issuers'
own examples in the tests.
"""

from __future__ import annotations

import base64
import hashlib
import json
import zlib
from collections.abc import Callable

from credlint.samples import _stream as stream
from credlint.secrets import azure_checksums

_UPPER = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_LOWER = _UPPER.lower()
_DIGITS = "0123456789"
ALPHABETS = {
    "base62": _DIGITS + _UPPER + _LOWER,
    "base36": _DIGITS + _LOWER,
    "upper-base36": _DIGITS + _UPPER,
    "base32": _LOWER + "234567",
    "hex": _DIGITS + "abcdef",
    "upper-hex": _DIGITS + "ABCDEF",
    "letters": _UPPER + _LOWER,
    "lower": _LOWER,
    "upper": _UPPER,
    "digits": _DIGITS,
}
# Bytes of a key of Azure, and the character where its signature begins.
_AZURE_PLACES = {"64": (64, 76), "32": (32, 33), "39": (39, 42), "function": (40, 44)}
_ENTRA = _LOWER + _UPPER + "1234567890.-_~"
_BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"


def random_text(alphabet: str, count: str, seed: str = "1") -> str:
    """Return so many characters of one of ``ALPHABETS``."""
    letters = ALPHABETS[alphabet]
    seeds = stream(f"{alphabet} {seed}", 2 * int(count))
    pairs = zip(seeds[::2], seeds[1::2])
    return "".join(letters[(high << 8 | low) % len(letters)] for high, low in pairs)


def _written(number: int, alphabet: str, width: int) -> str:
    digits = ""
    while number:
        number, rest = divmod(number, len(alphabet))
        digits = alphabet[rest] + digits
    return digits.rjust(width, alphabet[0])


def azure_key(form: str, signature: str, seed: str = "1") -> str:
    """Return a key of Azure with the right checksum.

    ``form``: ``64``, ``32`` or ``39`` for its bytes, ``function``, ``entra`` or ``annotated``.
    In ``signature`` stands ``plus-`` for the ``+`` that some begin with.
    """
    signature = signature.replace("plus-", "+")
    if form == "entra":
        bare = f"{random_text('base62', '3', seed)}{signature}~{random_text('base62', '31', seed)}"
        checksum = azure_checksums.checksum(bare.encode(), "AadPwd00")
        return bare + _written(checksum, _ENTRA, 6)[:3]
    if form == "annotated":
        head = f"{random_text('base62', '52', seed)}JQQJ99BFAC{random_text('base62', '14', seed)}"
        data = base64.b64decode(head + signature)
        checked = azure_checksums.checksum(data, "Default0").to_bytes(4, "little")
        return head + signature + azure_checksums.base62_of(checked)[:4]
    length, place = _AZURE_PLACES[form]
    text = random_text("base62", str(place), seed) + signature
    data = base64.b64decode(text.ljust(-(-length * 4 // 3) // 4 * 4, "A"))[: length - 4]
    kind = azure_checksums.SEEDS[signature][0]
    checked = azure_checksums.checksum(data, kind).to_bytes(4, "little")
    written = base64.b64encode(data + checked).decode()
    return written if form != "function" else written.replace("+", "-").replace("/", "_")


def grafana_token(seed: str = "1") -> str:
    """Return a service account token whose checksum is right."""
    body = "glsa_" + random_text("base62", "32", seed)
    return f"{body}_{zlib.crc32(body.encode()).to_bytes(4, 'little').hex()}"


def discord_token(seed: str = "1") -> str:
    """Return a bot token: the account's number in base64, a time, an authentication code."""
    account = "1" + random_text("digits", "17", seed)
    first = base64.b64encode(account.encode()).decode().rstrip("=")
    return f"{first}.{random_text('base62', '6', seed)}.{random_text('base62', '38', seed)}"


def json_token(names: str, seed: str = "1", prefix: str = "") -> str:
    """Return the base64 of an object with these names (``a.b.c``) and random values."""
    values = {name: random_text("base62", "40", seed + name) for name in names.split(".")}
    text = json.dumps(values, separators=(",", ":"))
    return prefix + base64.b64encode(text.encode()).decode()


def extended_key(seed: str = "1") -> str:
    """Return an extended private key (BIP 32) whose checksum is right."""
    data = bytes.fromhex("0488ade4") + stream("xprv" + seed, 41) + b"\0" + stream("k" + seed, 32)
    whole = data + hashlib.sha256(hashlib.sha256(data).digest()).digest()[:4]
    return _written(int.from_bytes(whole, "big"), _BASE58, 0)


TOKEN_MAKERS: dict[str, Callable[..., str]] = {
    "random": random_text,
    "azure-key": azure_key,
    "grafana-token": grafana_token,
    "discord-token": discord_token,
    "json-token": json_token,
    "xprv": extended_key,
}
