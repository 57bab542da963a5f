"""The ways in which the SDKs' readers take a setting's value: with or without comment and quotes.

Only what names a file needs them, so that each file is looked at that some SDK would open; which
SDK reads how is told in ``chain``.
"""

from __future__ import annotations

import re

_COMMENTS = (re.compile(r"[ \t][#;]"), re.compile(r"\s[#;]"), re.compile(r"[#;]"))
_QUOTES = "\"'"


def readings(text: str) -> tuple[str, ...]:
    """Return the value of a line, right of the delimiter, as some reader or other has it."""
    whole = text.strip()
    found = [whole, unquoted(whole)]
    for comment in _COMMENTS:
        cut = comment.split(text, maxsplit=1)[0].strip()
        found += [cut, unquoted(cut), comment.split(unquoted(whole), maxsplit=1)[0].strip()]
    # Kotlin keeps the blanks in front of a comment's own.
    found.append(whole.split(" #", 1)[0].split(" ;", 1)[0])
    return tuple(dict.fromkeys(found))


def unquoted(text: str) -> str:
    """Return a text without one pair of quotes around it."""
    if len(text) > 1 and text[0] in _QUOTES and text.endswith(text[0]):
        return text[1:-1]
    return text
