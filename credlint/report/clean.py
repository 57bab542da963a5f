"""Makes text safe to write: no terminal control, no lone surrogate, no key by accident.

Findings arrive without secrets; :func:`safe_text` is the last barrier behind that rule, for
text that other people wrote (reasons in comments, names of profiles, paths).
"""

from __future__ import annotations

import re

REDACTED = "[REDACTED]"

# Compiled at their first use, by re itself: the hook on clean files needs few of them.
_KEY_ID = r"(?<![A-Z0-9])(AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{12}([A-Z0-9]{4})(?![A-Z0-9])"
# A secret access key has 40 characters of base64 (IAM User Guide, "Manage access keys").
_FORTY = r"(?<![A-Za-z0-9+/])[A-Za-z0-9+/]{40}(?![A-Za-z0-9+/])"
_LONG_BASE64 = r"[A-Za-z0-9+/]{100,}={0,2}"
_SURROGATE = "[\ud800-\udfff]"
_USER_INFO = r"(?<=://)[^/\s?#@\"']{1,512}@"

_MIXED = ("[a-z]", "[A-Z]", "[0-9]")
# Line and paragraph separators, and formatting characters such as bidirectional overrides,
# which reorder what a terminal or an editor shows (CVE-2021-42574).
_HIDDEN_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def without_surrogates(text: str) -> str:
    r"""Write undecodable bytes (``surrogateescape``) as ``\xff``, other halves as ``\ud800``."""
    return re.sub(_SURROGATE, _show_surrogate, text)


def _show_surrogate(match: re.Match[str]) -> str:
    code = ord(match.group())
    if 0xDC80 <= code <= 0xDCFF:  # noqa: PLR2004  PEP 383: how undecodable bytes are carried
        return f"\\x{code - 0xDC00:02x}"
    return f"\\u{code:04x}"


def safe_text(text: str) -> str:
    """Return prose with key-shaped text and the user part of URLs replaced.

    Key ids are shortened to type prefix and last four, all else becomes ``[REDACTED]``.
    """
    return redact(without_surrogates(text))


def redact(text: str) -> str:
    """Return the text as :func:`safe_text` does, halves of characters left alone.

    Also for the names of files: a file can be called after the key that it holds.
    """
    text = re.sub(_USER_INFO, f"{REDACTED}@", text)
    text = re.sub(_KEY_ID, lambda match: f"{match.group(1)}…{match.group(2)}", text)
    text = re.sub(_LONG_BASE64, REDACTED, text)
    return re.sub(_FORTY, _redact_mixed, text)


def _redact_mixed(match: re.Match[str]) -> str:
    found = match.group()
    return REDACTED if all(re.search(kind, found) for kind in _MIXED) else found


def for_terminal(text: str, *, keep_newlines: bool = False) -> str:
    r"""Return :func:`safe_text` with every control or invisible character written as ``\x1b``.

    Nothing that an examined file, profile or role is called can move the cursor, change
    colours, reorder the line or begin a new one.
    """
    text = safe_text(text)
    if text.isascii() and text.isprintable():
        return text
    import unicodedata  # noqa: PLC0415  start-up

    return "".join(
        char
        if (keep_newlines and char == "\n") or unicodedata.category(char) not in _HIDDEN_CATEGORIES
        else _show_control(char)
        for char in text
    )


def _show_control(char: str) -> str:
    named = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}.get(char)
    if named:
        return named
    code = ord(char)
    if code <= 0xFF:  # noqa: PLR2004  the widest that two digits write
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"  # noqa: PLR2004  likewise
