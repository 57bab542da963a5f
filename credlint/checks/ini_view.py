"""Every section and setting of an AWS file, also of one that the SDKs refuse.

``chain.ini_view`` answers what an SDK gets from the file: the merged settings of each profile, or
the one exception at which its parser stops. This view serves the people who mend the file: it
keeps doubled headers, doubled settings and stray lines apart, each with its line, and never stops.

botocore 1.44.5 configloader.py reads with CPython's ``configparser.RawConfigParser``: strict (no
second section or key of one name), keys in lower case, comments on lines of their own only, and a
line that is indented deeper than the setting before it continues that setting's value.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Optional

from credlint.model.captured import CapturedValue
from credlint.model.host_file import AwsLine, HostFile
from credlint.model.lean_dataclasses import dataclass, field

DEFAULT_SECTION = "DEFAULT"  # configparser's section whose settings every other one inherits
EMPTY = CapturedValue(text="", length=0, shape="empty")


@dataclass(frozen=True)
class Setting:
    """One setting; ``name`` in lower case; ``continuations``: lines that its value swallows."""

    name: str
    line: AwsLine
    continuations: tuple[AwsLine, ...] = ()

    @property
    def value(self) -> CapturedValue:
        """Return the value on the setting's own line."""
        return self.line.value or EMPTY

    @property
    def nested(self) -> bool:
        """Tell whether an indented block follows an empty value (``s3 =``)."""
        return not self.value and bool(self.continuations)


@dataclass(frozen=True)
class Section:
    """One section header with its settings, in file order; doubled headers are kept apart."""

    name: str
    line: AwsLine
    settings: tuple[Setting, ...] = ()

    def setting(self, name: str) -> Optional[Setting]:
        """Return the last setting of that name, None when there is none."""
        return next((s for s in reversed(self.settings) if s.name == name), None)

    def value(self, name: str) -> Optional[CapturedValue]:
        """Return the value of the last setting of that name, None when there is none."""
        found = self.setting(name)
        return found.value if found else None


@dataclass(frozen=True)
class IniView:
    """``headless``: the first line that stands before any section (the parser stops there).

    ``unparseable``: lines that are neither section nor setting nor continuation.
    """

    file: HostFile
    sections: tuple[Section, ...] = ()
    headless: Optional[AwsLine] = None
    unparseable: tuple[AwsLine, ...] = ()

    def settings(self) -> Iterator[tuple[Section, Setting]]:
        """Yield every setting with its section, in file order."""
        for section in self.sections:
            for setting in section.settings:
                yield section, setting


@dataclass
class _Draft:
    line: AwsLine
    name: str
    continuations: list[AwsLine] = field(default_factory=list)


def view_file(file: HostFile) -> IniView:
    """Group the lines of one file; pure, never raises on odd input."""
    sections: list[tuple[AwsLine, list[_Draft]]] = []
    headless: Optional[AwsLine] = None
    unparseable: list[AwsLine] = []
    current: Optional[_Draft] = None
    indent_level = 0
    for line in file.lines:
        if line.kind in ("blank", "comment"):
            continue
        if current is not None and line.indent > indent_level:
            current.continuations.append(line)
            continue
        indent_level = line.indent
        if line.kind == "section":
            sections.append((line, []))
            current = None
        elif not sections:
            headless = headless or line
        elif line.kind == "setting" and line.name:
            current = _Draft(line, line.name.rstrip().lower())
            sections[-1][1].append(current)
        else:
            unparseable.append(line)
    return IniView(
        file=file,
        sections=tuple(
            Section(
                name=header.name or "",
                line=header,
                settings=tuple(Setting(d.name, d.line, tuple(d.continuations)) for d in drafts),
            )
            for header, drafts in sections
        ),
        headless=headless,
        unparseable=tuple(unparseable),
    )
