r"""Text in which every character is escaped: ``\x41\x4b``, ``%41%4B``, ``&#65;&#75;``."""

from __future__ import annotations

import re
from typing import Optional

from credlint.model.lean_tuples import NamedTuple
from credlint.secrets.matcher import Expression

# So many printable characters in a row are no accident of a table of bytes.
_LEAST = 8
_BACK = 1024


class Escape(NamedTuple):
    """One way to write characters by their codes.

    ``unit``: one character, its code in the group; ``printable``: the same of ASCII that is
    text, for the first stage; ``starts`` as in ``matcher.Expression``; ``base`` of the code.
    """

    label: str
    unit: str
    printable: str
    starts: tuple[str, ...]
    base: int


ESCAPES = (
    Escape(r"\x escapes", r"\\x([0-9a-fA-F]{2})", r"\\x[2-7][0-9a-fA-F]", ("\\x",), 16),
    Escape(r"\u escapes", r"\\u([0-9a-fA-F]{4})", r"\\u00[2-7][0-9a-fA-F]", ("\\u00",), 16),
    Escape("percent-encoding", r"%([0-9a-fA-F]{2})", r"%[2-7][0-9a-fA-F]", ("%",), 16),
    Escape("octal escapes", r"\\([0-3][0-7]{2})", r"\\[01][0-7]{2}", ("\\0", "\\1"), 8),
    Escape("HTML entities", r"&#([0-9]{1,7});", r"&#[0-9]{2,3};", ("&#",), 10),
    Escape(
        "HTML entities",
        r"&#[xX]([0-9a-fA-F]{1,6});",
        r"&#[xX][2-7][0-9a-fA-F];",
        ("&#x", "&#X"),
        16,
    ),
)


def escape_expressions() -> list[Expression]:
    """Return the expressions of the first stage, in the order of ESCAPES."""
    return [
        Expression(f"(?:{escape.printable}){{{_LEAST}}}", escape.starts, longest=64)
        for escape in ESCAPES
    ]


class Unescaped(NamedTuple):
    """A run of escapes: where it stands, its text in UTF-8, and where each character begins.

    ``starts`` has one offset more than there are characters, the run's end.
    """

    start: int
    end: int
    text: str
    starts: list[int]


_COMPILED: dict[int, re.Pattern[bytes]] = {}


def unescape(data: bytes, number: int, end: int, limit: int) -> Optional[Unescaped]:
    """Return the run of escapes of that number in ESCAPES that has a unit which ends there."""
    escape = ESCAPES[number]
    unit = _COMPILED.setdefault(number, re.compile(escape.unit.encode()))
    start = _first(data, unit, end)
    codes: list[int] = []
    starts: list[int] = []
    place = start
    while len(codes) < limit:
        found = unit.match(data, place)
        if found is None:
            break
        codes.append(int(found.group(1), escape.base))
        starts.append(place)
        place = found.end()
    if len(codes) < _LEAST:
        return None
    text = "".join(chr(code) if code < 0x110000 else "\ufffd" for code in codes)  # noqa: PLR2004
    return Unescaped(start, place, text, [*starts, place])


def _first(data: bytes, unit: re.Pattern[bytes], end: int) -> int:
    """Return where the run begins that goes on to ``end``, at most _BACK bytes before."""
    low = max(0, end - _BACK)
    start = previous = -1
    for found in unit.finditer(data, low, end):
        if found.start() != previous:
            start = found.start()
        previous = found.end()
    return start if previous == end else end
