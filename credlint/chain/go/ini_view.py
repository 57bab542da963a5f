"""The view that the parser of the AWS SDK for Go v2 has of one captured file.

Source: aws-sdk-go-v2 config 1.33.15, internal/ini (tokenize.go, parse.go, strings.go) and
shared_config.go ``loadIniFiles``. The file is split at line feeds alone and read as bytes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Optional

from credlint.chain.file_text import FileText
from credlint.chain.ini_view import Setting
from credlint.chain.outcome import Raised, fail
from credlint.chain.patterns import pattern
from credlint.model.host_file import HostFile
from credlint.model.lean_dataclasses import dataclass, field
from credlint.model.location import Location, host_path
from credlint.model.snapshot import HostSnapshot

# The program ends; there is no error that it could handle.
_PANIC = "panic"
# unicode.IsSpace; Python's own strip knows four more.
SPACE = "\t\n\v\f\r \x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(
    chr(code) for code in range(0x2000, 0x200B)
)
_COMMENT = pattern(r"[ \t][#;]")
_HEADER_COMMENT = pattern(r"[#;]")
_BLANKS = pattern(r"[ \t]+")


@dataclass(frozen=True)
class Section:
    """One section; sections of the same name are one, and the last of equal settings counts.

    ``partial``: one of access key id and secret stands there without the other, which fails
    only for those who use the profile.
    """

    name: str
    location: Location
    settings: Mapping[str, Setting] = field(default_factory=dict)
    partial: bool = False


Sections = dict[str, Section]


def view(snapshot: HostSnapshot, file: HostFile, load_error: str) -> Sections:
    """Return a file's sections; raises Raised (``load_error``) for a folder, or Unknown."""
    if file.status in {"absent", "unreadable"} or file.path == "/dev/null":
        return {}
    if file.status == "not-a-file":
        base, uri = host_path(file.path)
        place = Location("file", uri, base, 1)
        raise Raised(load_error, f"{file.path} cannot be read: it is no file", place)
    if file.encoding == "utf-16":
        return {}  # every other byte is zero, so that no line is a header
    return _Reader(FileText(snapshot, file)).read()


def header_name(line: str) -> Optional[str]:
    """Return a header's section name (maybe empty), None when Go takes the line for none."""
    text = _HEADER_COMMENT.split(line, maxsplit=1)[0].strip(SPACE)
    if not (text.startswith("[") and text.endswith("]")):
        return None
    kind, *rest = _BLANKS.split(text[1:-1].strip(SPACE), maxsplit=1)
    return f"{kind} {rest[0]}" if rest else kind


class _Reader:
    """Runs the parser's state machine over the lines of a file."""

    def __init__(self, text: FileText) -> None:
        self._text = text
        self._sections: dict[str, tuple[Location, dict[str, Setting]]] = {}
        self._section = ""  # settings above the first header, or below [], are passed over
        self._key: Optional[str] = None

    def read(self) -> Sections:
        offset = 0
        for line in self._text.text.split("\n"):
            number = self._text.number_at(offset)
            offset += len(line) + 1
            if line.strip(SPACE) and line.lstrip(" \t")[:1] not in ("#", ";"):
                self._take(line, number)
        return {
            name: Section(name, place, settings, partial=_is_partial(settings))
            for name, (place, settings) in self._sections.items()
        }

    def _take(self, line: str, number: int) -> None:
        name = header_name(line)
        if name is not None:
            self._section, self._key = name, None
            self._sections.setdefault(name, (self._text.place(number), {}))
            return
        indented = line[0] in " \t"
        text = line.lstrip(" \t") if indented else _COMMENT.split(line, maxsplit=1)[0]
        pair = _split(text)
        if pair is not None:
            self._take_pair(pair, number, indented=indented)
        elif indented and self._section and self._key and self._value:
            setting = self._settings[self._key]
            longer = f"{setting.masked}\n{text}"
            self._put(self._key, longer, setting.location.line)

    def _take_pair(self, pair: tuple[str, str], number: int, *, indented: bool) -> None:
        key, value = pair[0].lower(), self._unquote(pair[1], number)
        if not self._section:
            return
        if indented and self._key and not self._value:
            return  # it belongs to the empty setting above it
        if indented:
            value = _COMMENT.split(value, maxsplit=1)[0].strip(SPACE)
        self._key = key
        self._put(key, value, number)

    @property
    def _settings(self) -> dict[str, Setting]:
        return self._sections[self._section][1]

    @property
    def _value(self) -> str:
        return self._settings[self._key or ""].masked

    def _put(self, key: str, value: str, number: int) -> None:
        self._settings[key] = self._text.setting(key, value, number, self._section)

    def _unquote(self, text: str, number: int) -> str:
        if text in ("'", '"'):
            # ``unquote`` (strings.go) slices beyond the value's end.
            path = self._text.file.path
            message = f"{path} makes the SDK panic: a value is a single quote character"
            fail(_PANIC, message, self._text.place(number))
        if text[:1] in ("'", '"') and text.endswith(text[0]):
            return text[1:-1]
        return text


def _split(text: str) -> Optional[tuple[str, str]]:
    """Return name and value around the first of = and :, None where there is neither."""
    found = re.search(r"[=:]", text)
    if found is None:
        return None
    return text[: found.start()].strip(SPACE), text[found.end() :].strip(SPACE)


def _is_partial(settings: Mapping[str, Setting]) -> bool:
    return ("aws_access_key_id" in settings) != ("aws_secret_access_key" in settings)
