"""The syntax of systemd's configuration files: sections, settings, words. Pure.

Source: systemd.syntax(7) and systemd 252 and 256, shared/conf-parser.c (config_parse, parse_line)
and basic/extract-word.c with basic/escape.c (cunescape_one). Compared with ``systemd --test``.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from typing import Optional

from credlint.host.machine.texts import Place
from credlint.model.lean_dataclasses import dataclass
from credlint.model.lean_tuples import NamedTuple

WHITE = " \t\n\r"
# What read_line of basic/fileio.c takes for the end of a line.
_LINE = re.compile(r"([^\r\n\0]*)(\r\n|\n\r|[\n\r\0]|\Z)")
_SIMPLE = {
    "a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v",
    "\\": "\\", '"': '"', "'": "'", "s": " ",
}  # fmt: skip
_HEX = re.compile(r"[0-9a-fA-F]+\Z")
_OCTAL = re.compile(r"[0-7]{3}\Z")
_WIDTHS = {"x": 2, "u": 4, "U": 8}
_LARGEST, _BYTE, _ASCII = 0x10FFFF, 0xFF, 0x80
_SURROGATES = range(0xD800, 0xE000)


class _Piece(NamedTuple):
    offset: int
    line: int
    column: int


@dataclass(frozen=True)
class Joined:
    """A logical line and where each part of it stands in its file."""

    text: str
    pieces: tuple[_Piece, ...]

    def place(self, start: int, end: int) -> Place:
        """Return the place of a part; cut at the end of the physical line that it begins on."""
        number = bisect_right(self.pieces, (start, float("inf"), 0)) - 1
        piece = self.pieces[max(number, 0)]
        if number + 1 < len(self.pieces):
            end = min(end, self.pieces[number + 1].offset)
        column = piece.column + start - piece.offset
        return Place(piece.line, column, column + max(end - start, 0))


@dataclass(frozen=True)
class Setting:
    """``name = value`` of a section; ``value`` is the part of ``joined`` from ``start`` on."""

    section: str
    name: str
    joined: Joined
    start: int
    end: int

    @property
    def value(self) -> str:
        """Return the stripped text right of the sign."""
        return self.joined.text[self.start : self.end]

    @property
    def line(self) -> int:
        """Return the line that the value, or else the setting, begins on."""
        return self.joined.place(self.start, self.end).line


class Word(NamedTuple):
    """One word of a value: its text unquoted, and from where to where it is written."""

    text: str
    start: int
    end: int


class WordError(ValueError):
    """A value cannot be split from here on: unbalanced quotes or an unknown escape."""


def parse_settings(text: str) -> tuple[tuple[Setting, ...], tuple[tuple[int, str], ...]]:
    """Return the settings of a file in order, and its faults as (line, what is wrong)."""
    settings: list[Setting] = []
    faults: list[tuple[int, str]] = []
    section: Optional[str] = None
    for joined in _join(text):
        line = joined.text.strip(WHITE)
        if not line or line[0] in "#;":
            continue
        number = joined.pieces[0].line
        if line.startswith("["):
            if line.endswith("]"):
                section = line[1:-1]
            else:
                faults.append((number, "is an invalid section header"))
        elif section is None:
            faults.append((number, "is a setting outside of any section"))
        elif "=" not in line:
            faults.append((number, "has no ="))
        else:
            begin = joined.text.index("=")
            start = begin + 1
            while start < len(joined.text) and joined.text[start] in WHITE:
                start += 1
            end = max(start, len(joined.text.rstrip(WHITE)))
            name = joined.text[:begin].strip(WHITE)
            settings.append(Setting(section, name, joined, start, end))
    return tuple(settings), tuple(faults)


def _join(text: str) -> Iterator[Joined]:
    parts: list[str] = []
    pieces: list[_Piece] = []
    length = 0
    number = 0
    position = 1 if text.startswith("\ufeff") else 0
    while position < len(text):
        found = _LINE.match(text, position)
        if found is None:  # cannot be: the pattern matches everywhere
            return
        # Lines are counted as an editor does: a lone CR or NUL ends a setting, not a line.
        line_number = number + 1
        column = position - (text.rfind("\n", 0, position) + 1) + 1
        number += found.group(2).count("\n")
        position = found.end()
        raw = found.group(1)
        lead = len(raw) - len(raw.lstrip(WHITE))
        line = raw[lead:]
        if line and line[0] in "#;":
            continue
        pieces.append(_Piece(length, line_number, column + lead))
        if _ends_escaped(line):
            parts.append(line[:-1] + " ")
            length += len(line)
            continue
        parts.append(line)
        yield Joined("".join(parts), tuple(pieces))
        parts, pieces, length = [], [], 0
    if parts:
        yield Joined("".join(parts), tuple(pieces))


def _ends_escaped(line: str) -> bool:
    count = len(line) - len(line.rstrip("\\"))
    return count % 2 == 1


def split_words(
    setting: Setting, start: Optional[int] = None, unescape: bool = True
) -> Iterator[Word]:
    """Yield the words of a setting's value, quotes removed and escapes replaced.

    Raises WordError where systemd would ignore the rest of the value; what came before counts.
    """
    text, position = setting.joined.text, setting.start if start is None else start
    while True:
        while position < setting.end and text[position] in WHITE:
            position += 1
        if position >= setting.end:
            return
        word = _one_word(text, position, setting.end, unescape)
        yield word
        position = word.end


def _one_word(text: str, begin: int, end: int, unescape: bool) -> Word:
    kept: list[str] = []
    position, quote = begin, ""
    while position < end:
        character = text[position]
        if character == "\\":
            piece, length = _unescape(text, position + 1, end, unescape)
            kept.append(piece)
            position += length
        elif character == quote:
            quote = ""
        elif not quote and character in "\"'":
            quote = character
        elif not quote and character in WHITE:
            break
        else:
            kept.append(character)
        position += 1
    if quote:
        raise WordError
    joined = "".join(kept)
    if any("\udc80" <= one <= "\udcff" for one in joined):
        raw = joined.encode("utf-8", "surrogateescape")
        joined = raw.decode("utf-8", "surrogateescape")
    return Word(joined, begin, position)


def _unescape(text: str, position: int, end: int, unescape: bool) -> tuple[str, int]:
    """Return what an escape stands for and how long it is, without its backslash.

    ``unescape`` False: the backslash only takes the next character's meaning away.
    """
    if position >= end:
        raise WordError
    kind = text[position]
    if not unescape:
        return kind, 1
    if kind in _SIMPLE:
        return _SIMPLE[kind], 1
    if kind in _WIDTHS:
        digits = text[position + 1 : min(position + 1 + _WIDTHS[kind], end)]
        if len(digits) != _WIDTHS[kind] or not _HEX.match(digits):
            raise WordError
        return _character(int(digits, 16), kind == "x"), 1 + len(digits)
    digits = text[position : min(position + 3, end)]
    if _OCTAL.match(digits):
        return _character(int(digits, 8), as_byte=True), 3
    raise WordError


def _character(code: int, as_byte: bool) -> str:
    if code == 0 or code > (_BYTE if as_byte else _LARGEST) or code in _SURROGATES:
        raise WordError
    if as_byte and code >= _ASCII:
        return chr(0xDC00 + code)  # one byte of a longer character
    return chr(code)
