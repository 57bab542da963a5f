"""Turns raw values into CapturedValue: the only way from a host's text into a snapshot."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Iterable
from typing import Optional

from credlint.host.lookalikes import placeholder_of, signs_of
from credlint.host.scrub import (
    KnownSecrets,
    Span,
    looks_like_secret_key,
    looks_like_session_token,
    merge,
    shaped_spans,
)
from credlint.model.captured import CapturedValue
from credlint.model.key_id import parse_key_id

_FINGERPRINT_DIGITS = 16
_MARK_DIGITS = 8
_ROUNDS = 3
_QUOTES = "\"'`\u201c\u201d\u2018\u2019"
_INLINE_COMMENT = re.compile(r"\s[#;]")
_NON_BREAKING = "\u00a0\u202f\u2007\ufeff\u2060"
_SPACE = 0x20
_DELETE = 0x7F


class Capturer:
    """Replaces values by what may be kept of them.

    ``key``: random and of one capture only; it keys the HMAC that lets equal values be seen as
    equal. ``known``: every value of this capture that is a secret, scrubbed out of kept texts.
    """

    def __init__(self, key: bytes, known: Iterable[str] = ()) -> None:
        self._key = key
        self._known = KnownSecrets(known)
        # What each mark stands for; for those who need to know that two readings are one.
        self.marked: dict[str, str] = {}

    def __repr__(self) -> str:
        return "Capturer()"

    def fingerprint(self, value: str) -> str:
        """Return the keyed digest of a value (hexadecimal, 16 digits)."""
        raw = value.encode("utf-8", "surrogatepass")
        return hmac.new(self._key, raw, hashlib.sha256).hexdigest()[:_FINGERPRINT_DIGITS]

    def mark(self, value: str) -> str:
        """Return the stand-in of a removed text: equal for equal texts."""
        mark = f"[REDACTED-{self.fingerprint(value)[:_MARK_DIGITS]}]"
        self.marked[mark] = value
        return mark

    def scrub(self, text: str, *, fold_case: bool = False, identifier: bool = False) -> str:
        """Return the text with every known or secret-shaped part replaced by its mark.

        ``fold_case``: parts that differ in case only get the same mark (setting names, which
        readers compare in lower case). ``identifier``: as in ``scrub.shaped_spans``.
        """
        # What is left beside a mark may have a shape that the whole had not, such as a user's
        # name before a password that held a slash.
        for _ in range(_ROUNDS):
            known = self._known.spans(text)
            spans = merge((*known, *shaped_spans(text, identifier=identifier)))
            if not spans:
                break
            text = self._replace(text, spans, fold_case=fold_case)
        return text

    def _replace(self, text: str, spans: list[Span], *, fold_case: bool) -> str:
        kept, position = [], 0
        for start, end in spans:
            part = text[start:end]
            kept += [text[position:start], self.mark(part.lower() if fold_case else part)]
            position = end
        return "".join([*kept, text[position:]])

    def capture_text(self, value: str) -> CapturedValue:
        """Capture a value that is not secret by its name: its text is kept, scrubbed."""
        return self.capture_as(value, self.scrub(value))

    def capture_secret(self, value: str) -> CapturedValue:
        """Capture a sensitive value: facts only."""
        return self.capture_as(value, None)

    def capture_as(self, value: str, text: Optional[str]) -> CapturedValue:
        """Capture the facts of ``value`` and keep ``text``, which the caller has made safe."""
        return CapturedValue(
            text=text,
            length=len(value),
            shape=shape_of(value, sensitive=text is None),
            key_id=parse_key_id(value),
            fingerprint=self.fingerprint(value),
            flaws=flaws_of(value),
            placeholder=placeholder_of(value) if text is None else "",
            signs=signs_of(value) if text is None else (),
        )


def shape_of(value: str, *, sensitive: bool) -> str:
    """Return the shape of a value as listed in ``CapturedValue``."""
    if not value:
        return "empty"
    if sensitive and not value.strip():
        return "blank"
    if parse_key_id(value):
        return "access-key-id"
    if looks_like_secret_key(value):
        return "secret-access-key"
    if looks_like_session_token(value):
        return "session-token"
    return "other" if sensitive else "text"


def flaws_of(value: str) -> tuple[str, ...]:
    """Name the characters that are part of the value by mistake, as in ``CapturedValue``."""
    if not value:
        return ()
    core = value.strip()
    quoted = bool(core) and (core[0] in _QUOTES or (len(core) > 1 and core[-1] in _QUOTES))
    tests = (
        ("blank", not core),
        ("quoted", quoted),
        ("leading-space", value[0].isspace()),
        ("trailing-space", value[-1] in " \t\v\f\u00a0"),
        ("newline", "\n" in value),
        ("carriage-return", "\r" in value),
        ("non-breaking-space", any(c in _NON_BREAKING for c in value)),
        ("inline-comment", _INLINE_COMMENT.search(value) is not None),
        ("control-character", any(_is_control(c) for c in value)),
        ("non-ascii", not value.isascii()),
    )
    return tuple(name for name, holds in tests if holds)


def _is_control(character: str) -> bool:
    code = ord(character)
    return (code < _SPACE and character not in "\t\r\n") or _DELETE <= code < 0xA0  # noqa: PLR2004
