"""PHP's own scanner of ini texts, and as much of its grammar as a value needs.

Sources: PHP 8.2 Zend/zend_ini_scanner.l and Zend/zend_ini_parser.y. In the raw mode a value is the
rest of its line; in the normal one words, operators, quotes and ``${}`` count.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from typing import Callable, Optional

from credlint.chain.outcome import Unknown
from credlint.chain.patterns import pattern

Variables = Callable[[str], Optional[str]]
_Rules = tuple[tuple[str, str], ...]
_Token = Optional[re.Match[str]]
_LABEL = r"[^=\n\r\t;&|^$~(){}!\"\[\x00]+"
# The tokens outside of values, in PHP's order; of those that match the longest counts.
_OUTSIDE = (
    ("section", r"\["),
    ("offset", _LABEL + r"\[[ \t]*"),
    ("word", r"(?i:true|on|yes|false|off|none|null|no)[ \t]*"),
    ("label", _LABEL),
    ("equals", r"[ \t]*=[ \t]*"),
    ("space", r"[ \t]+"),
    ("end", r"[ \t]*(?:\r\n|\r|\n)"),
    ("end", r"[ \t]*;[^\r\n]*(?:\r\n|\r|\n)"),
)
_RAW_SECTION = pattern(r"([^\]\n\r]*)\][ \t]*(?:\r\n|\r|\n)?")
_RAW_VALUE = pattern(r"[^\n\r;\x00][^\n\r]*")
_TRUE = frozenset({"true", "on", "yes"})
_DOLLAR = r"\$(?:[^{\x00\\]|\\.)"
# The tokens inside a value of the normal mode.
_INSIDE = (
    ("text", r"'([^']+)'"),
    ("variable", r"\$\{"),
    ("word", r"(?i:true|on|yes|false|off|none|null|no)[ \t]*"),
    ("end", r"[ \t]*(?:\r\n|\r|\n)"),
    ("constant", r"[a-zA-Z_][a-zA-Z0-9_]*"),
    ("text", r"-?[0-9]+|[0-9]*\.[0-9]+|[0-9]+\.[0-9]*"),
    ("operator", r"[&|^~()!][ \t]*"),
    ("fault", r"[ \t]*=[ \t]*"),
    ("text", rf"(?:[^$= \t\n\r;&|^~()!\"'\x00]|{_DOLLAR})+"),
    ("quote", r"[ \t]*\""),
    ("text", r"[ \t]+"),
    ("end", r"[ \t]*;[^\r\n]*(?:\r\n|\r|\n)"),
)
_IN_SECTION = (
    ("text", r"'([^']+)'"),
    ("variable", r"\$\{"),
    ("end", r"[ \t]*\][ \t]*(?:\r\n|\r|\n)?"),
    ("text", r"[a-zA-Z_][a-zA-Z0-9_]*"),
    ("text", rf"(?:[^$\n\r;\"'\]\\]|\\.|{_DOLLAR})+"),
    ("quote", r"[ \t]*\""),
    ("text", r"[ \t]+"),
)
_VARIABLE = r"([^=\n\r\t;&|^$~(){}!\"\[\]\x00]+)\}"
_OFFSET = r"([^\n\r\"'$\]\\]*)\][ \t]*=[ \t]*"
_QUOTED = r"(?s)((?:[^\"\\$]|\\.|\$(?!\{))*)\"[ \t]*"


@functools.cache
def _compiled(rules: _Rules) -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Compile rules when a text needs them: most programs that load this have none."""
    return tuple((kind, re.compile(pattern, re.DOTALL)) for kind, pattern in rules)


class Refused(Exception):  # noqa: N818  it is PHP that refuses
    """PHP gives no settings of the text."""


