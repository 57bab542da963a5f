"""Splits a shell script into words and operators, as POSIX shells, bash and zsh do. Pure.

Nothing is expanded or run here: a word is a list of parts, and what only a shell could tell is an
opaque part. Source: POSIX.1-2017, Shell Command Language 2.2, 2.3; bash(1), QUOTING. Compared with
bash in the tests.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Optional

from credlint.model.lean_tuples import NamedTuple

_PLAIN = re.compile(r"[A-Za-z0-9_./:=,@%+?*\[\]!^~{}-]+")
_BLANKS = re.compile(r"(?:[ \t]|\\\n)+")
_COMMENT = re.compile(r"[^\n]*")
_OPERATOR = re.compile(r"&&|\|\||;;&|;;|;&|\|&|<<<|<<-|<<|<>|<&|>&|&>>|&>|>>|>\||[;&|()<>]")
_NUMBER = re.compile(r"[0-9]+(?=[<>])")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_SPECIAL = re.compile(r"[0-9@*#?$!-]")
_SINGLE = re.compile(r"[^']*")
_DOUBLE = re.compile(r'[^"\\$`]+')
_ANSI = {
    "a": "\a", "b": "\b", "e": "\x1b", "E": "\x1b", "f": "\f", "n": "\n", "r": "\r",
    "t": "\t", "v": "\v", "\\": "\\", "'": "'", '"': '"', "?": "?",
}  # fmt: skip
_ANSI_NUMBER = re.compile(
    r"(?P<octal>[0-7]{1,3})|x(?P<hex>[0-9a-fA-F]{1,2})|u(?P<short>[0-9a-fA-F]{1,4})"
    r"|U(?P<long>[0-9a-fA-F]{1,8})|c(?P<control>.)",
    re.DOTALL,
)
_WORD_ENDS = frozenset(" \t\n;&|()<>")
_LARGEST = 0x10FFFF
# Nesting beyond this is no script that somebody wrote.
_DEPTH = 200


class Part(NamedTuple):
    """A part of a word. ``kind``: text (``quoted`` or not), variable (its name), opaque."""

    kind: str
    text: str = ""
    quoted: bool = False


class Token(NamedTuple):
    """A word with its parts, or an operator (a newline is one); offsets in the text."""

    operator: Optional[str]
    parts: tuple[Part, ...]
    start: int
    end: int

    @property
    def plain(self) -> Optional[str]:
        """Return the word when it is text and nothing else, quoted or not."""
        if self.operator is not None or any(part.kind != "text" for part in self.parts):
            return None
        return "".join(part.text for part in self.parts)

    @property
    def bare(self) -> str:
        """Return the word when it is unquoted text, as reserved words must be."""
        if self.operator is None and len(self.parts) == 1:
            part = self.parts[0]
            return part.text if part.kind == "text" and not part.quoted else ""
        return ""


class ShellSyntaxError(ValueError):
    """The script cannot be split from this offset on; ``offset`` is where it went wrong."""

    def __init__(self, offset: int) -> None:
        super().__init__(offset)
        self.offset = offset


class _HereDocument(NamedTuple):
    delimiter: str
    strip_tabs: bool


def split_script(text: str) -> Iterator[Token]:
    """Yield the tokens of a script; here-documents and comments are left out.

    Raises ShellSyntaxError where a quote or a bracket is never closed.
    """
    position, length = 0, len(text)
    waiting: list[_HereDocument] = []
    expect: Optional[str] = None  # the here-document operator whose delimiter comes next
    while position < length:
        blanks = _BLANKS.match(text, position)
        if blanks:
            position = blanks.end()
            continue
        character = text[position]
        if character == "#":
            position = _COMMENT.match(text, position).end()  # type: ignore[union-attr]
            continue
        if character == "\n":
            yield Token("\n", (), position, position + 1)
            position += 1
            for document in waiting:
                position = _skip_document(text, position, document)
            waiting.clear()
            continue
        number = _NUMBER.match(text, position)
        if number:
            position = number.end()
        operator = _OPERATOR.match(text, position)
        if operator and not (operator.group() in "<>" and text[operator.end() :][:1] == "("):
            expect = operator.group() if operator.group() in ("<<", "<<-") else None
            yield Token(operator.group(), (), position, operator.end())
            position = operator.end()
            continue
        token = _word(text, position)
        if expect is not None:
            waiting.append(_HereDocument(_delimiter(text, token), expect == "<<-"))
            expect = None
        yield token
        position = token.end


def _delimiter(text: str, token: Token) -> str:
    if token.plain is not None:
        return token.plain
    return text[token.start : token.end]


def _skip_document(text: str, position: int, document: _HereDocument) -> int:
    while position < len(text):
        end = text.find("\n", position)
        end = len(text) if end < 0 else end
        line = text[position:end]
        position = min(end + 1, len(text))
        if (line.lstrip("\t") if document.strip_tabs else line) == document.delimiter:
            break
    return position


def _word(text: str, start: int) -> Token:
    parts: list[Part] = []
    position = start
    while position < len(text):
        plain = _PLAIN.match(text, position)
        if plain:
            _add_text(parts, plain.group(), quoted=False)
            position = plain.end()
            continue
        character = text[position]
        if character in _WORD_ENDS and not (
            character in "<>" and text[position + 1 : position + 2] == "("
        ):
            break
        position = _one_part(text, position, parts)
    return Token(None, tuple(parts), start, position)


def _one_part(text: str, position: int, parts: list[Part]) -> int:  # noqa: PLR0911  one each
    character = text[position]
    if character == "\\":
        following = text[position + 1 : position + 2]
        if following != "\n":
            _add_text(parts, following or "\\", quoted=True)
        return min(position + 2, len(text))
    if character == "'":
        end = _SINGLE.match(text, position + 1).end()  # type: ignore[union-attr]
        if end >= len(text):
            raise ShellSyntaxError(position)
        _add_text(parts, text[position + 1 : end], quoted=True)
        return end + 1
    if character == '"':
        return _double_quoted(text, position, parts)
    if character == "$":
        if text.startswith("$'", position):
            return _ansi_quoted(text, position, parts)
        if text.startswith('$"', position):
            return _double_quoted(text, position + 1, parts)
        return _expansion(text, position, parts, quoted=False)
    if character == "`" or character in "<>":
        parts.append(Part("opaque"))
        return _skip(text, position if character == "`" else position + 1)
    _add_text(parts, character, quoted=False)
    return position + 1


def _add_text(parts: list[Part], text: str, *, quoted: bool) -> None:
    if parts and parts[-1].kind == "text" and parts[-1].quoted == quoted:
        parts[-1] = Part("text", parts[-1].text + text, quoted)
    else:
        parts.append(Part("text", text, quoted))


def _double_quoted(text: str, start: int, parts: list[Part]) -> int:
    position = start + 1
    _add_text(parts, "", quoted=True)
    while position < len(text):
        plain = _DOUBLE.match(text, position)
        if plain:
            _add_text(parts, plain.group(), quoted=True)
            position = plain.end()
            continue
        character = text[position]
        if character == '"':
            return position + 1
        if character == "\\":
            following = text[position + 1 : position + 2]
            if following != "\n":
                kept = following if following in ("$", "`", '"', "\\") else "\\" + following
                _add_text(parts, kept, quoted=True)
            position += 2
        elif character == "$":
            position = _expansion(text, position, parts, quoted=True)
        else:
            parts.append(Part("opaque"))
            position = _skip(text, position)
    raise ShellSyntaxError(start)


def _ansi_quoted(text: str, start: int, parts: list[Part]) -> int:
    position = start + 2
    kept: list[str] = []
    while position < len(text):
        character = text[position]
        if character == "'":
            raw = "".join(kept).encode("utf-8", "surrogateescape").split(b"\0", 1)[0]
            _add_text(parts, raw.decode("utf-8", "surrogateescape"), quoted=True)
            return position + 1
        if character != "\\":
            kept.append(character)
            position += 1
            continue
        following = text[position + 1 : position + 2]
        number = _ANSI_NUMBER.match(text, position + 1)
        if number:
            kept.append(_ansi_character(number))
            position = number.end()
        else:
            kept.append(_ANSI.get(following, "\\" + following))
            position += 2
    raise ShellSyntaxError(start)


def _ansi_character(number: re.Match[str]) -> str:
    if number.group("control"):
        return chr(ord(number.group("control")) & 0x1F)
    digits = number.group("octal")
    if digits:
        code = int(digits, 8) & 0xFF
    elif number.group("hex"):
        code = int(number.group("hex"), 16)
    else:
        code = int(number.group("short") or number.group("long"), 16)
        return chr(code) if code <= _LARGEST and not 0xD800 <= code < 0xE000 else "\ufffd"  # noqa: PLR2004
    return chr(code) if code < 0x80 else chr(0xDC00 + code)  # noqa: PLR2004  one byte


def _expansion(text: str, start: int, parts: list[Part], *, quoted: bool) -> int:
    """Read what begins with a dollar sign; one that begins nothing is text."""
    following = text[start + 1 : start + 2]
    name = _NAME.match(text, start + 1)
    if name:
        parts.append(Part("variable", name.group(), quoted))
        return name.end()
    if following == "{":
        end = _skip(text, start + 1, quoted=quoted)
        inner = text[start + 2 : end - 1]
        whole = _NAME.fullmatch(inner)
        parts.append(Part("variable", inner, quoted) if whole else Part("opaque"))
        return end
    if following == "(":
        parts.append(Part("opaque"))
        return _skip(text, start + 1)
    if following and _SPECIAL.match(following):
        parts.append(Part("opaque"))
        return start + 2
    _add_text(parts, "$", quoted=quoted)
    return start + 1


def _skip(text: str, start: int, *, quoted: bool = False) -> int:
    """Return what follows a bracketed part that opens at ``start``: ``(``, ``{`` or a backquote.

    Quotes and nested brackets are followed; comments and ``case`` patterns inside are not.
    ``quoted``: it stands in double quotes, where ``${…}`` takes a single quote as it is.
    """
    closers = {"(": ")", "{": "}", "`": "`", '"': '"'}
    stack = [closers[text[start]]]
    position = start + 1
    while position < len(text):
        character = text[position]
        top = stack[-1]
        if character == "\\":
            position += 2
            continue
        if character == top:
            stack.pop()
            if not stack:
                return position + 1
        elif character == "'" and top != '"' and not (quoted and len(stack) == 1):
            end = text.find("'", position + 1)
            if end < 0:
                break
            position = end
        elif character in '"`' or (character == "(" and top != '"'):
            stack.append(closers[character])
        elif character == "$" and text[position + 1 : position + 2] in ("(", "{"):
            position += 1
            stack.append(closers[text[position]])
        if len(stack) > _DEPTH:
            break
        position += 1
    raise ShellSyntaxError(start)
