r"""How the beginnings of secrets look in base64 and hex: what tells that a run is worth decoding.

Base64 is everywhere (images, lock files, minified scripts), so it is not decoded in order to look.
Every pattern's matches begin with one of a few texts (``starts``), and a text of n bytes has three
spellings in base64, by its offset modulo 3 (RFC 4648 §4). Those are fixed texts, which hyperscan
finds at no measurable cost, thousands of them; a run is decoded where it holds one.
"""

from __future__ import annotations

import binascii
from collections.abc import Iterable, Iterator

from credlint.secrets.patterns import Pattern

# A hint's number tells where groups begin: so many characters before its end, modulo 4.
BASE64, HEX = 0, 4
COUNT = 5
_SHORTEST = 4
_ANY_CASE = "(?i:"
# Rules with these tags begin at words of any text (``auth``, ``open``): licences and sources in
# base64 hold those, and what is told of them alone. The names below stand for them.
_BY_NAME = frozenset({"generic", "by-name"})
_SHORTEST_NAME = 5
# What stands beside secrets in settings, whatever their kind.
_NAMES = (
    *("aws_", "secret", "passw", "_pass", "passphrase", "token", "api_key", "apikey", "api-key"),
    *("private", "credential", "access_key", "AccessKey", "Authorization"),
)
# These are found when they are encoded twice, too.
_OFTEN = (
    *("AKIA", "ASIA", "aws_", "AWS_", "-----BEGIN", "secret", "SECRET", "passw", "PASSW"),
    *("ghp_", "github_pat_", "glpat-", "xoxb-", "sk_live_", "://"),
)
_ESCAPED = (
    *("\\x%02x", "\\x%02X", "\\u%04x", "\\u%04X", "%%%02X", "%%%02x", "\\%03o"),
    *("&#%d;", "&#x%x;", "&#x%X;"),
)
# What base64 of gzip begins with.
_GZIP = "H4sIA"


def hints_of(patterns: Iterable[Pattern]) -> tuple[str, ...]:
    """Return the texts whose spellings are looked for, sorted."""
    hints: set[str] = {"://"}
    for pattern in patterns:
        by_name = not _BY_NAME.isdisjoint(pattern.rule.tags)
        shortest = _SHORTEST_NAME if by_name else _SHORTEST
        fold = pattern.spec.regex.startswith(_ANY_CASE)
        for start in pattern.starts:
            if len(start) >= shortest:
                hints.update(_cases(start) if fold else (start,))
    for name in _NAMES:
        hints.update(_cases(name))
    return tuple(sorted(hints))


def _cases(text: str) -> tuple[str, ...]:
    return (text, text.lower(), text.upper(), text.capitalize())


def iter_hints(hints: Iterable[str]) -> Iterator[tuple[int, str]]:
    """Yield (BASE64 + phase or HEX, literal text) of every spelling; some come twice."""
    for hint in hints:
        yield from _spellings(hint.encode())
    # What PowerShell takes for a command; scripts name what they hold.
    for name in _NAMES:
        for hint in _cases(name):
            yield from _in_base64(hint.encode("utf-16-le"))
    yield from _spellings(_GZIP.encode())
    yield from _in_base64(_GZIP.encode("utf-16-le"))
    for hint in _OFTEN:
        raw = hint.encode()
        inner = [text for _, text in _spellings(raw)]
        wide = list(_in_base64(hint.encode("utf-16-le")))
        yield from wide
        inner += [text for _, text in wide]
        inner += ["".join(form % code for code in raw) for form in _ESCAPED]
        for text in inner:
            yield from _spellings(text.encode())
            yield from _in_base64(text.encode("utf-16-le"))


def _spellings(raw: bytes) -> Iterator[tuple[int, str]]:
    yield from _in_base64(raw)
    yield HEX, raw.hex()
    yield HEX, raw.hex().upper()


def _in_base64(raw: bytes) -> Iterator[tuple[int, str]]:
    """Yield the characters that the bytes alone decide, for each offset modulo 3."""
    for before in range(3):
        text = binascii.b2a_base64(bytes(before) + raw + bytes(2), newline=False).decode("ascii")
        first, last = -(-before * 8 // 6), (before + len(raw)) * 8 // 6
        literal = text[first:last]
        if len(literal) < _SHORTEST:
            continue
        yield BASE64 + last % 4, literal
        other = literal.replace("+", "-").replace("/", "_")
        if other != literal:
            yield BASE64 + last % 4, other
