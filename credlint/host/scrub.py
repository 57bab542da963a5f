"""Finds the parts of a text that are, or look like, secrets. Pure.

Two lines of defence for text that is kept: the values already known to be secret (whole, and
in pieces of :data:`PIECE` characters), then anything that has the shape of a credential.
"""

from __future__ import annotations

import base64
import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from urllib.parse import quote

# The shortest run of a secret that may not survive in kept text, and the shortest value that
# is worth searching for at all: below it, chance matches would destroy settings and names.
PIECE = 8
# Pieces are remembered up to this many, so that a file of a mebibyte cannot exhaust memory.
_PIECE_LIMIT = 300_000
_ENCODE_LIMIT = 8_192

_LONG_RUN = 20
_SECRET_KEY_LENGTH = 40
_SECRET_KEY_ENTROPY = 4.0
_RUN_ENTROPY = 3.0
_WORDLIKE = 0.35
_WORDLIKE_FORTY = 0.55

_KEY_ID = re.compile(r"(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{12,}", re.IGNORECASE)
# A digest may have "acca" in it; of real ids, whose digits are A to Z and 2 to 7, one in six
# million looks so.
_HEXADECIMAL = re.compile(r"[0-9a-f]+|[0-9A-F]+")
_USER_INFO = re.compile(r"//([^/?#\s]*)@")
_MARKS = re.compile(r"(?:\[REDACTED-[0-9a-f]{8}\]|<REDACTED-[0-9a-f]{12}>|:)+\Z", re.IGNORECASE)
_RUN = re.compile(r"[A-Za-z0-9+/=_%-]{20,}")
_FORTY = re.compile(r"(?<![A-Za-z0-9+/])[A-Za-z0-9+/]{40}(?![A-Za-z0-9+/])")
# One segment of a path or an ARN: there the slash is a separator, not a digit.
_FORTY_SEGMENT = re.compile(r"(?<![A-Za-z0-9+])[A-Za-z0-9+]{40}(?![A-Za-z0-9+])")
_WORD = re.compile(r"[A-Z]?[a-z]{4,}|[A-Z]{5,}|[0-9]{6,}")
_SEGMENT = re.compile(r"[^/]+")
# Names made by CloudFormation and CDK end in random characters; inside an ARN they stay.
_ARN = re.compile(r"arn:aws[a-z-]*:[a-z0-9-]*:[a-z0-9-]*:[0-9]{12}:[\w+=,.@/:-]+")
_TOKEN_HEADS = ("IQoJb3JpZ2lu", "FwoGZXIvYXdz", "FQoGZXIvYXdz", "AQoDYXdz", "AQoEXAMPLE")
_TOKEN_HEAD = re.compile("|".join(_TOKEN_HEADS))

# Texts that mean something to a chain and nothing to an attacker: a secret that contains one
# (made-up test values do) must not blank it out elsewhere.
_PLAIN = re.compile(
    r"[a-z]{2}(?:-[a-z]+){1,3}-\d|amazonaws|169\.254\.169\.254|169\.254\.170\.2|localhost"
    r"|127\.0\.0\.1|Ec2InstanceMetadata|EcsContainer|Environment|sso-session|credential_process"
    r"|source_profile|\[default\]|default"
)

Span = tuple[int, int]


def entropy(text: str) -> float:
    """Return the Shannon entropy in bits per character."""
    total = len(text)
    return -sum(n / total * math.log2(n / total) for n in Counter(text).values()) if total else 0.0


def _class_count(text: str) -> int:
    return sum(
        (
            any("a" <= c <= "z" for c in text),
            any("A" <= c <= "Z" for c in text),
            any("0" <= c <= "9" for c in text),
        )
    )


def _wordlike(text: str) -> float:
    return sum(len(word) for word in _WORD.findall(text)) / len(text)


def looks_like_secret_key(text: str) -> bool:
    """Tell whether the text is exactly forty base64 characters that look random."""
    return (
        len(text) == _SECRET_KEY_LENGTH
        and _FORTY.fullmatch(text) is not None
        and _class_count(text) == 3  # noqa: PLR2004  lower, upper and digits
        and entropy(text) >= _SECRET_KEY_ENTROPY
        and _wordlike(text) < _WORDLIKE_FORTY
    )


