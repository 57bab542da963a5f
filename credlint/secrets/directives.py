"""Inline directives: ``credlint: ignore[CODE, name] reason`` in a comment of any language."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Optional

from credlint.model.finding import IgnoreDirective

if TYPE_CHECKING:
    from credlint.secrets.candidate import TextView

# The first stage's expression; what follows is read from the line itself.
DIRECTIVE = r"credlint:[ \t]{0,8}ignore"
DIRECTIVE_STARTS = ("credlint:",)

# Compiled at their first use, by re itself: most runs see no directive.
_TEXT = rb"credlint:[ \t]{0,8}ignore(?![A-Za-z0-9_-])[ \t]{0,8}(?:\[([^\]\r\n]{0,400})\])?"
_MARKER = rb"(?i:#|//|/\*|<!--|--|;|%|!|\"|'|\*|\{-|\bREM\b|\bdnl\b|::)"
_CLOSING = r"\*/|--\}?\}?>?|-->|#\}|%>|-\}|\"[,;)\]}]*\s*$|'[,;)\]}]*\s*$"
_JSON_MEMBER = r'"[^"]{0,40}"\s*:\s*"\Z'
_LONGEST_REASON = 300
_LONGEST_PREFIX = 400


def read_directive(view: TextView, base: str, end: int) -> Optional[IgnoreDirective]:
    """Return the directive whose keyword ends at the offset, None when it is no comment.

    A mention in running text (no comment sign before it, or a backtick) is none.
    """
    start, stop = view.lines.line_bounds(end - 1)
    hits = re.compile(_TEXT).finditer(view.data, max(start, end - 40), min(stop, end + 440))
    found = next((hit for hit in hits if hit.start() < end <= hit.end()), None)
    if found is None:
        return None
    prefix = view.data[max(start, found.start() - _LONGEST_PREFIX) : found.start()]
    if prefix.endswith(b"`") or not re.search(_MARKER, prefix):
        return None
    names = (found.group(1) or b"").decode("utf-8", "replace")
    tail = view.data[found.end() : min(stop, found.end() + _LONGEST_REASON)].decode(
        "utf-8", "replace"
    )
    closing = re.search(_CLOSING, tail)
    reason = tail[: closing.start()] if closing else tail
    after = tail[closing.end() :] if closing else ""
    alone = not any(character.isalnum() for character in after) and not any(
        part.isalnum() for part in _without_keyword(prefix)
    )
    return IgnoreDirective(
        uri=view.uri,
        base=base,
        line=view.lines.line_of(found.start()),
        selectors=tuple(name.strip() for name in names.split(",") if name.strip()),
        reason=reason.strip(" \t:-"),
        stands_alone=alone,
    )


def _without_keyword(prefix: bytes) -> str:
    """Return the text before a directive without a comment sign that is made of letters.

    A JSON member that holds nothing else counts as a comment sign: JSON has no other.
    """
    text = prefix.decode("utf-8", "replace").strip()
    if re.match(_JSON_MEMBER, text):
        return ""
    return "" if text.lower() in ("rem", "@rem", "dnl") else text
