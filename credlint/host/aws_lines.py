r"""A lossless reader of the AWS ini files: text in, physical lines with exact columns out. Pure.

Each line is classified by its own text alone, as ``configparser.RawConfigParser`` of CPython
3.11 would (``_read`` in Lib/configparser.py): it reads the file line by line in universal
newlines mode, strips each line, takes ``#`` and ``;`` at its start for a comment, tries
``\[(?P<header>.+)\]`` at its start, then an option up to the first ``=`` or ``:``.
Continuations depend on the reader and are left to the chain.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Optional

from credlint.model.lean_dataclasses import dataclass

# Files iterate by these alone; str.splitlines would also split at \x0b, \x85, U+2028 …
_FILE_LINE = re.compile(r"[^\r\n]*(?:\r\n|\n|\r)|[^\r\n]+")
_DELIMITER = re.compile(r"[=:]")
_EQUALS = re.compile(r"=")
_DIRECTIVE = re.compile(r"[#;].*?\bcredlint:\s*ignore\[(?P<codes>[^\]]*)\][ \t]*(?P<reason>.*)")


@dataclass(frozen=True)
class RawLine:
    """One physical line with its values in clear; never leaves this room.

    ``indent + stripped + tail + ending`` is the line's text exactly. ``start`` and ``value_start``
    are offsets in the line of the name and the value. ``repr`` shows no content.
    """

    number: int
    kind: str
    indent: str
    stripped: str
    tail: str
    ending: str
    name: Optional[str] = None
    delimiter: Optional[str] = None
    value: Optional[str] = None
    start: int = 0
    value_start: int = 0
    trailing: bool = False

    def __repr__(self) -> str:
        return f"RawLine(number={self.number}, kind={self.kind!r})"

    @property
    def text(self) -> str:
        """Return the line exactly as it stands in the file."""
        return self.indent + self.stripped + self.tail + self.ending

    @property
    def directive(self) -> Optional[tuple[str, str]]:
        """Return codes and reason of an inline ``credlint: ignore[…]`` comment."""
        match = _DIRECTIVE.match(self.stripped) if self.kind == "comment" else None
        return (match.group("codes"), match.group("reason").strip()) if match else None


def read_lines(text: str) -> tuple[RawLine, ...]:
    """Read a config, credentials or boto 2 file."""
    return tuple(_classify(n, found, _DELIMITER) for n, found in _number(_FILE_LINE.findall(text)))


def read_key_value_lines(text: str) -> tuple[RawLine, ...]:
    """Read a file of the EC2 tools: every line that has ``=`` is a setting.

    As botocore.utils.parse_key_val_file_contents (1.44.5): ``str.splitlines``, which knows more
    line ends than a file does, after the universal newlines translation of reading.
    """
    return tuple(
        _classify(n, found, _EQUALS, sections=False)
        for n, found in _number(text.splitlines(keepends=True))
    )


def _number(pieces: list[str]) -> Iterator[tuple[int, str]]:
    return enumerate(pieces, start=1)


def _classify(
    number: int, text: str, delimiter: re.Pattern[str], *, sections: bool = True
) -> RawLine:
    # splitlines gives at most one separator back; a file line ends in \n, \r or \r\n.
    body = text.splitlines()[0] if not sections else text.rstrip("\r\n")
    ending = text[len(body) :]
    stripped = body.strip()
    offset = body.find(stripped) if stripped else len(body)
    indent, tail = body[:offset], body[offset + len(stripped) :]
    pieces = (number, indent, stripped, tail, ending)
    if not stripped:
        return _line("blank", pieces)
    if stripped[0] in "#;":
        return _line("comment", pieces, start=offset)
    # Searching by hand gives what the two expressions would, but in linear time.
    closing = stripped.rfind("]")
    if sections and stripped[0] == "[" and closing > 1:
        return _line(
            "section",
            pieces,
            name=stripped[1:closing],
            start=offset + 1,
            trailing=bool(stripped[closing + 1 :].strip()),
        )
    found = delimiter.search(stripped)
    if found:
        after = stripped[found.end() :]
        value = after.lstrip()
        return _line(
            "setting",
            pieces,
            name=stripped[: found.start()].rstrip(),
            delimiter=found.group(),
            value=value,
            start=offset,
            value_start=offset + len(stripped) - len(value),
        )
    return _line("text", pieces, start=offset)


def _line(
    kind: str,
    pieces: tuple[int, str, str, str, str],
    name: Optional[str] = None,
    delimiter: Optional[str] = None,
    value: Optional[str] = None,
    start: int = 0,
    value_start: int = 0,
    trailing: bool = False,
) -> RawLine:
    number, indent, stripped, tail, ending = pieces
    return RawLine(
        number,
        kind,
        indent,
        stripped,
        tail,
        ending,
        name,
        delimiter,
        value,
        start,
        value_start,
        trailing,
    )