def looks_like_session_token(text: str) -> bool:
    """Tell whether the text has a session token's head, or its length and alphabet."""
    return text.startswith(_TOKEN_HEADS) or (
        len(text) >= 100 and re.fullmatch(r"[A-Za-z0-9+/=%]+", text) is not None  # noqa: PLR2004
    )


def looks_random(text: str) -> bool:
    """Tell whether a run of at least twenty characters is neither words nor an ARN's parts."""
    return (
        len(text) >= _LONG_RUN
        and _class_count(text) >= 2  # noqa: PLR2004
        and entropy(text) >= _RUN_ENTROPY
        and _wordlike(text) < _WORDLIKE
    )


def shaped_spans(text: str, *, identifier: bool = False) -> Iterator[Span]:
    """Yield where the text holds something of the shape of a credential.

    ``identifier``: the text is a validated name or ARN, where long random endings are usual;
    only the exact shapes count then.
    """
    for match in _USER_INFO.finditer(text):
        # What was replaced already stays as it is: a scrubbed text may be scrubbed again.
        if match.group(1) and not _MARKS.match(match.group(1)):
            yield match.span(1)
    ids = _KEY_ID.finditer(text)
    yield from (one.span() for one in ids if not _HEXADECIMAL.fullmatch(one.group()))
    for pattern in (_FORTY, _FORTY_SEGMENT):
        for match in pattern.finditer(text):
            if looks_like_secret_key(match.group()):
                yield match.span()
    if identifier:
        return
    names = [match.span() for match in _ARN.finditer(text)]
    for match in _RUN.finditer(text):
        if not any(start < match.end() and match.start() < end for start, end in names):
            yield from _run_spans(match.group(), match.start())


def _run_spans(run: str, offset: int) -> Iterator[Span]:
    head = _TOKEN_HEAD.search(run)
    if head:
        yield offset + head.start(), offset + len(run)
        return
    segments = list(_SEGMENT.finditer(run))
    if not any(looks_random(segment.group()) for segment in segments):
        if looks_random(run):
            yield offset, offset + len(run)
        return
    # A slash is also a base64 digit: what stands beside a random segment, or between two,
    # falls with it unless it is a word of a path.
    fallen = [
        segment.span()
        for segment in segments
        if looks_random(segment.group())
        or (len(segment.group()) >= PIECE - 1 and _wordlike(segment.group()) < _WORDLIKE)
    ]
    yield offset + fallen[0][0], offset + fallen[-1][1]


class KnownSecrets:
    """The secret values of one capture, searchable in pieces of eight characters.

    A whole value is the run of its pieces, so nothing else needs to be searched for.
    """

    def __init__(self, values: Iterable[str]) -> None:
        self._pieces: set[str] = set()
        unique = [v for v in dict.fromkeys(v.strip() for v in values) if len(v) >= PIECE]
        # The values themselves come first, should the room for pieces not be enough.
        for form in (*unique, *(form for value in unique for form in _encoded(value))):
            if len(self._pieces) + len(form) <= _PIECE_LIMIT:
                self._pieces.update(
                    form[start : start + PIECE] for start in range(len(form) - PIECE + 1)
                )

    def __repr__(self) -> str:
        return f"KnownSecrets({len(self._pieces)} pieces)"

    def spans(self, text: str) -> Iterator[Span]:
        """Yield where the text holds a piece of a known secret."""
        if not self._pieces or len(text) < PIECE:
            return
        found = [
            start
            for start in range(len(text) - PIECE + 1)
            if text[start : start + PIECE] in self._pieces
        ]
        if not found:
            return
        plain = [match.span() for match in _PLAIN.finditer(text)]
        for start in found:
            if not any(a <= start and start + PIECE <= b for a, b in plain):
                yield start, start + PIECE


def _encoded(value: str) -> Iterator[str]:
    """Yield how the value looks in base64 and in an address."""
    if len(value) <= _ENCODE_LIMIT:
        raw = value.encode("utf-8", "surrogatepass")
        yield base64.b64encode(raw).decode()
        quoted = quote(raw, safe="")
        if quoted != value:
            yield quoted


def merge(spans: Iterable[Span]) -> list[Span]:
    """Return the spans sorted, overlapping and touching ones joined."""
    merged: list[Span] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged
