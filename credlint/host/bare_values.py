"""A setting's value as readers get it that take inline comments and quotes off. Pure.

AWS SDK for Go v2, config 1.33.15, internal/ini: strings.go ``trimPropertyComment`` (space or
tab, then # or ;) and ``unquote``; tokenize.go ``asProperty`` (comment, then quotes) and
``asSubProperty`` with parse.go ``handleSubProperty`` (an indented line: quotes, then comment).
"""

from __future__ import annotations

import re

from credlint.host.aws_lines import RawLine

_COMMENT = re.compile(r"[ \t][#;]")
_HEADER_COMMENT = re.compile(r"[#;]")


def bare_value(line: RawLine) -> str:
    """Return the value of a setting without inline comment and one pair of quotes."""
    text = line.stripped + line.tail
    after = text[text.find(line.delimiter or "=") + 1 :]
    if line.indent[:1] in (" ", "\t"):
        return _cut(_unquote(after.strip())).strip()
    return _unquote(_cut(after).strip())


def is_empty_header(text: str) -> bool:
    """Tell whether a line is ``[]``, perhaps with a comment."""
    return _HEADER_COMMENT.split(text, maxsplit=1)[0].strip() == "[]"


def trails_comment(line: RawLine) -> bool:
    """Tell whether what follows a section's closing bracket is a comment."""
    end = line.stripped.rfind("]")
    return line.stripped[end + 1 :].strip()[:1] in ("#", ";")


def _cut(text: str) -> str:
    return _COMMENT.split(text, maxsplit=1)[0]


def _unquote(text: str) -> str:
    # A lone quote is left alone: Go's parser panics there, which the chain must be able to tell.
    if len(text) > 1 and text[0] in ("'", '"') and text.endswith(text[0]):
        return text[1:-1]
    return text
