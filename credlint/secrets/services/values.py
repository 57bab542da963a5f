"""The value after a key's name: where it ends, and whether an issuer can have made it."""

from __future__ import annotations

import re

from credlint.secrets.randomness import class_changes, entropy, has_long_sequence

_TOKEN = re.compile(rb"[A-Za-z0-9_+/.~-][A-Za-z0-9_+/.~:=-]{0,1023}")
_QUOTED = re.compile(rb"[^\s\"'`<>]{1,1024}")
_QUOTES = b"\"'`"
# Key words that stand before a key in one token: `access_token-abc…`.
_LEADING = re.compile(
    r"(?i)(?:(?:access|api|auth|client|private|secret|user)?[_-]?"
    r"(?:key|token|secret|access|private|password)[_=:.-]+)+"
)
_WORD_JOINTS = re.compile(r"[-_./:+~=]+")
_HEX = re.compile(r"[0-9a-fA-F-]+\Z")
_MASKED = re.compile(
    r"(?i)example|placeholder|changeme|redacted|dummy|replace|insert|your|sample|fake|"
    r"x{5}|0{8}|1{8}|a{6}|\*{3}|\.{3}|<|>|\$\{|\{\{|\}\}"
)
_TYPED = re.compile(r"(?i)12345678|01234567|abcdefgh|qwerty|deadbeef|cafebabe|zyxwvut|87654321")
_NAME_ENDS = re.compile(
    r"(?i)\.(?:com|net|org|io|dev|json|ya?ml|pem|key|py|js|ts|html?|md|txt|crt|cer|jks|p12|pfx|"
    r"java|go|rb|php|sh|xml|png|jpe?g|svg|gif|css|conf|cfg|ini|toml|zip|gz|jar|local|internal)\Z"
)
_WORD = re.compile(r"[a-z]{9}|[A-Z][a-z]{7}")
_PURE = re.compile(r"[A-Za-z]+\Z|[0-9]{1,8}\Z|v[0-9]{1,3}\Z")
_LEAST, _LEAST_DISTINCT = 16, 5
_LONG_NUMBER = 24


def value_at(data: bytes, start: int) -> tuple[int, int]:
    """Return where the value that begins about there stands."""
    quoted = start > 0 and data[start - 1] in _QUOTES
    found = (_QUOTED if quoted else _TOKEN).match(data, start)
    if found is None:
        return start, start
    end = found.end()
    if not quoted:
        text = found.group()
        end = start + len(text.rstrip(b".:-~") if not text.endswith(b"=") else text)
    return start, end


def without_key_words(text: str) -> str:
    """Return the text without the key words that it begins with."""
    return _LEADING.sub("", text, count=1) if _LEADING.match(text) else text


def is_masked(text: str) -> bool:
    """Tell whether the text says that it stands for another one."""
    return _MASKED.search(text) is not None or len(set(text.lower()) - {"-"}) < _LEAST_DISTINCT


def is_typed(text: str) -> bool:
    """Tell whether somebody typed it in the order of the alphabet, or one piece again and again."""
    if _TYPED.search(text) or has_long_sequence(text):
        return True
    body = re.sub(r"[-_.]", "", text).lower()
    quarter = body[: len(body) // 3]
    return bool(quarter) and any(
        body == (body[:size] * (len(body) // size + 1))[: len(body)]
        for size in range(2, len(quarter) + 1)
    )


def looks_issued(text: str) -> bool:
    """Tell whether a generator made the text: not words, a path, a version or a number."""
    if len(text) < _LEAST or _NAME_ENDS.search(text) or not text[0].isalnum():
        return False
    parts = [part for part in _WORD_JOINTS.split(text) if part]
    if len(parts) > 1 and all(_PURE.match(part) for part in parts):
        return False
    longest = max(parts, key=len)
    body = "".join(parts)
    if body.isdigit() or not any(character.isdigit() for character in body):
        return False
    hexadecimal = _HEX.match(text) is not None
    if entropy(body) < (2.6 if hexadecimal else 3.0):
        return False
    if len(longest) < 8 and not hexadecimal:
        return False
    changes = class_changes(body)
    if changes < 0.2 * len(body) and len(body) < 2 * _LONG_NUMBER:
        return False
    return _WORD.search(text) is None or changes >= 0.4 * len(body)
