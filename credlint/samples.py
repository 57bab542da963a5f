"""Made-up keys for rule samples, the demo and the tests.

They are assembled at run time from a seed, so that no file of this repository holds a text
that another scanner or a push protection would take for a credential. None was ever issued.

Rule samples and fixtures write placeholders, see :func:`expand`.
"""

from __future__ import annotations

import base64
import hashlib
import re

_PLACEHOLDER = re.compile(r"@@([a-z0-9-]+)((?::[A-Za-z0-9_.-]+)*)@@")
_BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


def _stream(seed: str, count: int) -> bytes:
    return hashlib.shake_256(f"credlint sample {seed}".encode()).digest(count)


def key_id(prefix: str = "AKIA", account: str = "123456789012", seed: str = "1") -> str:
    """Return a well-formed new-generation access key id of that account."""
    tail = int.from_bytes(_stream("id" + seed, 5), "big") & ((1 << 39) - 1)
    number = 1 << 79 | int(account) << 39 | tail
    return prefix + base64.b32encode(number.to_bytes(10, "big")).decode()


def secret_key(seed: str = "1") -> str:
    """Return 40 base64 characters (240 bits), mixed like a real secret access key."""
    return base64.b64encode(_stream("secret" + seed, 30)).decode()


def session_token(seed: str = "1", length: int = 420) -> str:
    """Return a text of the structure of a current session token (``IQoJb3JpZ2luX2Vj``…)."""
    head = b"!\n\torigin_ec"
    body = head + _stream("token" + seed, length)
    return base64.b64encode(body).decode()[:length].ljust(length, "A")


def base62(count: int, seed: str = "1") -> str:
    """Return ``count`` characters of 0-9A-Za-z."""
    return "".join(_BASE62[byte % 62] for byte in _stream("b62" + seed, count))


def hexadecimal(count: int, seed: str = "1") -> str:
    """Return ``count`` lower-case hex digits."""
    return _stream("hex" + seed, count).hex()[:count]


def pem(label: str = "RSA PRIVATE KEY", seed: str = "1", lines: int = 6) -> str:
    """Return an armoured block with that label and a random body."""
    body = base64.b64encode(_stream("pem" + seed, 48 * lines)).decode()
    rows = [body[i : i + 64] for i in range(0, len(body), 64)]
    dashes = "-" * 5
    return "\n".join([f"{dashes}BEGIN {label}{dashes}", *rows, f"{dashes}END {label}{dashes}"])


def expand(text: str) -> str:
    """Replace placeholders in a sample.

    ``@@key-id:AKIA:123456789012:SEED@@``, ``@@secret-key:SEED@@``, ``@@session-token:SEED@@``,
    ``@@base62:COUNT:SEED@@``, ``@@hex:COUNT:SEED@@``, ``@@pem:SEED@@`` and
    ``@@pem-open@@``/``@@pem-close@@`` for the dashes alone. Trailing parts may be left out.

    Raises ValueError for an unknown placeholder.
    """

    def replace(match: re.Match[str]) -> str:
        kind, parts = match.group(1), [p for p in match.group(2).split(":") if p]
        if kind == "key-id":
            return key_id(*parts)
        if kind == "secret-key":
            return secret_key(*parts)
        if kind == "session-token":
            return session_token(*parts[:1])
        if kind == "base62":
            return base62(int(parts[0]), *parts[1:])
        if kind == "hex":
            return hexadecimal(int(parts[0]), *parts[1:])
        if kind == "pem":
            return pem(seed=parts[0] if parts else "1")
        if kind in ("pem-open", "pem-close"):
            return "-" * 5
        message = f'unknown placeholder "{kind}"'
        raise ValueError(message)

    return _PLACEHOLDER.sub(replace, text)
