"""GitHub's ``primaryLocationLineHash``: by it alerts are matched from one upload to the next.

It is an unkeyed hash of a line that may hold a secret, so it is written only for files inside
the scanned repository, where whoever reads the hash can read the line as well.
"""

from __future__ import annotations

import re
from array import array
from collections import Counter

_WINDOW = 100
_FACTOR = 37
_MASK = (1 << 64) - 1
# What follows a file's last unit: the mark of its end, then zeros.
_ENDING = "\uffff" + "\0" * _WINDOW
_LINE_END = re.compile("\n")
_ASTRAL = re.compile("[\U00010000-\U0010ffff]")


class LineHashes:
    """The hashes ``value:occurrence`` of a file's lines; a final newline begins one more line.

    A line's value covers the 100 UTF-16 units from its first character that is no space or tab,
    across line ends: h = 37·h + unit modulo 2^64. The occurrence counts the lines so far with that
    value. Source: github/codeql-action, src/fingerprints.ts and its test vectors.

    Only the windows of the lines are compared for all lines, the value is computed where it is
    asked for: a file of 20 MB costs a second, not ten.
    """

    def __init__(self, text: str) -> None:
        self._units = _units(text) + _ENDING
        end = len(self._units) - len(_ENDING)
        starts = array("L", [0])
        starts.extend(match.end() for match in _LINE_END.finditer(self._units, 0, end))
        self._starts = starts
        seen: Counter[int] = Counter()
        occurrences = array("L")
        for start in starts:
            # Python's own hash of a text has 64 bits, as the value has.
            window = hash(self._units[start : start + _WINDOW])
            seen[window] += 1
            occurrences.append(seen[window])
        self._occurrences = occurrences

    def __len__(self) -> int:
        return len(self._starts)

    def of_line(self, line: int) -> str:
        """Return the hash of a line, counted from 1 to the number of lines."""
        start = self._starts[line - 1]
        value = 0
        for unit in self._units[start : start + _WINDOW]:
            value = (_FACTOR * value + ord(unit)) & _MASK
        return f"{value:x}:{self._occurrences[line - 1]}"


def _units(text: str) -> str:
    """Return the text as UTF-16 units without spaces and tabs, line ends as LF."""
    normal = text.replace("\r\n", "\n").replace("\r", "\n").replace(" ", "").replace("\t", "")
    return _ASTRAL.sub(_surrogates, normal)


def _surrogates(match: re.Match[str]) -> str:
    """Return a character beyond U+FFFF as the two units of UTF-16 (Unicode 15, §3.9, D91)."""
    rest = ord(match.group()) - 0x10000
    return chr(0xD800 + (rest >> 10)) + chr(0xDC00 + (rest & 0x3FF))
