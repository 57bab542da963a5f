"""The view that the ini reader of the AWS SDK for .NET has of one captured file.

Source: aws-sdk-net, AWSSDK.Core 3.7.402.25 as built, Amazon.Runtime/Internal/Util/IniFile.cs and
ProfileIniFile.cs: the whole file is validated when it is opened, so that one line that is neither
section, property, comment nor blank takes all profiles away. Only ``=`` parts name and value, only
whole lines are comments, nothing is unquoted, and of sections with one name the first counts.
"""

from __future__ import annotations

from typing import Optional

from credlint.chain.dotnet.values import SPACE
from credlint.chain.file_text import FileText
from credlint.chain.ini_view import Setting
from credlint.chain.outcome import fail
from credlint.chain.patterns import pattern
from credlint.chain.sdk import SdkSpecification
from credlint.model.location import Location

_LINE = pattern(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
_BLANKS = " \t"


class Section:
    """One section: its settings by name in lower case, each with its name as it is written.

    Names are compared without case when they are read, but with it when they are used.
    """

    def __init__(self, header: str, place: Location) -> None:
        self.header = header
        self.place = place
        self.written: dict[str, tuple[str, Setting]] = {}

    def over(self, other: Optional[Section]) -> Section:
        """Return what is left of ``other`` (the config file's) below this one's settings.

        A name that both have stays as the other one writes it.
        """
        if other is None:
            return self
        merged = Section(other.header, other.place)
        merged.written = dict(other.written)
        for key, (name, setting) in self.written.items():
            merged.written[key] = (merged.written.get(key, (name, setting))[0], setting)
        return merged

    def get(self, name: str) -> Optional[Setting]:
        """Return a setting whose name is written in lower case, even an empty one."""
        written, setting = self.written.get(name, ("", None))
        return setting if written == name else None

    def in_any_case(self, name: str) -> Optional[Setting]:
        """Return a setting whatever the case of its name."""
        return self.written.get(name, ("", None))[1]


class IniFile:
    """One opened file; raises Raised when it is not valid."""

    def __init__(self, sdk: SdkSpecification, text: FileText) -> None:
        self._text = text
        self._error = sdk.error("file_not_valid")
        self._lines = _LINE.findall(text.text.lstrip("\ufeff"))
        for number, line in enumerate(self._lines, 1):
            if _property(line) is None and _header(line) is None and not _is_comment(line):
                message = (
                    f"{text.file.path} has a line that is no section, property or comment, "
                    "and is refused as a whole"
                )
                fail(self._error, message, text.place(number))

    def named(self, name: str) -> Optional[Section]:
        """Return the section of just that header; None too when it has a property twice."""
        for index, line in enumerate(self._lines):
            if _header(line) == name:
                return self._read(index, name, keep_parents=True)
        return None

    def marked(self, marker: str, name: str) -> Optional[Section]:
        """Return the section ``[marker name]``; None too when it has a property twice.

        The comparison is a regular expression there: blanks between both, at least one.
        """
        for index, line in enumerate(self._lines):
            header = _header(line)
            if header is None or not (header.startswith(marker) and header.endswith(name)):
                continue
            between = header[len(marker) : len(header) - len(name)]
            if between and not between.strip(_BLANKS):
                return self._read(index, header, keep_parents=False)
        return None

    def _read(self, index: int, header: str, *, keep_parents: bool) -> Optional[Section]:
        """Read the lines below a header.

        An indented block below an empty value belongs to it; ``[marker name]`` sections lose
        such a property, others have it as an empty one.
        """
        section = Section(header, self._text.place(index + 1))
        number = index + 1
        while number < len(self._lines):
            found = _property(self._lines[number])
            if found is None:
                if _header(self._lines[number]) is not None:
                    break
                number += 1
                continue
            name, value = found
            end = number + 1 if value else self._block_end(number + 1)
            if name.lower() in section.written:
                return None
            if keep_parents or end == number + 1:
                setting = self._text.setting(name.lower(), value, number + 1, header)
                section.written[name.lower()] = (name, setting)
            number = end
        return section

    def _block_end(self, number: int) -> int:
        """Return where a block of indented lines ends; a blank line is an indented one."""
        while number < len(self._lines):
            line = self._lines[number]
            if line[0] not in SPACE or _header(line) is not None:
                break
            number += 1
        return number


def _is_comment(line: str) -> bool:
    stripped = line.strip(SPACE)
    return not stripped or stripped[0] in ";#"


def _header(line: str) -> Optional[str]:
    stripped = line.strip(SPACE)
    if len(stripped) < 2 or stripped[0] != "[" or stripped[-1] != "]":  # noqa: PLR2004  both
        return None
    return stripped[1:-1].strip(SPACE)


def _property(line: str) -> Optional[tuple[str, str]]:
    if _is_comment(line):
        return None
    name, equals, value = line.partition("=")
    return (name.strip(SPACE), value.strip(SPACE)) if equals else None
