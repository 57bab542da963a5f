"""The view that Python's RawConfigParser and botocore have of one captured file.

Exact, errors included: the first fault ends it as it ends the SDK. The view that goes on after
faults, to tell of all of them, is ``checks.ini_view``.

Sources: CPython 3.11 Lib/configparser.py, ``RawConfigParser._read`` and ``options``; botocore
1.44.5 configloader.py, ``raw_config_parse`` and ``_parse_nested``. CPython 3.10 to 3.13 read
the same; 3.9 ends a section name at its first closing bracket.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Optional

from credlint.model.captured import CapturedValue
from credlint.model.host_file import AwsLine, HostFile
from credlint.model.lean_dataclasses import dataclass, field
from credlint.model.location import Location, host_path
from credlint.model.trace import SdkError

_DEFAULTS = "DEFAULT"


@dataclass(frozen=True)
class Setting:
    """One option as the SDK gets it.

    ``name`` is lower-cased. ``nested``: the SDK gets a
    dictionary instead of a text (an indented block below an empty value). ``origin`` is the
    file's role and the section's raw name, as in ``PathFact.setting``. ``masked``: the value as
    it stands in ``HostFile.text``, where a reader has it from there.
    """

    name: str
    value: CapturedValue
    location: Location
    nested: bool = False
    inherited: bool = False
    origin: str = ""
    masked: str = ""

    @property
    def text(self) -> Optional[str]:
        """Return the text when it is known and not a dictionary."""
        return None if self.nested else self.value.text

    def __bool__(self) -> bool:
        """Tell whether the SDK sees a non-empty text or dictionary."""
        return self.nested or self.value.length > 0


@dataclass(frozen=True)
class Section:
    """One section with its own settings and those inherited from ``[DEFAULT]``."""

    name: str
    location: Location
    settings: Mapping[str, Setting] = field(default_factory=dict)


@dataclass(frozen=True)
class IniView:
    """A file as the SDK sees it: sections in file order, or the ``error`` that reading raises.

    ``present`` False: there is no such file for the SDK. ``unknown``: why the file's content
    was not captured although the SDK may read it.
    """

    sections: Mapping[str, Section] = field(default_factory=dict)
    error: Optional[SdkError] = None
    present: bool = True
    unknown: Optional[str] = None


def view(file: Optional[HostFile]) -> IniView:
    """Return what botocore's ``raw_config_parse`` makes of the file."""
    if file is None or file.status in {"absent", "not-a-file"}:
        return IniView(present=False)
    if file.status == "unreadable":
        # RawConfigParser.read passes over every OSError, so the file counts as empty.
        return IniView()
    base, uri = host_path(file.path)
    if file.status == "undecodable" or file.encoding != "utf-8":
        line = file.undecodable_line or 1
        message = f"{file.path} is not plain UTF-8 text ({file.encoding})"
        return IniView(
            error=SdkError("ConfigParseError", message, Location("file", uri, base, line))
        )
    if file.status != "read":
        return IniView(unknown=f"{file.path} was not captured ({file.status})")
    return _Reader(file.role, file.path, base, uri).read(file.lines)


class _Fault(Exception):  # noqa: N818  the parser's, not ours
    """The parser stops at this line."""

    def __init__(self, message: str, line: int) -> None:
        super().__init__(message)
        self.message = message
        self.line = line


@dataclass
class _Option:
    name: str
    line: AwsLine
    parts: list[Optional[AwsLine]]
    header: str  # of the nearest header above, even if the parser took that for a continuation


