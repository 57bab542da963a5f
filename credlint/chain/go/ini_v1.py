"""The reader of the AWS SDK for Go v1: a lexer and a table-driven parser, followed step by step.

Source: aws-sdk-go 1.55.8, internal/ini: ini_lexer.go, literal_tokens.go, value_util.go,
ini_parser.go (``parseTable``), skipper.go, visitor.go. Nearly nothing of it is a matter of lines:
a quoted value may run over several, and one stray character makes the whole file unreadable.
"""

from __future__ import annotations

import re

from credlint.chain.file_text import FileText
from credlint.chain.go.ini_view import SPACE
from credlint.chain.ini_view import Setting
from credlint.chain.patterns import pattern

_LITERAL, _SEPARATOR, _COMMA, _OPERATOR, _BLANK, _LINE, _COMMENT, _END = "lsc=wn#$"
_BLANKS = SPACE.replace("\n", "").replace("\r", "")
# A tab does not end a literal, nor does # or ; within one; a quote ends at the next one that has
# no backslash before it, wherever that is.
_LEXER = pattern(
    rf"""(?P<w>[{re.escape(_BLANKS)}]+)|(?P<c>,)|(?P<h>[;#](?:(?!\r?\n)[\s\S])*)|(?P<n>\r?\n)"""
    r"""|(?P<s>[\[\]])|(?P<o>[=:])|(?P<q>"[\s\S]*?(?<!\\)")|(?P<x>"[\s\S]*)"""
    r"""|(?P<l>(?:(?!\r\n)[^:=\[\] \n])+)""",
)
_KINDS = {"w": _BLANK, "c": _COMMA, "h": _COMMENT, "n": _LINE, "s": _SEPARATOR, "o": _OPERATOR}
_ESCAPED = {"'": "'", '"': '"', "n": "\n", "t": "\t", "\\": "\\"}

# What stands on the parser's stack.
_START, _REMARK, _NAME, _EQUALS, _OPENED, _VALUE, _HEADER, _CLOSED, _SKIPPED = range(9)
# What is done: see Parser._apply.
_STATEMENT, _KEEP, _REMARKED, _FINISH, _COMPLETE, _APPEND, _SKIP, _OPEN, _CLOSE, _ASSIGN = range(10)
_BETWEEN = {
    _LITERAL: _STATEMENT,
    _SEPARATOR: _OPEN,
    _BLANK: _KEEP,
    _LINE: _KEEP,
    _COMMENT: _REMARKED,
    _END: _COMPLETE,
}
_TABLE: dict[int, dict[str, int]] = {
    _START: {**_BETWEEN, _END: _FINISH},
    _REMARK: _BETWEEN,
    _NAME: {
        _OPERATOR: _ASSIGN,
        _LITERAL: _APPEND,
        _SEPARATOR: _OPEN,
        _BLANK: _APPEND,
        _LINE: _SKIP,
        _COMMENT: _REMARKED,
        _END: _COMPLETE,
    },
    _EQUALS: {
        _LITERAL: _APPEND,
        _SEPARATOR: _APPEND,
        _OPERATOR: _APPEND,
        _BLANK: _KEEP,
        _LINE: _SKIP,
        _END: _SKIP,
    },
    _OPENED: {
        _LITERAL: _APPEND,
        _SEPARATOR: _CLOSE,
        _BLANK: _KEEP,
        _LINE: _KEEP,
        _COMMENT: _REMARKED,
        _END: _COMPLETE,
    },
    _VALUE: {
        _LITERAL: _APPEND,
        _SEPARATOR: _APPEND,
        _OPERATOR: _APPEND,
        _BLANK: _APPEND,
        _LINE: _COMPLETE,
        _COMMENT: _REMARKED,
        _END: _FINISH,
        _COMMA: _SKIP,
    },
    _HEADER: {
        _LITERAL: _APPEND,
        _OPERATOR: _APPEND,
        _SEPARATOR: _CLOSE,
        _BLANK: _APPEND,
        _LINE: _KEEP,
    },
    _CLOSED: _BETWEEN,
    _SKIPPED: {**_BETWEEN, _END: _FINISH},
}


class Unparsed(Exception):  # noqa: N818  it says what the file is, see ``Sections``
    """The reader refuses the file; ``line`` is where it stopped."""

    def __init__(self, line: int) -> None:
        super().__init__(line)
        self.line = line


class Value:
    """One value; asking for its text may change it, as it does in the SDK."""

    def __init__(self, raw: str, *, quoted: bool, offset: int) -> None:
        self._raw = list(raw)
        self._quoted = quoted
        self.offset = offset

    def text(self) -> str:
        """Return the value without quotes and escapes, or without blanks around it."""
        if not self._quoted:
            return "".join(self._raw).strip("\n ")
        # ``removeEscapedCharacters`` moves what follows an escape within the value itself, so
        # that the next one who asks finds its last character doubled.
        raw, start, end = self._raw, 1, len(self._raw) - 1
        index = start
        while index < end:
            if index > start and raw[index] in _ESCAPED and raw[index - 1] == "\\":
                raw[index - 1] = _ESCAPED[raw[index]]
                raw[index : end - 1] = raw[index + 1 : end]
                end -= 1
            else:
                index += 1
        return "".join(raw[start:end])

    def truth(self) -> bool:
        """Tell whether it begins with ``true``, which is all that the SDK looks at."""
        return "".join(self._raw[:4]).lower() == "true"


