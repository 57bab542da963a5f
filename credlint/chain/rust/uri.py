"""Addresses as the SDK's parser takes them: which it refuses, and which have no scheme.

Source: crate http 1.5.0, src/uri: mod.rs ``from_shared`` and ``parse_full``, authority.rs
``validate_authority_bytes``, path.rs ``scan_path_and_query``.
"""

from __future__ import annotations

import re
from typing import Optional

# Compiled at first use: few hosts name an address, and every start pays for each of them.
_SCHEME = r"([A-Za-z0-9+.\-]{1,64})://"
_AUTHORITY_END = r"[/?#]"
_AUTHORITY = r"[A-Za-z0-9!$&'()*+,\-.:;=@_~%\[\]]*\Z"
_PATH = r"[^\x00-\x20<>`\x7f]*\Z"
# What the capture leaves of a name and a password in an address.
_MARK = r"\[REDACTED-[0-9a-f]+\]"
_MOST_COLONS = 8
# Scheme and host, empty where an address has none; the host keeps its brackets.
Uri = tuple[str, str]


def parse_uri(text: str) -> Optional[Uri]:
    """Return scheme and host, None when Rust refuses it. A query counts as sound: it is cut off."""
    text = re.sub(_MARK, "x", text)
    if text in ("/", "*"):
        return ("", "")
    if text.startswith("/"):
        return ("", "") if _is_path(text) else None
    scheme = re.match(_SCHEME, text)
    rest = text[scheme.end() :] if scheme is not None else text
    end = re.search(_AUTHORITY_END, rest)
    authority = rest[: end.start()] if end is not None else rest
    if not _is_authority(authority) or (scheme is None and end is not None):
        return None
    if not _is_path(rest[len(authority) :]):
        return None
    return scheme.group(1).lower() if scheme is not None else "", _host(authority)


def _is_authority(text: str) -> bool:
    if not text or not re.match(_AUTHORITY, text):
        return False
    if text.endswith("@") or text.count("[") > 1 or text.count("[") != text.count("]"):
        return False
    if text.find("]") < text.find("["):
        return False
    behind = text.rpartition("@")[2]
    if behind.count(":") > _MOST_COLONS + 1:
        return False
    after = behind.rpartition("]")[2]
    return after.count(":") <= 1 and "%" not in after


def _is_path(text: str) -> bool:
    return re.match(_PATH, re.split(r"[?#]", text, maxsplit=1)[0]) is not None


def _host(authority: str) -> str:
    behind = authority.rpartition("@")[2]
    if behind.startswith("["):
        return behind.partition("]")[0] + "]"
    return behind.partition(":")[0]
