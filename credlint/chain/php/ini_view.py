"""The view that PHP's own ini parser has of one captured file.

Sources: PHP 8.2 Zend/zend_ini_parser.y and ext/standard/basic_functions.c (``parse_ini_string``);
aws-sdk-php 3.329.0 functions.php ``parse_ini_file``. One fault anywhere, such as a bracket in a
line without ``=``, makes PHP refuse the whole file. Credentials are read in the raw mode, the
region in the normal one.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Mapping
from typing import Optional

from credlint.chain.file_text import FileText
from credlint.chain.ini_view import Setting
from credlint.chain.patterns import pattern
from credlint.chain.php.ini_scanner import Refused, Scanner, Variables
from credlint.model.host_file import HostFile
from credlint.model.snapshot import HostSnapshot

Profile = dict[str, Setting]
Profiles = Mapping[str, Profile]
# Lines that the SDK takes out before PHP sees the text.
_COMMENT = pattern(r"^#.*\n", re.MULTILINE)


def view(
    snapshot: HostSnapshot, file: Optional[HostFile], variables: Optional[Variables] = None
) -> Optional[Profiles]:
    """Return a file's sections, None where PHP refuses the file; raises Unknown.

    ``variables``: read as the normal mode does, with what it puts in for ``${NAME}``; else raw.
    """
    if file is None or file.status in {"absent", "unreadable", "not-a-file"}:
        return {}
    if file.path == "/dev/null":
        return {}
    if file.encoding == "utf-16":
        return None
    text = FileText(snapshot, file)
    try:
        return _Reader(text, variables).read()
    except Refused:
        return None


def readable(file: Optional[HostFile]) -> bool:
    """Tell whether ``is_readable`` is true; a folder is, and counts as an empty file."""
    return file is not None and file.status not in {"absent", "unreadable"}


class _Reader:
    """Runs PHP's grammar over a text; sections and settings of equal names replace each other."""

    def __init__(self, text: FileText, variables: Optional[Variables]) -> None:
        self._file = text
        self._scanner = Scanner(self._without_comments(text.text), variables)
        self._sections: dict[str, Profile] = {}
        self._section: Optional[str] = None

    def _without_comments(self, text: str) -> str:
        """Return the text without comment lines; ``_shifts`` tells where its parts stood."""
        pieces, end, length = [], 0, 0
        self._shifts = [(0, 0)]
        for found in _COMMENT.finditer(text):
            pieces.append(text[end : found.start()])
            length += len(pieces[-1])
            end = found.end()
            self._shifts.append((length, end))
        return "".join((*pieces, text[end:]))

    def read(self) -> Profiles:
        """Return the sections; raises Refused."""
        label, at = None, 0
        for kind, token, start in self._scanner.tokens():
            if kind == "label":
                label, at = token.strip(" \t"), start
            elif kind == "equals" and label is not None:
                self._store(label, self._scanner.value(), at)
                label = None
            elif kind in {"equals", "word"}:
                raise Refused
            elif kind == "end":
                label = None
            elif kind == "section":
                label, self._section = None, self._scanner.section_name()
                self._sections[self._section] = {}
            elif kind == "offset":
                self._offset(token, start)
                label = None
        return self._sections

    def _offset(self, token: str, start: int) -> None:
        """Take ``name[key] = value``, which makes an array of the setting."""
        key = self._scanner.offset()
        value, name = self._scanner.value(), token.rstrip(" \t")[:-1].strip(" \t")
        if self._section is None:
            # Above all sections such an array is what a section is.
            own = self._sections.setdefault(name, {})
            if key:
                own[key] = self._file.setting(key, value, self._line(start), name)
        else:
            self._store(name, None, start)

    def _line(self, start: int) -> int:
        """Return the number of the line in which a place of the text stood in the file."""
        at, began = self._shifts[bisect_right(self._shifts, (start, len(self._file.text))) - 1]
        return self._file.number_at(began + start - at)

    def _store(self, name: str, value: Optional[str], start: int) -> None:
        number = self._line(start)
        if self._section is None:
            self._sections[name] = {}  # a setting above all sections is no profile, but a name
            return
        setting = self._file.setting(name, value or "", number, self._section)
        if value is None:
            place, origin = setting.location, setting.origin
            setting = Setting(name, setting.value, place, nested=True, origin=origin)
        self._sections[self._section][name] = setting
