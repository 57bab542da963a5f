"""GitHub's ``primaryLocationLineHash``: by it alerts are matched from one upload to the next.

It is an unkeyed hash of a line that may hold a secret, so it is written only for files inside
the scanned repository, where whoever reads the hash can read the line as well.
"""

from __future__ import annotations

from collections import Counter

_WINDOW = 100
_FACTOR = 37
_MASK = (1 << 64) - 1
_LEAVING = pow(_FACTOR, _WINDOW, 1 << 64)
_END = 65535
_TAB, _LF, _CR, _SPACE = 9, 10, 13, 32


def line_hashes(text: str) -> list[str]:
    """Return ``hash:occurrence`` of every line of a file; a final newline begins one more line.

    A line's hash covers the 100 UTF-16 units from its first character that is no space or tab,
    across line ends. Source: github/codeql-action, src/fingerprints.ts and its test vectors.
    """
    units = _units(text)
    starts = [0]
    starts += [index + 1 for index, unit in enumerate(units) if unit == _LF]
    wanted = set(starts)
    padded = [*units, _END, *([0] * _WINDOW)]
    hashes: dict[int, int] = {}
    value = 0
    for index in range(len(padded)):
        # The unit that leaves the window was added _WINDOW steps ago.
        leaving = padded[index - _WINDOW] if index >= _WINDOW else 0
        value = (_FACTOR * value + padded[index] - _LEAVING * leaving) & _MASK
        first = index - _WINDOW + 1
        if first in wanted:
            hashes[first] = value
    seen: Counter[int] = Counter()
    result = []
    for start in starts:
        found = hashes[start]
        seen[found] += 1
        result.append(f"{found:x}:{seen[found]}")
    return result


def _units(text: str) -> list[int]:
    """Return UTF-16 units without spaces and tabs, line ends as LF."""
    normal = text.replace("\r\n", "\n").replace("\r", "\n").replace(" ", "").replace("\t", "")
    data = normal.encode("utf-16-le", "surrogatepass")
    return [data[i] | data[i + 1] << 8 for i in range(0, len(data), 2)]
