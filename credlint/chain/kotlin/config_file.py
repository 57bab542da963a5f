"""One shared file as the parser of the AWS SDK for Kotlin reads it, faults included.

Source: aws-sdk-kotlin 1.8.12, aws-config runtime/config/profile: AwsConfigParser.kt (``tokenize``,
``toSectionMap``, ``mergeSections``), ParseFn.kt, FileLine.kt, Text.kt. One faulty line makes the
whole file unusable, and with it everything that reads it. The names of settings keep their case.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NoReturn, Optional, Union

from credlint.chain.file_text import FileText
from credlint.chain.ini_view import Setting
from credlint.chain.outcome import Raised
from credlint.chain.patterns import pattern
from credlint.model.lean_tuples import NamedTuple

# Kotlin's Char.isWhitespace: the separators of Unicode and, unlike Python's, not U+0085.
SPACE = "\t\n\x0b\x0c\r\x1c\x1d\x1e\x1f \u00a0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(
    map(chr, range(0x2000, 0x200B))
)
PROFILE, SSO_SESSION, SERVICES, UNKNOWN = "profile", "sso-session", "services", ""
_LINE_END = pattern(r"\r\n|\n|\r")
_SPACES = pattern(f"[{SPACE}]")
_BLANK = pattern("[ \t]")
_DEFAULT = "default"


class Entry(NamedTuple):
    """The text of a setting and where it stands; its ``Setting`` is made when it is needed."""

    text: str
    number: int
    file: FileText

    def setting(self, name: str, section: str) -> Setting:
        """Return the setting with what is known of its value."""
        return self.file.setting(name, self.text, self.number, section)


Block = dict[str, Entry]
Value = Union[Entry, Block]


class Section(NamedTuple):
    """A section with its settings; a setting may be a block of settings."""

    kind: str
    name: str
    prefixed: bool
    valid: bool


Sections = dict[tuple[str, str], dict[str, Value]]


def parse(file: FileText, error: str, *, credentials: bool) -> Sections:
    """Return the settings of each section, by kind and name.

    Raises Raised where the SDK does; ``error`` is its exception for a line that is nothing.
    """
    if not file.text.strip(SPACE):
        return {}
    found = _Reader(file, error, credentials=credentials).read()
    prefixed = {(one.kind, one.name) for one in found if one.prefixed}
    sections: Sections = {}
    for section, settings in found.items():
        key = (section.kind, section.name)
        if section.prefixed or key not in prefixed:
            sections.setdefault(key, {}).update(settings)
    return sections


def _strip_inline(text: str) -> str:
    return text.split(" #", 1)[0].split(" ;", 1)[0]


def _strip_comment(text: str) -> str:
    return text.split("#", 1)[0].split(";", 1)[0]


def _identifier(text: str) -> bool:
    return _SPACES.search(text) is None


def _is_setting(text: str) -> bool:
    return "=" in text and bool(text.partition("=")[0].strip(SPACE))


def _is_section(text: str) -> bool:
    bare = _strip_comment(text).strip(SPACE)
    return bare.startswith("[") and bare.endswith("]")


class _Reader:
    """Both passes over the lines: first all of them must be understood, then they are put away."""

    def __init__(self, file: FileText, error: str, *, credentials: bool) -> None:
        self._file = file
        self._error = error
        self._credentials = credentials
        self._found: dict[Section, dict[str, Value]] = {}
        self._block: Optional[Block] = None

    def read(self) -> Mapping[Section, dict[str, Value]]:
        section: Optional[Section] = None
        key: Optional[tuple[str, str]] = None
        for number, kind, first, value in self._tokens():
            if kind == "section":
                section, key = first, None
                if section.valid:
                    self._found.setdefault(section, {})
            elif kind == "setting":
                key = (first, value)
                if section is not None and section.valid and _identifier(first):
                    self._found[section][first] = Entry(value, number, self._file)
            elif section is not None and key is not None:
                self._below(section, key[0], kind, first, value, number)
        return self._found

    def _tokens(self) -> list[tuple[int, str, Any, str]]:
        tokens: list[tuple[int, str, Any, str]] = []
        section: Optional[Section] = None
        last: Optional[str] = None
        for number, line in enumerate(_LINE_END.split(self._file.text), 1):
            bare = line.strip(SPACE)
            if not bare or bare[0] in "#;":
                continue
            header = self._header(line, number)
            indented = line[0] in SPACE
            if header is not None:
                section, last = header, None
                tokens.append((number, "section", header, ""))
            elif not indented and section is not None and _is_setting(line):
                name, _, value = line.partition("=")
                last = _strip_inline(value.strip(SPACE))
                tokens.append((number, "setting", name.strip(SPACE), last))
            elif indented and last:
                tokens.append((number, "more", "", bare))
            elif indented and last == "" and _is_setting(bare):
                name, _, value = bare.partition("=")
                tokens.append((number, "inner", name.strip(SPACE), value.strip(SPACE)))
            else:
                self._fail(self._error, "is neither section nor setting", number)
        return tokens

    def _header(self, line: str, number: int) -> Optional[Section]:
        if not _is_section(line):
            return None
        inside = _strip_comment(_strip_inline(line))[1:-1]
        if self._credentials:
            if "sso-session" in line:
                return None
            name = inside.strip(SPACE)
            return Section(PROFILE, name, prefixed=False, valid=_identifier(name))
        parts = [part.strip(SPACE) for part in _BLANK.split(inside.strip(SPACE), maxsplit=1)]
        parts = [part for part in parts if part]
        if not parts:
            self._fail("IndexOutOfBoundsException", "is a section without a name", number)
        word, name = parts[0], parts[-1]
        kind = word if word in (SSO_SESSION, SERVICES) else UNKNOWN
        if word in (PROFILE, _DEFAULT):
            kind = PROFILE
        prefixed = word != _DEFAULT
        valid = (len(parts) == 1 and not prefixed) or (
            len(parts) > 1 and prefixed and _identifier(name)
        )
        return Section(kind, name, prefixed, valid)

    def _below(
        self, section: Section, name: str, kind: str, inner: str, text: str, number: int
    ) -> None:
        if kind == "inner" and not _identifier(inner):
            return
        settings = self._found.get(section)
        if settings is None:
            # The SDK dereferences the section that it has passed over.
            self._fail("NullPointerException", "continues a setting of an invalid section", number)
        known = settings.get(name)
        if kind == "more":
            if not isinstance(known, Entry):
                error = "NullPointerException" if known is None else "ClassCastException"
                self._fail(error, "continues a setting with an invalid name", number)
            settings[name] = known._replace(text=f"{known.text}\n{text}")
            return
        if isinstance(known, Entry):
            self._block = settings[name] = {}
        if self._block is None:
            self._fail("NullPointerException", "belongs to a setting with an invalid name", number)
        self._block[inner] = Entry(text, number, self._file)

    def _fail(self, error: str, what: str, number: int) -> NoReturn:
        message = f"line {number} of {self._file.file.path} {what}"
        raise Raised(error, message, self._file.place(number))
