"""The value after a key's name: where it ends, and whether an issuer can have made it."""

from __future__ import annotations

import re

from credlint.secrets.randomness import entropy, has_long_sequence
from credlint.secrets.randomness import is_typed as is_typed_by_hand

_TOKEN = re.compile(rb"[A-Za-z0-9_+/.~:-]{1,1024}={0,2}(?::[A-Za-z0-9]{16,64})?")
_QUOTED = re.compile(rb"[^\s\"'`<>\\]{1,1024}")
# An escape that stands for what parts name and value: `\\n`, `%3D`.
_ESCAPE = re.compile(rb"\\[nrt]|%[0-9A-Fa-f]{2}")
_QUOTES = b"\"'`"
# Key words that stand before a key in one token: `access_token-abc…`.
_LEADING = re.compile(
    r"(?i)(?:(?:access|api|auth|client|private|secret|user)?[_-]?"
    r"(?:key|token|secret|access|private|password)[_=:.-]+)+"
)
_NO_JOINTS = str.maketrans("", "", "-_.")
_WORD_JOINTS = re.compile(r"[-_./:+~=]+")
_HEX = re.compile(r"[0-9a-fA-F-]+\Z")
# Both are for text in small letters: `re` looks four times as fast where it need not fold them.
_MASKED = re.compile(
    r"example|placeholder|changeme|redacted|dummy|replace|insert|your|sample|fake|"
    r"x{5}|0{8}|1{8}|a{6}|\*{3}|\.{3}|<|>|\$\{|\{\{|\}\}"
)
_TYPED = re.compile(r"12345678|01234567|abcdefgh|qwerty|deadbeef|cafebabe|zyxwvut|87654321")
_NAME_ENDS = frozenset(
    """
    com net org io dev json yml yaml pem key py js ts htm html md txt crt cer jks p12 pfx java go
    rb php sh xml png jpg jpeg svg gif css conf cfg ini toml zip gz jar local internal
    """.split()  # noqa: SIM905  a list of words reads best as words
)
# A moment as certificates hold it, two digits a part (X.680 §47, RFC 5280 §4.1.2.5).
_MOMENT = re.compile(r"[0-9]{12,14}Z")
_PURE = re.compile(r"[A-Za-z]{0,15}\Z|[0-9]+\Z|v[0-9]{1,3}\Z")
_DIGEST = re.compile(r"(?i)(?:sha|md)-?[0-9]{1,3}[:_-]")
_LETTERS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+")
LEAST, _LEAST_HEX, _LEAST_DISTINCT = 16, 24, 5
_UUID_PARTS = [8, 4, 4, 4, 12]
# Letters of one kind in a row: of 26 among 36 about 3.6, of 52 among 62 about 2; in names 5.
_LONGEST_MEAN = {False: 6.0, True: 3.2}


def value_at(data: bytes, start: int) -> tuple[int, int]:
    """Return where the value that begins about there stands."""
    escape = _ESCAPE.match(data, start - 1) if start else None
    if escape is not None:
        start = escape.end()
    # An underscore may be taken for the end of a name.
    if data[start - 1 : start] == b"_" and not data[start - 2 : start - 1].isalnum():
        start -= 1
    quoted = start > 0 and data[start - 1] in _QUOTES
    found = (_QUOTED if quoted else _TOKEN).match(data, start)
    if found is None:
        return start, start
    end = found.end()
    if not quoted:
        text = found.group()
        end = start + len(text.rstrip(b".:~") if not text.endswith(b"=") else text)
    return start, end


def without_key_words(text: str) -> str:
    """Return the text without the key words that it begins with."""
    return _LEADING.sub("", text, count=1) if _LEADING.match(text) else text


def is_masked(text: str) -> bool:
    """Tell whether the text says that it stands for another one."""
    small = text.lower()
    if _MASKED.search(small) or len(set(small) - {"-"}) < _LEAST_DISTINCT:
        return True
    return is_typed_by_hand(text)


def is_typed(text: str) -> bool:
    """Tell whether somebody typed it in the order of the alphabet, or one piece again and again."""
    body = text.lower()
    if _TYPED.search(body) or has_long_sequence(text):
        return True
    body = body.translate(_NO_JOINTS)
    return any(body.startswith(body[size:]) for size in range(2, len(body) // 3 + 1))


def reads_as_name(text: str) -> bool:
    """Tell whether words and numbers with signs between them make the text: a name, a path."""
    ending = text.rpartition(".")
    if ending[1] and ending[2].lower() in _NAME_ENDS:
        return True
    if _DIGEST.match(text) or _is_path(text) or _MOMENT.match(text):
        return True
    parts = _WORD_JOINTS.split(text)
    lengths = [len(part) for part in parts]
    return len(parts) > 1 and lengths != _UUID_PARTS and all(map(_PURE.match, parts))


def looks_issued(text: str) -> bool:
    """Tell whether a generator made the text, which does not read as a name."""
    hexadecimal = _HEX.match(text) is not None
    if len(text) < (_LEAST_HEX if hexadecimal else LEAST) or text[0] in "-./+":
        return False
    body = _WORD_JOINTS.sub("", text)
    if body.isdigit() or body.isalpha():
        return False
    runs = _LETTERS.findall(body)
    mixed = body != body.lower() and body != body.upper()
    if sum(map(len, runs)) > _LONGEST_MEAN[mixed] * len(runs):
        return False
    return entropy(body) >= (2.6 if hexadecimal else 3.0)


def _is_path(text: str) -> bool:
    parts = text.split("/")
    return len(parts) > 1 and any(part.isalpha() and part.islower() and part[2:] for part in parts)
