"""The profiles that the AWS SDK for Rust makes of both shared files.

Source: aws-runtime 1.10.2, src/env_config: parse.rs (lines to raw sections), normalize.rs (raw
sections to profiles and sso-sessions), source.rs (which file, and what an unreadable one means).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NoReturn, Optional

from credlint.chain.file_text import FileText
from credlint.chain.ini_view import Setting
from credlint.chain.outcome import Unknown, fail
from credlint.model.host_file import HostFile
from credlint.model.location import Location
from credlint.model.snapshot import HostSnapshot

# char::is_whitespace; str.isspace of Python has four control characters more.
SPACE = "\t\n\x0b\x0c\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000"  # noqa: E501
_BLANK = " \t"
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_IDENTIFIER = frozenset(f"{_LETTERS}{_LETTERS.lower()}0123456789_-/.%@:+")
_LOWER = str.maketrans(_LETTERS, _LETTERS.lower())
_VARIABLES = {"config": "AWS_CONFIG_FILE", "credentials": "AWS_SHARED_CREDENTIALS_FILE"}
# Prefix and name of a section; the prefix is empty for [default] and in the credentials file.
_Key = tuple[str, str]


class Section:
    """One profile or other section: the settings of both files.

    ``doubtful``: settings that sections of one name, written in two ways, give different values;
    Rust goes through them in the random order of a hash map.
    """

    def __init__(self, name: str, location: Location) -> None:
        self.name = name
        self.location = location
        self.settings: dict[str, Setting] = {}
        self.doubtful: set[str] = set()

    def get(self, key: str) -> Optional[Setting]:
        """Return a setting, an empty one too; raises Unknown for a doubtful one."""
        if key in self.doubtful:
            message = f'two sections make up profile "{self.name}" and disagree on {key}'
            raise Unknown(message)
        return self.settings.get(key)


Sections = dict[_Key, Section]


def read_sections(snapshot: HostSnapshot, parse_error: str) -> Sections:
    """Return all sections by prefix (``profile`` for profiles) and name.

    Raises Raised (``parse_error``) for the first line that does not parse, or Unknown.
    """
    merged: Sections = {}
    for role in ("config", "credentials"):
        file = _file(snapshot, role)
        if file is not None and file.encoding not in {"utf-16", "undecodable"}:
            text = FileText(snapshot, file)
            _merge(merged, _Reader(text, parse_error).read(), role)
    return merged


def _file(snapshot: HostSnapshot, role: str) -> Optional[HostFile]:
    """Return the file that Rust reads, None where it takes it for empty: it never fails here."""
    variable = snapshot.variable(_VARIABLES[role])
    path = "~/" if variable is None else variable.text or ""
    file = snapshot.file(role)
    if path == "~" or path.startswith("~/"):
        home = snapshot.variable("HOME")
        if home is None and snapshot.platform.system != "Windows":
            return None  # the tilde stays as it is
        if home is not None and not home:
            message = "HOME is empty, so that ~/.aws is looked for in the working directory"
            raise Unknown(message)
        if "$" in path:
            message = f"{_VARIABLES[role]} has both a tilde and a dollar sign"
            raise Unknown(message)
    elif path:
        file = snapshot.file(f"{role}-unexpanded") or file
    else:
        return None
    if file is None or file.status in {"absent", "unreadable", "not-a-file", "undecodable"}:
        return None
    return file


class _Reader:
    """Follows the parser line by line; sections still have the names as they are written."""

    def __init__(self, text: FileText, parse_error: str) -> None:
        self._text = text
        self._parse_error = parse_error
        self._raw: dict[str, Section] = {}
        self._section: Optional[Section] = None
        self._key: Optional[str] = None
        self._nested = False

    def read(self) -> Mapping[str, Section]:
        pieces, offset = self._text.text.split("\n"), 0
        last = len(pieces)
        for index, piece in enumerate(pieces, 1):
            line = piece[:-1] if index < last and piece.endswith("\r") else piece
            if line.strip(_BLANK) and line[0] not in "#;":
                self._take(line, self._text.number_at(offset))
            offset += len(piece) + 1
        return self._raw

    def _take(self, line: str, number: int) -> None:
        if line[0] == "[":
            self._header(line, number)
        elif self._section is None:
            self._fail("stands before the first section", number)
        elif line[0] in _BLANK:
            self._continue(self._section, line, number)
        else:
            key, value = self._property(line, number)
            setting = self._text.setting(key, value, number, self._section.name)
            self._section.settings[key] = setting
            self._key, self._nested = key, not value

    def _header(self, line: str, number: int) -> None:
        bare = _without_comment(line, needs_blank=False)
        if not bare.endswith("]"):
            self._fail("is a section header without its closing bracket", number)
        name = bare[1:-1]
        self._section = self._raw.setdefault(name, Section(name, self._text.place(number)))
        self._key = None

    def _continue(self, section: Section, line: str, number: int) -> None:
        if self._key is None:
            self._fail("is indented but continues no setting", number)
        if self._nested:
            self._property(line, number)
        before = section.settings[self._key]
        # Neither a comment nor the delimiter has a meaning here.
        value = f"{before.masked}\n{line.strip(_BLANK)}"
        place = before.location
        section.settings[self._key] = Setting(
            self._key, self._text.value(value), place, origin=before.origin, masked=value
        )

    def _property(self, line: str, number: int) -> tuple[str, str]:
        key, equals, value = _without_comment(line, needs_blank=True).partition("=")
        if not equals:
            self._fail("has no = sign", number)
        key = key.strip(_BLANK)
        if not key:
            self._fail("has nothing before its = sign", number)
        return key.translate(_LOWER), value.strip(_BLANK)

    def _fail(self, what: str, number: int) -> NoReturn:
        path = self._text.file.path
        message = f"no profile can be used: line {number} of {path} {what}"
        fail(self._parse_error, message, self._text.place(number))


def _without_comment(line: str, *, needs_blank: bool) -> str:
    line = line.strip(_BLANK)
    blank = not needs_blank
    for index, character in enumerate(line):
        if character in "#;" and blank:
            return line[:index].strip(_BLANK)
        blank = not needs_blank or character in SPACE
    return line


def _merge(merged: Sections, raw: Mapping[str, Section], role: str) -> None:
    """Add a file's sections; within a file ``[profile default]`` replaces ``[default]``."""
    found = [(_key(one.name, role), one) for one in raw.values()]
    prefixed = any(section_key == ("profile", "default") for section_key, _ in found)
    own: Sections = {}
    for section_key, section in found:
        if section_key is None:
            continue
        prefix, name = section_key
        if not prefix and name == "default" and prefixed and role == "config":
            continue
        target = own.setdefault((prefix or "profile", name), Section(name, section.location))
        for key, setting in section.settings.items():
            if not _IDENTIFIER.issuperset(key):
                continue
            before = target.settings.get(key)
            if before is not None and before.masked != setting.masked:
                target.doubtful.add(key)
            target.settings[key] = setting
    for written, section in own.items():
        known = merged.setdefault(written, section)
        if known is not section:
            known.settings.update(section.settings)
            known.doubtful = (known.doubtful - set(section.settings)) | section.doubtful


def _key(written: str, role: str) -> Optional[_Key]:
    """Return prefix and name of a section as it is written, None when Rust passes over it."""
    text = written.strip(_BLANK)
    cut = min((at for at in (text.find(" "), text.find("\t")) if at >= 0), default=-1)
    if cut < 0:
        name = text.strip(SPACE)
        fits = name == "default" if role == "config" else _IDENTIFIER.issuperset(name)
        return ("", name) if fits else None
    name = text[cut + 1 :].strip(SPACE)
    fits = role == "config" and _IDENTIFIER.issuperset(name)
    return (text[:cut].strip(SPACE), name) if fits else None