Section = dict[str, Value]
Sections = dict[str, Section]


class _Node:
    """An entry of the stack: a name, a value with its name, a header."""

    def __init__(self, kind: int, text: str = "", offset: int = 0) -> None:
        self.kind = kind
        self.text = text
        self.offset = offset
        self.quoted = False
        self.name = ""


Token = tuple[str, str, int]


def read(text: FileText) -> Sections:
    """Return a file's sections; raises Unparsed."""
    done = _Parser(text).run()
    sections: Sections = {}
    scope = ""
    for node in done:
        if node.kind == _VALUE:
            value = Value(node.text, quoted=node.quoted, offset=node.offset)
            sections.setdefault(scope, {})[node.name] = value
        elif node.kind == _CLOSED:
            scope = node.text
            sections[scope] = {}  # what an earlier section of that name held is gone
        elif node.kind in {_NAME, _OPENED}:
            raise Unparsed(text.number_at(node.offset))
    return sections


def setting(text: FileText, section: str, name: str, value: Value) -> Setting:
    """Return a value as a setting with its place."""
    return text.setting(name, value.text(), text.number_at(value.offset), section)


def _tokens(text: str) -> list[Token]:
    """Return kind, text and place; nothing at all where a quote has no end."""
    found = list(_LEXER.finditer(text))
    if any(one.lastgroup == "x" for one in found):
        return []  # the SDK counts the tokens first, and takes the error for none
    return [(_KINDS.get(one.lastgroup or "", _LITERAL), one.group(), one.start()) for one in found]


class _Parser:
    def __init__(self, text: FileText) -> None:
        self._text = text
        self._stack = [_Node(_START)]
        self._done: list[_Node] = []
        self._skipping = False
        self._previous = ""

    def run(self) -> list[_Node]:
        tokens = _tokens(self._text.text)
        end = (_END, "", len(self._text.text))
        position = 0
        while self._stack:
            node = self._stack.pop()
            token = tokens[position] if position < len(tokens) else end
            step = _TABLE[node.kind].get(token[0])
            if self._skips(token[0]):
                if token is end:
                    break
                step = _KEEP
            if step == _FINISH:
                if node.kind != _START:
                    self._done.append(node)
                break
            if step is None:
                raise Unparsed(self._text.number_at(token[2]))
            self._apply(step, node, token)
            position += 1
        if len(self._stack) > 1:
            raise Unparsed(self._text.number_at(len(self._text.text)))
        return self._done

    def _skips(self, kind: str) -> bool:
        """Tell whether a token is passed over: all up to a line that is not indented."""
        if self._skipping and self._previous == _LINE and kind != _BLANK:
            self._skipping = False
            self._previous = _END
            return False
        self._previous = kind
        return self._skipping

    def _complete(self, node: _Node) -> None:
        if node.kind != _START:
            self._done.append(node)

    def _apply(self, step: int, node: _Node, token: Token) -> None:
        _, text, offset = token
        if step in {_OPEN, _CLOSE}:
            self._bracket(step, node, text, offset)
        elif step == _KEEP:
            self._stack.append(node)
        elif step == _APPEND:
            self._stack.append(_appended(node, text, offset))
        elif step == _ASSIGN:
            node.kind, node.name, node.text = _EQUALS, node.text.strip(_BLANKS), ""
            self._stack.append(node)
        elif step == _STATEMENT:
            self._complete(node)
            self._stack.append(_Node(_NAME, text, offset))
        elif step == _COMPLETE:
            self._complete(node)
            if not self._stack:
                self._stack.append(_Node(_START))
        elif step == _SKIP:
            self._stack.append(_Node(_SKIPPED))
            self._skipping = True
        else:
            if node.kind == _START:
                self._stack.append(node)
            self._complete(node)
            self._stack.append(_Node(_REMARK))

    def _bracket(self, step: int, node: _Node, text: str, offset: int) -> None:
        if text != ("[" if step == _OPEN else "]") or (step == _CLOSE and node.kind != _HEADER):
            raise Unparsed(self._text.number_at(offset))
        if step == _OPEN:
            self._complete(node)
            self._stack.append(_Node(_OPENED, "", offset))
        else:
            self._stack.append(_Node(_CLOSED, node.text.strip(_BLANKS), node.offset))


def _appended(node: _Node, text: str, offset: int) -> _Node:
    if node.kind == _EQUALS:
        value = _Node(_VALUE, text, offset)
        value.name, value.quoted = node.name, text[0] == '"'
        return value
    if node.kind == _OPENED:
        return _Node(_HEADER, text, offset)
    if not node.quoted:
        node.text += text
    return node
