"""The view that the parser of the AWS SDK for Go v2 has of one captured file.

Source: aws-sdk-go-v2 config 1.33.15, internal/ini (tokenize.go, parse.go, strings.go) and
shared_config.go ``loadIniFiles``. The file is split at line feeds alone and read as bytes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Optional

from credlint.chain.ini_view import Setting
from credlint.chain.outcome import Raised, Unknown, fail
from credlint.model.location import Location, host_path
from credlint.model.snapshot import AwsLine, CapturedValue, HostFile, HostSnapshot

# The program ends; there is no error that it could handle.
_PANIC = "panic"
_EMPTY = CapturedValue(text="", length=0, shape="empty")
_COMMENT = re.compile(r"[#;]")
# No name or path that a file holds has a line break, so the rest need not be known.
FURTHER_LINES = "\n…"


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


def view(snapshot: HostSnapshot, role: str, load_error: str) -> Sections:
    """Return a file's sections; raises Raised (``load_error``) for a folder, or Unknown."""
    file = snapshot.file(f"{role}-unexpanded") or snapshot.file(role)
    if file is None or file.status in {"absent", "unreadable"} or file.path == "/dev/null":
        return {}
    if file.status == "not-a-file":
        base, uri = host_path(file.path)
        place = Location("file", uri, base, 1)
        raise Raised(load_error, f"{file.path} cannot be read: it is no file", place)
    if file.encoding == "utf-16":
        return {}  # every other byte is zero, so that no line is a header
    if file.status not in {"read", "undecodable"}:
        message = f"{file.path} was not captured ({file.status})"
        raise Unknown(message)
    if any(line.joined for line in file.lines[:-1]):
        return _with_lone_returns(file)
    return _Reader(file).read()


def _with_lone_returns(file: HostFile) -> Sections:
    if all(line.joined for line in file.lines[:-1]):
        return {}  # all is one line, and what stands there belongs to no section
    message = f"{file.path} mixes carriage returns with other line ends"
    raise Unknown(message)


def header_name(line: AwsLine) -> Optional[str]:
    """Return a header's section name (maybe empty), None when Go takes the line for none."""
    if line.kind == "text":
        known = line.whole is not None and line.whole.text == "[]"
        return "" if known else None
    if line.kind != "section":
        return None
    text = line.name or ""
    if _COMMENT.search(text):
        text = _COMMENT.split(text, maxsplit=1)[0].strip()
        if not text.endswith("]"):
            return None
        text = text[:-1]
    elif line.trailing and not line.comment:
        return None
    kind, space, name = text.strip().replace("\t", " ").partition(" ")
    return f"{kind} {name.lstrip()}" if space else kind


class _Reader:
    """Runs the parser's state machine over the captured lines."""

    def __init__(self, file: HostFile) -> None:
        self._file = file
        self._base, self._uri = host_path(file.path)
        self._sections: dict[str, tuple[Location, dict[str, Setting]]] = {}
        self._section = ""  # settings above the first header, or below [], are passed over
        self._key: Optional[str] = None
        self._header = ""

    def read(self) -> Sections:
        for line in self._file.lines:
            self._take(line)
        return {
            name: Section(name, place, settings, partial=_is_partial(settings))
            for name, (place, settings) in self._sections.items()
        }

    def _take(self, line: AwsLine) -> None:
        if _panics(line):
            message = f"{self._file.path} makes the SDK panic: a value is a single quote character"
            fail(_PANIC, message, self._place(line))
        if line.kind == "section":
            self._header = line.name or ""
        name = header_name(line)
        if name is not None:
            self._section, self._key = name, None
            self._sections.setdefault(name, (self._place(line), {}))
        elif not self._section or line.kind not in {"setting", "text"}:
            return
        elif line.kind == "setting" and (line.indent == 0 or not self._is_block()):
            self._key = (line.name or "").lower()
            self._settings[self._key] = self._setting(self._key, line)
        elif line.kind == "text" and line.indent > 0 and not self._is_block() and self._key:
            self._settings[self._key] = _longer(self._settings[self._key], line)

    @property
    def _settings(self) -> dict[str, Setting]:
        return self._sections[self._section][1]

    def _is_block(self) -> bool:
        """Tell whether an indented line belongs to the empty setting above it."""
        return bool(self._key) and not self._settings[self._key or ""]

    def _setting(self, name: str, line: AwsLine) -> Setting:
        value = line.bare or line.value or _EMPTY
        return Setting(name, value, self._place(line), origin=f"{self._file.role}/{self._header}")

    def _place(self, line: AwsLine) -> Location:
        end = line.end_column if line.end_column > line.column else None
        return Location("file", self._uri, self._base, line.number, line.column, None, end)


def _panics(line: AwsLine) -> bool:
    """Tell whether ``unquote`` (strings.go) would slice beyond the value's end."""
    value = line.value if line.indent else line.bare or line.value
    if line.kind != "setting" or value is None or value.length != 1:
        return False
    return value.text in ("'", '"') if value.text is not None else "quoted" in value.flaws


def _longer(setting: Setting, line: AwsLine) -> Setting:
    value = setting.value
    longer = CapturedValue(
        text=None if value.text is None else value.text + FURTHER_LINES,
        length=value.length + 1 + (line.whole.length if line.whole else 0),
        shape="other",
        fingerprint=value.fingerprint + "+",
        flaws=tuple(sorted({*value.flaws, "newline"})),
    )
    return replace(setting, value=longer)


def _is_partial(settings: Mapping[str, Setting]) -> bool:
    return ("aws_access_key_id" in settings) != ("aws_secret_access_key" in settings)
