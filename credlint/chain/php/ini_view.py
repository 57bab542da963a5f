"""The view that PHP's own ini parser has of one captured file.

Sources: PHP 8.2 Zend/zend_ini_scanner.l, Zend/zend_ini_parser.y and ext/standard/basic_functions.c
(``parse_ini_string``); aws-sdk-php 3.329.0 functions.php ``parse_ini_file``. One fault anywhere,
such as a bracket in a line without ``=``, makes PHP refuse the whole file. Credentials are read in
the raw mode, the region in the normal one, where words, operators, quotes and ``${}`` count.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from typing import Callable, Optional

from credlint.chain.file_text import FileText
from credlint.chain.ini_view import Setting
from credlint.chain.outcome import Unknown
from credlint.model.snapshot import HostFile, HostSnapshot

Profile = dict[str, Setting]
Profiles = Mapping[str, Profile]
_Variables = Callable[[str], Optional[str]]
# Lines that the SDK takes out before PHP sees the text.
_COMMENT = re.compile(r"^#.*\n", re.MULTILINE)
_LABEL = r"[^=\n\r\t;&|^$~(){}!\"\[\x00]+"
# The tokens outside of values, in PHP's order; of those that match the longest counts.
_OUTSIDE = tuple(
    (kind, re.compile(pattern))
    for kind, pattern in (
        ("section", r"\["),
        ("offset", _LABEL + r"\[[ \t]*"),
        ("word", r"(?i:true|on|yes|false|off|none|null|no)[ \t]*"),
        ("label", _LABEL),
        ("equals", r"[ \t]*=[ \t]*"),
        ("space", r"[ \t]+"),
        ("end", r"[ \t]*(?:\r\n|\r|\n)"),
        ("end", r"[ \t]*;[^\r\n]*(?:\r\n|\r|\n)"),
    )
)
_RAW_SECTION = re.compile(r"([^\]\n\r]*)\][ \t]*(?:\r\n|\r|\n)?")
_VALUE_END = re.compile(r"[ \t]*(?:;[^\r\n]*)?(?:\r\n|\r|\n|\Z)")
_RAW_VALUE = re.compile(r"[^\n\r;\x00][^\n\r]*")
_TRUE = frozenset({"true", "on", "yes"})
_DOLLAR = r"\$(?:[^{\x00\\]|\\.)"
# The tokens inside a value of the normal mode.
_INSIDE = tuple(
    (kind, re.compile(pattern, re.DOTALL))
    for kind, pattern in (
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
)
_IN_SECTION = tuple(
    (kind, re.compile(pattern, re.DOTALL))
    for kind, pattern in (
        ("text", r"'([^']+)'"),
        ("variable", r"\$\{"),
        ("end", r"[ \t]*\][ \t]*(?:\r\n|\r|\n)?"),
        ("text", r"[a-zA-Z_][a-zA-Z0-9_]*"),
        ("text", rf"(?:[^$\n\r;\"'\]\\]|\\.|{_DOLLAR})+"),
        ("quote", r"[ \t]*\""),
        ("text", r"[ \t]+"),
    )
)
_VARIABLE = re.compile(r"([^=\n\r\t;&|^$~(){}!\"\[\]\x00]+)\}")
_OFFSET = re.compile(r"([^\n\r\"'$\]\\]*)\][ \t]*=[ \t]*")
_QUOTED = re.compile(r"((?:[^\"\\$]|\\.|\$(?!\{))*)\"[ \t]*", re.DOTALL)


class _Refused(Exception):  # noqa: N818  it is PHP that refuses
    """PHP gives no settings of the file."""


def view(
    snapshot: HostSnapshot, file: Optional[HostFile], variables: Optional[_Variables] = None
) -> Optional[Profiles]:
    """Return a file's sections, None where PHP refuses the file; raises Unknown.

    ``variables``: read as the normal mode does, with what it puts in for ``${NAME}``; else raw.
    """
    if file is None or file.status in {"absent", "unreadable", "not-a-file"}:
        return {}
    if file.path == "/dev/null":
        return {}
    if file.encoding == "utf-16":
        return None
    text = FileText(snapshot, file)
    try:
        return _Parser(text, variables).read()
    except _Refused:
        return None


def readable(file: Optional[HostFile]) -> bool:
    """Tell whether ``is_readable`` is true; a folder is, and counts as an empty file."""
    return file is not None and file.status not in {"absent", "unreadable"}


class _Parser:
    """Runs PHP's scanner and grammar over a text."""

    def __init__(self, text: FileText, variables: Optional[_Variables]) -> None:
        self._file = text
        self._variables = variables
        self._text = self._without_comments(text.text).partition("\0")[0]
        self._position = int(self._text.startswith("\ufeff"))
        self._sections: dict[str, Profile] = {}
        self._section: Optional[str] = None

    def _without_comments(self, text: str) -> str:
        """Return the text without comment lines; ``_shifts`` tells where its parts stood."""
        pieces, end, length = [], 0, 0
        self._shifts = [(0, 0)]
        for found in _COMMENT.finditer(text):
            pieces.append(text[end : found.start()])
            length += len(pieces[-1])
            end = found.end()
            self._shifts.append((length, end))
        return "".join((*pieces, text[end:]))

    def read(self) -> Profiles:
        """Return the sections; raises _Refused."""
        label, at = None, 0
        for kind, token, start in self._tokens():
            if kind == "label":
                label, at = token.strip(" \t"), start
            elif kind == "equals" and label is not None:
                self._store(label, self._value(), at)
                label = None
            elif kind in {"equals", "word"}:
                raise _Refused
            elif kind == "end":
                label = None
            elif kind == "section":
                label, self._section = None, self._section_name()
                self._sections[self._section] = {}
            elif kind == "offset":
                self._offset(token, start)
                label = None
        return self._sections

    def _tokens(self) -> Iterator[tuple[str, str, int]]:
        """Yield the tokens outside of values; raises _Refused."""
        while self._position < len(self._text):
            start = self._position
            kind, found = self._longest(_OUTSIDE)
            if found is None:
                if self._text[start] == ";":
                    return  # a comment that no line end follows
                raise _Refused
            yield kind, found.group(), start

    def _longest(
        self, rules: tuple[tuple[str, re.Pattern[str]], ...]
    ) -> tuple[str, Optional[re.Match[str]]]:
        """Take the longest token at the position, of equal ones the first."""
        best: Optional[re.Match[str]] = None
        name = ""
        for kind, pattern in rules:
            found = pattern.match(self._text, self._position)
            if found is not None and (best is None or found.end() > best.end()):
                name, best = kind, found
        if best is not None:
            self._position = best.end()
        return name, best

    def _section_name(self) -> str:
        if self._variables is None:
            found = _RAW_SECTION.match(self._text, self._position)
            if found is None:
                raise _Refused
            self._position = found.end()
            return found.group(1)
        name = ""
        while True:
            kind, token = self._longest(_IN_SECTION)
            if token is None:
                raise _Refused
            if kind == "end":
                return name
            name += self._piece(kind, token)

    def _piece(self, kind: str, token: re.Match[str]) -> str:
        """Return what a token of the normal mode stands for."""
        if kind == "variable":
            return self._variable()
        if kind == "quote":
            return self._quoted()
        return token.group(1) if token.re.groups else token.group()

    def _variable(self) -> str:
        found = _VARIABLE.match(self._text, self._position)
        if found is None or self._variables is None:
            raise _Refused
        self._position = found.end()
        return self._variables(found.group(1).strip(" \t")) or ""

    def _quoted(self) -> str:
        found = _QUOTED.match(self._text, self._position)
        if found is None:
            if "${" in self._text[self._position :]:
                message = f"{self._file.file.path} has a variable between quotes"
                raise Unknown(message)
            raise _Refused
        self._position = found.end()
        return re.sub(r"\\([\"\\])", r"\1", found.group(1))

    def _offset(self, token: str, start: int) -> None:
        """Take ``name[key] = value``, which makes an array of the setting."""
        end = _OFFSET.match(self._text, self._position)
        if end is None:
            raise _Refused
        self._position = end.end()
        value, name = self._value(), token.rstrip(" \t")[:-1].strip(" \t")
        if self._section is None:
            # Above all sections such an array is what a section is.
            key = end.group(1).strip(" \t")
            own = self._sections.setdefault(name, {})
            if key:
                own[key] = self._file.setting(key, value, self._line(start), name)
        else:
            self._store(name, None, start)

    def _line(self, start: int) -> int:
        """Return the number of the line in which a place of the text stood in the file."""
        at, began = self._shifts[bisect_right(self._shifts, (start, len(self._file.text))) - 1]
        return self._file.number_at(began + start - at)

    def _store(self, name: str, value: Optional[str], start: int) -> None:
        number = self._line(start)
        if self._section is None:
            self._sections[name] = {}  # a setting above all sections is no profile, but a name
            return
        setting = self._file.setting(name, value or "", number, self._section)
        if value is None:
            place, origin = setting.location, setting.origin
            setting = Setting(name, setting.value, place, nested=True, origin=origin)
        self._sections[self._section][name] = setting

    def _value(self) -> str:
        return self._raw_value() if self._variables is None else self._normal_value()

    def _raw_value(self) -> str:
        found = _RAW_VALUE.match(self._text, self._position)
        if found is None:
            rest = self._text[self._position :]
            if rest.startswith(";") and "\n" not in rest and "\r" not in rest:
                raise _Refused  # a comment that no line end follows
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
                raise _Refused
            return "1" if token.group().strip(" \t").lower() in _TRUE else ""
        value, (kind, _) = self._expression(kind, token)
        if kind != "end":
            raise _Refused
        return value

    def _inside(self) -> tuple[str, Optional[re.Match[str]]]:
        kind, token = self._longest(_INSIDE)
        if token is None:
            kind = "end"
            if self._position < len(self._text):
                self._text = self._text[: self._position]  # PHP takes it for the file's end
        if kind == "fault":
            raise _Refused
        return kind, token

    def _expression(
        self, kind: str, token: Optional[re.Match[str]]
    ) -> tuple[str, tuple[str, Optional[re.Match[str]]]]:
        """Return a value and the token behind it; operators make numbers of texts."""
        value: Optional[str] = None
        while True:
            if token is None or kind in {"end", "word"}:
                if value is None:
                    raise _Refused
                return value, (kind, token)
            if kind == "operator":
                sign = token.group()[0]
                if sign == ")":
                    if value is None:
                        raise _Refused
                    return value, (kind, token)
                if (value is None) != (sign in "~!("):
                    raise _Refused
                inner, following = self._expression(*self._inside())
                if sign == "(":
                    if following[1] is None or following[1].group()[:1] != ")":
                        raise _Refused
                    value, (kind, token) = inner, self._inside()
                    if kind not in {"end", "operator"}:
                        raise _Refused
                    continue
                value, (kind, token) = _computed(sign, value, inner), following
                continue
            value = (value or "") + self._piece(kind, token)
            kind, token = self._inside()


def _number(text: str) -> int:
    found = re.match(r"\s*([+-]?\d+)", text)
    return int(found.group(1)) if found else 0


def _computed(sign: str, left: Optional[str], right: str) -> str:
    if sign == "~":
        return str(~_number(right))
    if sign == "!":
        return str(int(not _number(right)))
    one, two = _number(left or ""), _number(right)
    return str({"|": one | two, "&": one & two, "^": one ^ two}[sign])