class _Reader:
    """Runs the parser's state machine over the captured lines."""

    def __init__(self, role: str, path: str, base: str, uri: str) -> None:
        self._role = role
        self._path = path
        self._base = base
        self._uri = uri

    def read(self, lines: tuple[AwsLine, ...]) -> IniView:
        try:
            headers, options = self._parse(lines)
            return IniView(self._build(headers, options))
        except _Fault as fault:
            place = Location("file", self._uri, self._base, fault.line)
            message = f"{self._path} cannot be parsed: {fault.message} (line {fault.line})"
            return IniView(error=SdkError("ConfigParseError", message, place))

    def _parse(  # noqa: C901, PLR0912  one state machine, kept in the order of the original
        self, lines: tuple[AwsLine, ...]
    ) -> tuple[dict[str, AwsLine], dict[str, dict[str, _Option]]]:
        headers: dict[str, AwsLine] = {}
        options: dict[str, dict[str, _Option]] = {_DEFAULTS: {}}
        section: Optional[str] = None
        header = ""
        option: Optional[_Option] = None
        indent = 0
        late: Optional[_Fault] = None  # a ParsingError is raised at the end of the file only
        for line in lines:
            if line.kind == "comment":
                continue
            if line.kind == "section":
                header = line.name or ""
            if line.kind == "blank":
                if option is not None:
                    option.parts.append(None)
                continue
            if option is not None and line.indent > indent:
                option.parts.append(line)
                continue
            indent = line.indent
            if line.kind == "section":
                section, option = line.name or "", None
                if section in headers:
                    message = f"section [{section}] stands twice"
                    raise _Fault(message, line.number)
                if section != _DEFAULTS:
                    headers[section] = line
                    options[section] = {}
            elif section is None:
                message = "a line stands before the first section"
                raise _Fault(message, line.number)
            elif line.kind == "setting" and line.name:
                name = line.name.lower()
                if name in options[section]:
                    message = f"{name} stands twice in [{section}]"
                    raise _Fault(message, line.number)
                option = _Option(name, line, [], header)
                options[section][name] = option
            else:
                late = late or _Fault("a line is neither section nor setting", line.number)
                # An option without a name is no option that a continuation could extend; a
                # line without a delimiter leaves the previous one open.
                option = None if line.kind == "setting" else option
        if late is not None:
            raise late
        return headers, options

    def _build(
        self, headers: dict[str, AwsLine], options: dict[str, dict[str, _Option]]
    ) -> dict[str, Section]:
        sections = {}
        for name, header in headers.items():
            settings = {key: self._setting(one) for key, one in options[name].items()}
            for key, one in options[_DEFAULTS].items():
                if key not in settings:
                    settings[key] = self._setting(one, inherited=True)
            sections[name] = Section(name, self._place(header), settings)
        return sections

    def _place(self, line: AwsLine, end_line: Optional[int] = None) -> Location:
        return Location(
            "file",
            self._uri,
            self._base,
            line.number,
            line.column,
            end_line,
            line.end_column if line.end_column > line.column else None,
        )

    def _setting(self, option: _Option, *, inherited: bool = False) -> Setting:
        origin = f"{self._role}/{option.header}"
        first = option.line.value or CapturedValue(text="", length=0, shape="empty")
        parts = list(option.parts)
        while parts and parts[-1] is None:  # the joined text is right-stripped
            parts.pop()
        place = self._place(option.line)
        if not parts:
            return Setting(option.name, first, place, inherited=inherited, origin=origin)
        last = [part for part in parts if part is not None][-1]
        place = self._place(option.line, end_line=last.number)
        nested = first.length == 0
        if nested:
            for part in parts:
                if part is not None and not part.has_equals:
                    message = f"the block below {option.name} has a line without ="
                    raise _Fault(message, part.number)
        return Setting(option.name, join_values(first, parts), place, nested, inherited, origin)


def join_values(first: CapturedValue, parts: list[Optional[AwsLine]]) -> CapturedValue:
    """Return the facts of a value that runs over several lines (None is an empty line)."""
    values = [first]
    for part in parts:
        empty = CapturedValue(text="", length=0, shape="empty")
        values.append(empty if part is None else part.whole or CapturedValue(text=None, length=1))
    texts = [value.text for value in values]
    known = [text for text in texts if text is not None]
    flaws = {flaw for value in values for flaw in value.flaws} | {"newline"}
    return CapturedValue(
        text="\n".join(known) if len(known) == len(texts) else None,
        length=sum(value.length for value in values) + len(values) - 1,
        shape="text" if len(known) == len(texts) else "other",
        fingerprint="+".join(value.fingerprint for value in values if value.fingerprint),
        flaws=tuple(sorted(flaws)),
    )
