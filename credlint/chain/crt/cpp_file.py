"""The config file as the C++ SDK's own loader reads it, which is not how the Common Runtime does.

Source: aws-sdk-cpp 1.11.900 src/aws-cpp-sdk-core/source/config/
AWSConfigFileProfileConfigLoader.cpp. Region, IAM Identity Center and what is handed over for a
token file come from here. A line that is no setting ends the reading with the section at hand;
indented lines are settings like all others; a value in brackets is taken for a header. Of sections
of the same name the last one counts alone for what is looked up by its name (``GetValue``), all
of them for what has a getter of its own.
"""

from __future__ import annotations

import re
from typing import Optional

from credlint.chain.crt.profile_file import Property
from credlint.chain.file_text import FileText
from credlint.chain.patterns import pattern

_COMMENT = pattern(r"[ \t][#;]")
_IDENTIFIER = pattern(r"(?:[%+\-./0-9:@A-Z_a-z]|<REDACTED-[0-9a-f]+>)+", re.ASCII)
_BLANK = "\t "
_TRIM = " \t\n\v\f\r"
_PROFILE, _SESSION = "profile", "sso-session"
# Shorter lines count as empty.
_SHORTEST = 3
_SSO = ("sso_start_url", "sso_region", "sso_account_id", "sso_role_name")


class CppProfile:
    """A profile: ``settings`` of its last section, ``lasting`` ones of all, its sso-session."""

    __slots__ = ("lasting", "session", "session_name", "settings")

    def __init__(self) -> None:
        self.settings: dict[str, Property] = {}
        self.lasting: dict[str, Property] = {}
        self.session: Optional[dict[str, Property]] = None
        self.session_name: Optional[Property] = None

    def get(self, key: str) -> Optional[Property]:
        """Return a setting of the last section that is not empty."""
        return _filled(self.settings.get(key))

    def any_of(self, key: str) -> Optional[Property]:
        """Return a setting of any section, the last one's, that is not empty."""
        return _filled(self.lasting.get(key))


def _filled(one: Optional[Property]) -> Optional[Property]:
    return one if one is not None and one.text else None


class _Reader:
    def __init__(self, file: FileText) -> None:
        self.profiles: dict[str, CppProfile] = {}
        self.sessions: dict[str, dict[str, Property]] = {}
        self._file = file
        self._kind = ""  # profile, sso-session, unknown; empty above the first header
        self._name = ""
        self._settings: dict[str, Property] = {}

    def read(self) -> None:
        lines = self._file.text.split("\n")
        for number, raw in enumerate(lines, 1):
            line = raw.removesuffix("\r")
            line = "" if line[:1] in ("#", ";") else _COMMENT.split(line, maxsplit=1)[0]
            if len(line) < _SHORTEST or not line.strip(_BLANK):
                continue
            if "[" in line and "]" in line:
                self._flush()
                self._take_header(line)
            elif self._kind in (_PROFILE, _SESSION) and "=" in line:
                name, _, value = line.partition("=")
                name = name.strip(_TRIM)
                made = Property(name, value.strip(_TRIM), number, self._file, self._name)
                self._settings[name] = made
            elif self._kind != "unknown" and self._file.value(line).length >= _SHORTEST:
                self._kind = ""  # what was read of this section is lost
                break
        self._flush()
        self._attach()

    def _take_header(self, line: str) -> None:
        found = _header(line)
        self._kind, self._name = found if found is not None else ("unknown", "")

    def _flush(self) -> None:
        settings, self._settings = self._settings, {}
        if self._kind == _SESSION:
            self.sessions.setdefault(self._name, {}).update(settings)
        elif self._kind == _PROFILE:
            profile = self.profiles.setdefault(self._name, CppProfile())
            profile.lasting.update(settings)
            profile.settings = settings
            _drop_incomplete(profile)

    def _attach(self) -> None:
        for profile in self.profiles.values():
            name = profile.get("sso_session")
            session = self.sessions.get(name.text) if name is not None else None
            if session is None or any(
                _differ(session.get(key), profile.any_of(key)) for key in _SSO[:2]
            ):
                continue
            profile.session, profile.session_name = session, name


def _differ(one: Optional[Property], other: Optional[Property]) -> bool:
    return bool(one and other and one.text and other.text and one.text != other.text)


def _drop_incomplete(profile: CppProfile) -> None:
    needed = _SSO[2:] if "sso_session" in profile.settings else _SSO
    if not all(profile.any_of(key) for key in needed):
        for key in _SSO:
            profile.lasting.pop(key, None)


def _header(line: str) -> Optional[tuple[str, str]]:
    """Return kind and name of a header, None where the loader passes the section over."""
    start = len(line) - len(line.lstrip(_BLANK))
    if line[start] != "[":
        return None
    rest = line[start + 1 :]
    at = start + 1 + len(rest) - len(rest.lstrip(_BLANK))
    named = False
    # The last "profile" that begins within seven characters counts, wherever it stands.
    if line.rfind(_PROFILE, 0, at + 2 * len(_PROFILE)) >= 0:
        at += len(_PROFILE)
        if line[at : at + 1] not in (" ", "\t"):
            return None
        rest = line[at:]
        at += len(rest) - len(rest.lstrip(_BLANK))
        named = True
    word, at = _word(line, at)
    if word is None or (not named and word not in ("default", _SESSION)):
        return None
    kind = _PROFILE
    if word == _SESSION:
        kind = _SESSION
        rest = line[at:]
        word, at = _word(line, at + len(rest) - len(rest.lstrip(_BLANK)))
        if word is None:
            return None
    rest = line[at:].lstrip(_BLANK)
    after = rest[1:].lstrip(_BLANK)
    if not rest.startswith("]") or (after and after[0] not in "#;"):
        return None
    return kind, word


def _word(line: str, at: int) -> tuple[Optional[str], int]:
    found = _IDENTIFIER.match(line, at)
    if found is None or line[found.end() : found.end() + 1] not in (" ", "\t", "]"):
        return None, at
    return found.group(), found.end()


def read_cpp(file: FileText) -> dict[str, CppProfile]:
    """Return the profiles of a config file; reading never fails as a whole."""
    reader = _Reader(file)
    reader.read()
    return reader.profiles
