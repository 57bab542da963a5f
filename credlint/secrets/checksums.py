"""Checksums that tokens carry, so that a made-up one is told offline."""

from __future__ import annotations

import zlib
from typing import Callable

_BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_BASE36 = "0123456789abcdefghijklmnopqrstuvwxyz"
_GITHUB_DIGITS = 6
_GITLAB_DIGITS = 7


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


# The values that a pattern's `checksum` option may have.
CHECKSUMS: dict[str, Callable[[str], bool]] = {
    "github": github,
    "gitlab-routable": gitlab_routable,
}
