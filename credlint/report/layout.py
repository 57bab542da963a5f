"""Colour, wrapping and columns of the text report."""

from __future__ import annotations

import re

from credlint.model.lean_dataclasses import dataclass
from credlint.report.clean import for_terminal

_CODES = {"bold": "1", "dim": "2", "red": "31", "green": "32", "yellow": "33", "cyan": "36"}
LEVEL_STYLES = {"error": "red", "warning": "yellow", "note": "cyan"}
STATUS_STYLES = {"selected": "green", "broken": "red", "shadowed": "yellow"}

_NUMBERED = r"\s*\d+[.)]\s"
# A command stays on one line, so that it can be copied.
_UNBROKEN = "`[^`]*`"
_HELD_SPACE = "\x00"


@dataclass(frozen=True)
class Painter:
    """Paints with ANSI SGR codes (ECMA-48 §8.3.117), or not at all."""

    color: bool

    def paint(self, text: str, *styles: str) -> str:
        """Return the text in the named styles; unknown names are skipped."""
        codes = ";".join(_CODES[style] for style in styles if style in _CODES)
        if not self.color or not codes or not text:
            return text
        return f"\x1b[{codes}m{text}\x1b[0m"


def wrap(text: str, width: int, first: str = "", rest: str = "") -> list[str]:
    """Wrap prose to lines of at most ``width`` code points, cleaned for a terminal.

    Text in backticks is not broken; a word that is too long stands on a line of its own.
    """
    import textwrap  # noqa: PLC0415  start-up: where nothing was found, nothing is wrapped

    def hold(match: re.Match[str]) -> str:
        return match.group().replace(" ", _HELD_SPACE)

    held = re.sub(_UNBROKEN, hold, for_terminal(text))
    lines = textwrap.wrap(
        held,
        max(width, len(rest) + 20),
        initial_indent=first,
        subsequent_indent=rest,
        break_long_words=False,
        break_on_hyphens=False,
    )
    return [line.replace(_HELD_SPACE, " ") for line in lines]


def numbered(text: str, width: int, indent: str) -> list[str]:
    """Lay out a remedy: its lines become numbered steps; indented lines stay with their step."""
    lines = [line.rstrip() for line in text.split("\n") if line.strip()]
    steps = [line for line in lines if not line[0].isspace()]
    number = 0
    rows: list[str] = []
    for line in lines:
        if line[0].isspace():
            rows.append(f"{indent}   {for_terminal(line.strip())}")
        elif re.match(_NUMBERED, line):
            rows += wrap(line, width, indent, f"{indent}   ")
        elif len(steps) > 1:
            number += 1
            rows += wrap(line, width, f"{indent}{number}. ", f"{indent}   ")
        else:
            rows += wrap(line, width, indent, indent)
    return rows


def count(number: int, one: str, many: str = "") -> str:
    """Return ``1 file`` or ``1,234 files``."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def size(number: int) -> str:
    """Return bytes for people in decimal units: ``1.4 MB``."""
    amount = float(number)
    for unit in ("B", "kB", "MB", "GB"):
        if amount < 1000 or unit == "GB":  # noqa: PLR2004  decimal units
            return f"{amount:.0f} {unit}" if unit == "B" else f"{amount:.1f} {unit}"
        amount /= 1000
    raise AssertionError
