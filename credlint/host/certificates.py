"""Whether a file holds certificates that an SDK could trust."""

from __future__ import annotations

import base64
import binascii
import re

_BLOCK = re.compile(rb"-----BEGIN CERTIFICATE-----\s+([A-Za-z0-9+/=\s]+?)-----END CERTIFICATE-----")


def has_certificate(data: bytes) -> bool:
    """Tell whether there is at least one certificate in PEM form that can be read."""
    blocks = _BLOCK.findall(data)
    if not blocks:
        return False
    import ssl  # noqa: PLC0415  dear to import, and such files are rare

    for block in blocks:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        try:
            context.load_verify_locations(cadata=base64.b64decode(block))
        except (ssl.SSLError, binascii.Error, ValueError):
            continue
        return True
    return False
