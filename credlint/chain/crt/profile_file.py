"""The ini reader of the Common Runtime, line by line, and its merging of both files.

Source: aws-c-sdkutils source/aws_profile.c as packed in awscrt 0.38.0. A fatal fault makes the
whole file unusable, a recoverable one drops a line or a section. Continuation lines are whatever
begins with white space, comments and section headers included.
"""

from __future__ import annotations

import re
from typing import NoReturn, Optional

from credlint.chain.file_text import FileText
from credlint.chain.patterns import pattern

PROFILE, SESSION, SERVICES = "profile", "sso-session", "services"
_SPACE = " \t\n\r"
_COMMENT = pattern(r"[#;]")
_SPACED_COMMENT = pattern(r"[ \t\n\r][#;]")
# A token of the capture stands for a word (``host.masking``).
_IDENTIFIER = pattern(r"(?:[A-Za-z0-9\\_/.%@:+-]|<REDACTED-[0-9a-f]+>)*", re.ASCII)
# One blank ends the keyword; without it the whole word is a name.
_PREFIX = pattern(r"(profile|sso-session|services)[ \t\n\r]+")


class Property:
    """A setting as written: ``text`` is masked, ``number`` is its line."""

    __slots__ = ("empty", "file", "inner", "name", "number", "section", "text")

    def __init__(self, name: str, text: str, number: int, file: FileText, section: str) -> None:
        self.name = name
        self.text = text
        self.number = number
        self.file = file
        self.section = section
        self.empty = not text
        self.inner: dict[str, str] = {}


class Profile:
    """A section; ``prefixed``: it was introduced by the word profile."""

    __slots__ = ("name", "number", "prefixed", "settings")

    def __init__(self, name: str, number: int, prefixed: bool) -> None:
        self.name = name
        self.number = number
        self.prefixed = prefixed
        self.settings: dict[str, Property] = {}


class Fatal(Exception):  # noqa: N818  what the real reader calls it
    """The reader gives the file up at a line."""

    def __init__(self, number: int, why: str) -> None:
        super().__init__(why)
        self.number = number
        self.why = why


Sections = dict[str, dict[str, Profile]]


def empty() -> Sections:
    """Return a file without sections."""
    return {PROFILE: {}, SESSION: {}, SERVICES: {}}


def read(file: FileText, *, config: bool) -> Sections:
    """Return the sections of a file by kind; raises Fatal."""
    reader = _Reader(file, config=config)
    # Only a line feed ends a line.
    for text in file.text.split("\n"):
        reader.take(text.rstrip("\r"))
    return reader.sections


def merge(config: Optional[Sections], credentials: Optional[Sections]) -> Sections:
    """Return both files as one; the credentials file wins setting by setting.

    ``s_profile_collection_merge`` looks every section up among the profiles, so that the
    settings of an sso-session or services section fall into a profile of the same name.
    """
    merged: Sections = empty()
    for source in (config, credentials):
        for kind, sections in (source or {}).items():
            for name, section in sections.items():
                target = merged[PROFILE].get(name)
                if target is None:
                    target = Profile(name, section.number, section.prefixed)
                    merged[kind][name] = target
                target.settings.update(section.settings)
    return merged


class _Reader:
    def __init__(self, file: FileText, *, config: bool) -> None:
        self.sections: Sections = empty()
        self._file = file
        self._config = config
        self._number = 0
        self._seen = False
        self._profile: Optional[Profile] = None
        self._property: Optional[Property] = None
        self._header = ""

    def take(self, line: str) -> None:
        self._number += 1
        if not line.strip(_SPACE) or line[0] in "#;":
            return
        if line[0] == "[":
            self._take_header(_COMMENT.split(line, maxsplit=1)[0].rstrip(_SPACE)[1:])
        elif line[0] in _SPACE:
            self._take_continuation(line.strip(_SPACE))
        else:
            self._take_property(_SPACED_COMMENT.split(line, maxsplit=1)[0].rstrip(_SPACE))

    def _give_up(self, why: str) -> NoReturn:
        raise Fatal(self._number, why)

    def _take_header(self, text: str) -> None:
        self._seen, self._profile, self._property = True, None, None
        self._header = text.partition("]")[0]
        text = text.lstrip(_SPACE)
        prefix = _PREFIX.match(text)
        if prefix is not None:
            if not self._config:
                return
            text = text[prefix.end() :]
        found = _IDENTIFIER.match(text)
        name = found.group() if found else ""
        if not name or (self._config and prefix is None and name != "default"):
            return
        rest, bracket, _ = text[len(name) :].lstrip(_SPACE).partition("]")
        if not bracket:
            self._give_up("a section header has no closing bracket")
        if not rest:
            self._add(prefix.group(1) if prefix else PROFILE, name, prefixed=prefix is not None)

    def _add(self, kind: str, name: str, *, prefixed: bool) -> None:
        table = self.sections[kind]
        known = table.get(name)
        if kind == PROFILE and self._config and name == "default" and known is not None:
            if known.prefixed and not prefixed:
                return
            if prefixed and not known.prefixed:
                known = None
        if known is None:
            known = Profile(name, self._number, prefixed and kind == PROFILE)
            table[name] = known
        self._profile = known

    def _take_continuation(self, text: str) -> None:
        if self._profile is None or self._property is None:
            self._give_up("an indented line stands where there is no setting to continue")
        self._property.text += "\n" + text
        if not self._property.empty:
            return
        name, equals, value = text.partition("=")
        if not name or not equals:
            self._give_up("an indented line below an empty setting has no equals sign")
        name = name.rstrip(_SPACE)
        if _is_identifier(name):
            self._property.inner[name] = value.lstrip(_SPACE)

    def _take_property(self, text: str) -> None:
        self._property = None
        name, equals, value = text.partition("=")
        if not name:
            self._give_up("a line has no name in front of the equals sign")
        name = name.rstrip(_SPACE)
        if not _is_identifier(name):
            return
        if not equals:
            self._give_up("a line is neither header nor setting")
        if self._profile is not None:
            value = value.lstrip(_SPACE)
            made = Property(name, value, self._number, self._file, self._header)
            self._profile.settings[name] = self._property = made
        elif not self._seen:
            self._give_up("a setting stands above the first section")


def _is_identifier(text: str) -> bool:
    """Tell whether nothing is left when both ends are trimmed of an identifier's characters."""
    found = _IDENTIFIER.match(text)
    return found is not None and found.end() == len(text)


def setting(profile: Optional[Profile], name: str) -> Optional[Property]:
    """Return a setting of a profile, empty ones too."""
    return profile.settings.get(name) if profile is not None else None