class Scanner:
    """A place in a text; ``variables`` (the normal mode) gives what ``${NAME}`` stands for."""

    def __init__(self, text: str, variables: Optional[Variables]) -> None:
        # To PHP a zero byte is the end.
        self._text = text.partition("\0")[0]
        self._variables = variables
        self._position = int(self._text.startswith("\ufeff"))

    def tokens(self) -> Iterator[tuple[str, str, int]]:
        """Yield the tokens outside of values; raises Refused."""
        while self._position < len(self._text):
            start = self._position
            kind, found = self._longest(_OUTSIDE)
            if found is None:
                if self._text[start] == ";":
                    return  # a comment that no line end follows
                raise Refused
            yield kind, found.group(), start

    def _longest(self, rules: _Rules) -> tuple[str, _Token]:
        """Take the longest token at the position, of equal ones the first."""
        best: _Token = None
        name = ""
        for kind, rule in _compiled(rules):
            found = rule.match(self._text, self._position)
            if found is not None and (best is None or found.end() > best.end()):
                name, best = kind, found
        if best is not None:
            self._position = best.end()
        return name, best

    def section_name(self) -> str:
        """Return the name of a section behind its opening bracket; raises Refused."""
        if self._variables is None:
            found = _RAW_SECTION.match(self._text, self._position)
            if found is None:
                raise Refused
            self._position = found.end()
            return found.group(1)
        name = ""
        while True:
            kind, token = self._longest(_IN_SECTION)
            if token is None:
                raise Refused
            if kind == "end":
                return name
            name += self._piece(kind, token)

    def offset(self) -> str:
        """Return the key of ``name[key] =`` behind its opening bracket; raises Refused."""
        found = re.compile(_OFFSET).match(self._text, self._position)
        if found is None:
            raise Refused
        self._position = found.end()
        return found.group(1).strip(" \t")

    def _piece(self, kind: str, token: re.Match[str]) -> str:
        """Return what a token of the normal mode stands for."""
        if kind == "variable":
            return self._variable()
        if kind == "quote":
            return self._quoted()
        return token.group(1) if token.re.groups else token.group()

    def _variable(self) -> str:
        found = re.compile(_VARIABLE).match(self._text, self._position)
        if found is None or self._variables is None:
            raise Refused
        self._position = found.end()
        return self._variables(found.group(1).strip(" \t")) or ""

    def _quoted(self) -> str:
        found = re.compile(_QUOTED).match(self._text, self._position)
        if found is None:
            if "${" in self._text[self._position :]:
                message = "a variable between quotes is not put in here"
                raise Unknown(message)
            raise Refused
        self._position = found.end()
        return re.sub(r"\\([\"\\])", r"\1", found.group(1))

    def value(self) -> str:
        """Return the value at the position; raises Refused."""
        return self._raw_value() if self._variables is None else self._normal_value()

    def _raw_value(self) -> str:
        found = _RAW_VALUE.match(self._text, self._position)
        if found is None:
            rest = self._text[self._position :]
            if rest.startswith(";") and "\n" not in rest and "\r" not in rest:
                raise Refused  # a comment that no line end follows
            return ""
        self._position = found.end()
        line, comment = found.group(), None
        for index, character in enumerate(line[1:], 1):
            if character == ";" and comment is None:
                comment = index
            elif character == '"' and line[0] == '"':
                comment = None
        value = line[:comment].rstrip(" \t")
        quoted = len(value) > 1 and value[0] == value[-1] == '"'
        return value[1:-1] if quoted else value

    def _normal_value(self) -> str:
        kind, token = self._inside()
        if kind == "end":
            return ""
        if kind == "word" and token is not None:
            if self._inside()[0] != "end":
                raise Refused
            return "1" if token.group().strip(" \t").lower() in _TRUE else ""
        value, (kind, _) = self._expression(kind, token)
        if kind != "end":
            raise Refused
        return value

    def _inside(self) -> tuple[str, _Token]:
        kind, token = self._longest(_INSIDE)
        if token is None:
            kind = "end"
            if self._position < len(self._text):
                self._text = self._text[: self._position]  # PHP takes it for the file's end
        if kind == "fault":
            raise Refused
        return kind, token

    def _expression(self, kind: str, token: _Token) -> tuple[str, tuple[str, _Token]]:
        """Return a value and the token behind it; operators make numbers of texts."""
        value: Optional[str] = None
        while token is not None and kind not in {"end", "word"}:
            sign = token.group()[0] if kind == "operator" else ""
            if sign == ")":
                break
            if not sign:
                value = (value or "") + self._piece(kind, token)
                kind, token = self._inside()
                continue
            if (value is None) != (sign in "~!("):
                raise Refused
            inner, (kind, token) = self._expression(*self._inside())
            value = _computed(sign, value, inner)
            if sign == "(":
                kind, token = self._behind_bracket(token)
        if value is None:
            raise Refused
        return value, (kind, token)

    def _behind_bracket(self, token: _Token) -> tuple[str, _Token]:
        if token is None or not token.group().startswith(")"):
            raise Refused
        kind, following = self._inside()
        if kind not in {"end", "operator"}:
            raise Refused
        return kind, following


def _number(text: str) -> int:
    found = re.match(r"\s*([+-]?\d+)", text)
    return int(found.group(1)) if found else 0


def _computed(sign: str, left: Optional[str], right: str) -> str:
    if sign == "(":
        return right
    if sign == "~":
        return str(~_number(right))
    if sign == "!":
        return str(int(not _number(right)))
    one, two = _number(left or ""), _number(right)
    return str({"|": one | two, "&": one & two, "^": one ^ two}[sign])
