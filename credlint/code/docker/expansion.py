"""Values of ENV and ARG: quotes, escapes and references, as in BuildKit's ``shell/lex.go``."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Optional

_LONGEST = 10_000  # of a value that is put together
_REFERENCE = re.compile(
    r"\$(?:([A-Za-z_][A-Za-z0-9_]*)|\{([A-Za-z_][A-Za-z0-9_]*)([^{}]*)\}|\{[^{}]*\})"
)
_PLAIN = re.compile(r"""[^$'"\\`]+""")


def _pieces(value: str, escape: str) -> Iterator[tuple[str, str, str]]:
    """Yield ``("", text, "")`` and, for a reference, ``("$", name, modifier)``."""
    at, in_double = 0, False
    while at < len(value):
        character = value[at]
        reference = _REFERENCE.match(value, at) if character == "$" else None
        plain = _PLAIN.match(value, at)
        if plain:
            yield "", plain[0], ""
            at = plain.end()
        elif reference:
            yield "$", reference[1] or reference[2] or "", reference[3] or ""
            at = reference.end()
        elif character == '"':
            in_double = not in_double
            at += 1
        elif character == "'" and not in_double:
            end = value.find("'", at + 1)
            end = len(value) if end < 0 else end
            yield "", value[at + 1 : end], ""
            at = end + 1
        elif character == escape and (
            not in_double or value[at + 1 : at + 2] in ('"', "$", escape)
        ):
            yield "", value[at + 1 : at + 2], ""
            at += 2
        else:
            yield "", character, ""
            at += 1


def references(value: str, escape: str) -> tuple[str, ...]:
    """Return the names of the variables that a value is made from."""
    return tuple(text for sign, text, _ in _pieces(value, escape) if sign and text)


def expand(value: str, known: Mapping[str, Optional[str]], escape: str) -> Optional[str]:
    """Return a value without quotes and escapes, variables put in; None where one is unknown."""
    parts: list[str] = []
    size = 0
    for sign, piece, modifier in _pieces(value, escape):
        text = _substitute(piece, modifier, known) if sign else piece
        size += len(text or "")
        if text is None or size > _LONGEST:
            return None
        parts.append(text)
    return "".join(parts)


def _substitute(name: str, modifier: str, known: Mapping[str, Optional[str]]) -> Optional[str]:
    value = known.get(name)
    if not modifier or value is None:
        return value
    if modifier.startswith(":-") and "$" not in modifier:
        return value or modifier[2:]
    return None
