"""Addresses as the SDK's parser takes them: which it refuses, and which have no scheme.

Source: crate http 1.5.0, src/uri: mod.rs ``from_shared`` and ``parse_full``, authority.rs
``validate_authority_bytes``, path.rs ``scan_path_and_query``.
"""

from __future__ import annotations

import re
from typing import NamedTuple, Optional

_SCHEME = re.compile(r"([A-Za-z0-9+.\-]{1,64})://")
_AUTHORITY_END = re.compile(r"[/?#]")
_AUTHORITY = re.compile(r"[A-Za-z0-9!$&'()*+,\-.:;=@_~%\[\]]*\Z")
_PATH = re.compile(r"[^\x00-\x20<>`\x7f]*\Z")
# What the capture leaves of a name and a password in an address.
_MARK = re.compile(r"\[REDACTED-[0-9a-f]+\]")
_MOST_COLONS = 8


class Uri(NamedTuple):
    """An address; ``scheme`` and ``host`` are empty where it has none, ``host`` keeps brackets."""

    scheme: str
    host: str


def parse_uri(text: str) -> Optional[Uri]:
    """Return the address, None when Rust refuses it. A query counts as sound: it is cut off."""
    text = _MARK.sub("x", text)
    if text in ("/", "*"):
        return Uri("", "")
    if text.startswith("/"):
        return Uri("", "") if _is_path(text) else None
    scheme = _SCHEME.match(text)
    rest = text[scheme.end() :] if scheme is not None else text
    end = _AUTHORITY_END.search(rest)
    authority = rest[: end.start()] if end is not None else rest
    if not _is_authority(authority) or (scheme is None and end is not None):
        return None
    if not _is_path(rest[len(authority) :]):
        return None
    return Uri(scheme.group(1).lower() if scheme is not None else "", _host(authority))


def _is_authority(text: str) -> bool:
    if not text or not _AUTHORITY.match(text):
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
    return _PATH.match(re.split(r"[?#]", text, maxsplit=1)[0]) is not None


def _host(authority: str) -> str:
    behind = authority.rpartition("@")[2]
    if behind.startswith("["):
        return behind.partition("]")[0] + "]"
    return behind.partition(":")[0]
