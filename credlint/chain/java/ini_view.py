"""The view that the reader of the AWS SDK for Java v2 has of one captured file.

Source: software.amazon.awssdk:profiles 2.57.8, internal/ProfileFileReader (and ProfileFile for
how two files become one). The first fault ends it, and then no profile of either file is known.
"""

from __future__ import annotations

import re
from typing import NoReturn, Optional

from credlint.chain.file_text import FileText, without_tokens
from credlint.chain.ini_view import Setting
from credlint.chain.outcome import fail
from credlint.chain.patterns import pattern

# What String.trim takes off.
BLANKS = "".join(chr(code) for code in range(0x21))
PROFILES, SSO_SESSION, SERVICES = "profiles", "sso-session", "services"
# kind of section -> name -> settings
Sections = dict[str, dict[str, dict[str, Setting]]]

_LINE_END = pattern(r"\r\n|\n|\r")
_IDENTIFIER = pattern(r"[A-Za-z0-9_\-/.%@:+]*\Z")
_COMMENT = pattern(r"[ \t][#;]")
_HEADER_COMMENT = pattern(r"[#;]")
_SPECIAL = pattern(rf"({SSO_SESSION}|{SERVICES})[ \t](.*)\Z", re.DOTALL)
_FAULT = "IllegalArgumentException"


class Reader:
    """Runs the reader's state machine over the lines of a file; see :meth:`read`."""

    def __init__(self, text: FileText, *, is_config: bool) -> None:
        self._text = text
        self._is_config = is_config
        self._sections: Sections = {PROFILES: {}, SSO_SESSION: {}, SERVICES: {}}
        self._settings: dict[str, Setting] = {}
        self._is_inside = False
        self._title = ""
        self._key: Optional[str] = None
        self._passes_section = False
        self._passes_setting = False
        self._has_parts = False
        self._prefixed_default = False
        self._number = 0

    def read(self) -> Sections:
        """Return the sections; raises Raised for a line that the SDK refuses."""
        for number, line in enumerate(_LINE_END.split(self._text.text), 1):
            self._number = number
            if not line.strip(" \t") or line[0] in "#;":
                continue
            if line[0] == "[":
                self._take_header(line)
            elif self._passes_section:
                continue
            elif line[0] in " \t":
                self._take_continuation(line.strip(BLANKS))
            else:
                self._take_setting(line)
        return self._sections

    def _refuse(self, what: str, error: str = _FAULT) -> NoReturn:
        path = self._text.file.path
        message = f"{path} cannot be read by Java v2: line {self._number} {what}"
        fail(error, message, self._text.place(self._number))

    def _take_header(self, line: str) -> None:
        if line == "[":
            self._refuse("is a lone bracket", "StringIndexOutOfBoundsException")
        special = _SPECIAL.match(line[1:-1].strip(BLANKS)) is not None
        header = _HEADER_COMMENT.split(line, maxsplit=1)[0].strip(BLANKS)
        if not header.endswith("]"):
            self._refuse("has a header without its closing bracket")
        raw = header[1:-1].strip(BLANKS)
        kind, name = self._special_name(raw) if special else (PROFILES, self._profile_name(raw))
        self._passes_section = name is None
        if name is not None:
            self._settings = self._sections[kind].setdefault(name, {})
            self._is_inside = True
            self._title, self._key, self._passes_setting = raw, None, False

    def _special_name(self, raw: str) -> tuple[str, Optional[str]]:
        found = _SPECIAL.match(raw)
        if found is None or not self._is_config:
            return PROFILES, None
        name = found.group(2).strip(BLANKS)
        return found.group(1), name if _is_identifier(name) else None

    def _profile_name(self, raw: str) -> Optional[str]:
        prefixed = raw.startswith(("profile ", "profile\t"))
        name = raw
        if self._is_config:
            if prefixed:
                name = raw[len("profile ") :].strip(BLANKS)
            elif raw != "default":
                return None
        if not _is_identifier(name):
            return None
        profiles = self._sections[PROFILES]
        if self._is_config and name == "default" and name in profiles:
            if not prefixed and self._prefixed_default:
                return None
            if prefixed and not self._prefixed_default:
                del profiles[name]
        self._prefixed_default |= prefixed and name == "default"
        return name

    def _take_setting(self, line: str) -> None:
        if not self._is_inside:
            self._refuse("stands above the first profile")
        pair = self._pair(_COMMENT.split(line, maxsplit=1)[0].strip(BLANKS))
        self._passes_setting = pair is None
        if pair is not None:
            self._key, value = pair
            self._has_parts = not value
            self._put(self._key, value, self._number)

    def _take_continuation(self, line: str) -> None:
        if self._passes_setting:
            return
        if self._key is None:
            self._refuse("is indented but continues nothing")
        if self._has_parts:
            pair = self._pair(line)
            if pair is not None:
                self._put(f"{self._key}.{pair[0]}", pair[1], self._number)
        setting = self._settings[self._key]
        self._put(self._key, f"{setting.masked}\n{line}", setting.location.line)

    def _pair(self, text: str) -> Optional[tuple[str, str]]:
        name, equals, value = text.partition("=")
        if not equals:
            self._refuse("has no =")
        name = name.strip(BLANKS)
        if not name:
            self._refuse("has a value without a name")
        return (name, value.strip(BLANKS)) if _is_identifier(name) else None

    def _put(self, key: str, masked: str, number: int) -> None:
        self._settings[key] = self._text.setting(key, masked, number, self._title)


def _is_identifier(name: str) -> bool:
    """Tell whether a name is taken; what is masked may be part of it."""
    return _IDENTIFIER.match(without_tokens(name)) is not None


def merged(credentials: Sections, config: Sections) -> Sections:
    """Return both files as one: of equal settings that of the credentials file counts."""
    result: Sections = {}
    for kind, sections in config.items():
        own = credentials[kind]
        result[kind] = {
            name: {**sections.get(name, {}), **own.get(name, {})} for name in {**sections, **own}
        }
    return result
