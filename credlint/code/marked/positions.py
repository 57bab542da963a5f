"""Where the characters of a scalar's value stand in its source, escapes and folds aside."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from functools import partial
from typing import Callable, Optional

from credlint.code.marked.nodes import Scalar
from credlint.code.sighting import Embedded, Segment

# A part of a value: its bytes, where they come from, and whether they stand there just so.
_Part = tuple[bytes, int, bool]
_FOLD = rb"(?P<fold>(?:\r\n|\n|\r)(?:[ \t]*(?:\r\n|\n|\r))*[ \t]*)"
# What stands for something else within double quotes: a run of escapes (JSON, RFC 8259 section 7;
# YAML 1.2.2, 5.7), or a line break with the blanks around it, which YAML folds (7.3.1).
_ESCAPE = re.compile(
    rb"(?P<unicode>(?:\\u[0-9A-Fa-f]{4})+)|\\x(?P<byte>[0-9A-Fa-f]{2})|\\U(?P<long>[0-9A-Fa-f]{8})"
    rb"|(?P<joined>\\\r?\n[ \t]*(?:\r?\n[ \t]*)*)|\\(?P<one>[^\r\n])|" + _FOLD
)
_SINGLE = re.compile(rb"(?P<one>'')|" + _FOLD)
_ONE = dict(zip(b"0abt\tnvfreN_LP", "\0\a\b\t\t\n\v\f\r\x1b\x85\xa0\u2028\u2029"))
_LINE_END = re.compile(rb"\r\n|\n|\r")
_FOLDED = b" "


def embedded(text: bytes, scalar: Scalar, name: str) -> Embedded:
    """Return what a scalar holds as a text of that format, with the places of its bytes."""
    encode: Callable[[str], Optional[str]]
    parts: Iterable[_Part]
    if scalar.style in ("literal", "folded"):
        parts, indent = _of_block(text, scalar)
        newline = "\r\n" if text[scalar.inside : scalar.end].count(b"\r\n") else "\n"
        encode = partial(_indented, newline + " " * indent)
        if scalar.style == "folded":
            encode = _on_one_line
    elif scalar.style == "plain":
        parts = _pieces(text, scalar.inside, scalar.end, _SINGLE, quoted=False)
        encode = _plain
    else:
        is_single = scalar.style == "single"
        expression = _SINGLE if is_single else _ESCAPE
        parts = _pieces(text, scalar.inside + 1, scalar.end - 1, expression, quoted=True)
        encode = _in_single if is_single else in_double
    pieces: list[bytes] = []
    segments: list[Segment] = []
    inner = 0
    for piece, outer, same in parts:
        segments.append(Segment(inner, outer, len(piece) if same else 0))
        pieces.append(piece)
        inner += len(piece)
    end = scalar.end - (scalar.style in ("single", "double"))
    if not segments or (segments[-1].inner, segments[-1].length) != (inner, 0):
        segments.append(Segment(inner, end, 0))
    return Embedded(name, b"".join(pieces), tuple(segments), encode)


def _pieces(
    text: bytes, start: int, end: int, expression: re.Pattern[bytes], *, quoted: bool
) -> Iterator[_Part]:
    last = start
    for found in expression.finditer(text, start, end):
        if not quoted and found.lastgroup != "fold":
            continue
        piece = text[last : found.start()]
        if found.lastgroup == "fold":
            piece = piece.rstrip(b" \t")
        if piece:
            yield piece, last, True
        yield _meant(found), last + len(piece), False
        last = found.end()
    if end > last:
        yield text[last:end], last, True


def _meant(found: re.Match[bytes]) -> bytes:
    """Return what an escape or a fold stands for."""
    kind = found.lastgroup
    written = found[0]
    if kind == "fold":
        return b"\n" * (len(_LINE_END.findall(written)) - 1) or _FOLDED
    if kind == "joined":
        return b"\n" * (len(_LINE_END.findall(written)) - 1)
    if kind == "unicode":
        value = json.loads(b'"' + written + b'"')
    elif kind in ("byte", "long"):
        number = int(found[kind], 16)
        value = chr(number) if number <= 0x10FFFF else "\ufffd"  # noqa: PLR2004  Unicode's last
    elif written == b"''":
        return b"'"
    else:
        value = _ONE.get(found["one"][0], "")
        if not value:
            return found["one"]
    return str(value).encode("utf-8", "replace")


def _of_block(text: bytes, scalar: Scalar) -> tuple[list[_Part], int]:
    """Return the lines of a block scalar (YAML 1.2.2, 8.1) and how far they are indented."""
    lines = text[scalar.inside : scalar.end].splitlines(keepends=True)
    header = lines[0] if lines else b""
    indent = _indentation(text, scalar.inside, header, lines[1:])
    parts: list[_Part] = []
    offset = scalar.inside + len(header)
    contents: list[bytes] = []
    for line in lines[1:]:
        cut = min(indent, len(line) - len(line.lstrip(b" ")))
        body = line[cut:].rstrip(b"\r\n")
        contents.append(body)
        parts.append((body, offset + cut, True))
        offset += len(line)
    is_folded = scalar.style == "folded"
    joined: list[_Part] = []
    for number, part in enumerate(parts):
        joined.append(part)
        follows = contents[number + 1] if number + 1 < len(contents) else None
        folds = (
            is_folded and part[0] and follows and not _is_more(part[0]) and not _is_more(follows)
        )
        if number + 1 < len(parts) or lines[-1].endswith((b"\n", b"\r")):
            joined.append((_FOLDED if folds else b"\n", part[1] + len(part[0]), False))
    return joined, indent


def _is_more(line: bytes) -> bool:
    """Tell whether a line is indented more than its block: it is not folded."""
    return line[:1] in (b" ", b"\t")


def _indentation(text: bytes, start: int, header: bytes, lines: list[bytes]) -> int:
    """Return the blanks before the lines: as the header says, else those of the first full one."""
    said = re.match(rb"[|>][-+]?([1-9])", header)
    if said is None:
        return next((len(x) - len(x.lstrip(b" ")) for x in lines if x.strip()), 0)
    line = text[text.rfind(b"\n", 0, start) + 1 : start]
    # Relative to the node that it belongs to: the key of its line, or the dash before that.
    outer = re.match(rb" *(?:- +)*", line)
    least = min((len(x) - len(x.lstrip(b" ")) for x in lines if x.strip()), default=0)
    return min(least, (len(outer[0]) if outer else 0) + int(said[1]))


def _indented(line_start: str, text: str) -> str:
    return text.replace("\r\n", "\n").replace("\n", line_start)


def _on_one_line(text: str) -> Optional[str]:
    return None if "\n" in text else text


def _plain(text: str) -> Optional[str]:
    """Return the text if it changes nothing of what a plain scalar is."""
    return text if re.fullmatch(r"[\w .,/=@%+$()-]*", text) else None


def _in_single(text: str) -> Optional[str]:
    return None if "\n" in text else text.replace("'", "''")


def in_double(text: str) -> str:
    """Return the text with the escapes of JSON, which are YAML's, too."""
    return json.dumps(text, ensure_ascii=False)[1:-1]
