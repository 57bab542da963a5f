"""The view that the parser of the AWS SDK for Ruby has of one captured file.

Source: aws-sdk-core 3.211.0, ini_parser.rb ``IniParser.ini_parse`` and shared_config.rb
``loadable?``. The parser is a few patterns over the lines, replayed here with their quirks: a
value is whatever follows the first ``=`` up to `` ;``, an empty one with a blank behind the ``=``
is that blank, an indented line belongs to a block, and a block that nothing opens is a crash.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Optional

from credlint.chain.file_text import FileText
from credlint.chain.ini_view import Setting
from credlint.chain.outcome import fail
from credlint.chain.patterns import pattern
from credlint.model.host_file import HostFile
from credlint.model.location import Location, host_path
from credlint.model.snapshot import HostSnapshot

# ``\s`` of Ruby knows ASCII alone, ``$`` stands before a line feed too.
_RUBY = re.ASCII | re.MULTILINE
_COMMENT = pattern(r"\s;", _RUBY)
_HEADER = pattern(r"\[([^\[\]]+)\]\s*(#.+)?$", _RUBY)
_PROFILE = pattern(r"profile\s+(.+?)$", _RUBY)
_ITEM = pattern(r"(.+?)\s*=\s*(.+?)\s*$", _RUBY)
_EMPTY_ITEM = pattern(r"(.+?)\s*=\s*$", _RUBY)
_INNER = pattern(r"\s*(.+?)\s*=\s*(.+?)\s*$", _RUBY)
_SPACE = "\t\n\v\f\r "

# Settings by name; what stands in blocks that have no name is under None.
Profile = dict[Optional[str], Setting]
Profiles = Mapping[str, Profile]
# What a method call on nothing, a text that is no UTF-8 and a folder raise.
NO_METHOD, BAD_TEXT, IS_FOLDER = "NoMethodError", "ArgumentError", "Errno::EISDIR"


def view(
    snapshot: HostSnapshot, file: Optional[HostFile], *, blocks_need_opening: bool
) -> Optional[Profiles]:
    """Return a file's profiles, None where the SDK does not open it; raises Raised or Unknown.

    ``blocks_need_opening``: since 3.179.0 an indented line that no empty setting precedes ends
    the program with a NoMethodError, unless a setting stands right above it.
    """
    if file is None or file.status in {"absent", "unreadable"}:
        return None
    if file.path == "/dev/null":
        return {}
    base, uri = host_path(file.path)
    if file.status == "not-a-file":
        message = f"{file.path} cannot be read: it is no file"
        fail(IS_FOLDER, message, Location("file", uri, base, 1))
    if file.encoding == "utf-16":
        message = f"{file.path} is not UTF-8 text"
        fail(BAD_TEXT, message, Location("file", uri, base, 1))
    return _Reader(FileText(snapshot, file), blocks_need_opening=blocks_need_opening).read()


class _Reader:
    """Runs the parser's patterns over the lines of a file."""

    def __init__(self, text: FileText, *, blocks_need_opening: bool) -> None:
        self._text = text
        self._strict = blocks_need_opening
        self._profiles: dict[str, Profile] = {}
        self._profile = ""  # no header gives an empty name
        self._block: Optional[str] = None
        self._item: Optional[tuple[str, str]] = None

    def read(self) -> Profiles:
        offset, bad = 0, self._text.file.undecodable_line
        for line in _lines(self._text.text):
            number = self._text.number_at(offset)
            offset += len(line)
            if bad is not None and number >= bad:
                message = f"{self._text.file.path} is not UTF-8 text"
                fail(BAD_TEXT, message, self._text.place(bad))
            self._take(line, number)
        return self._profiles

    def _take(self, line: str, number: int) -> None:
        # Ruby's ``split`` looks for the first separator behind the first character.
        comment = _COMMENT.search(line, 1)
        text = line[: comment.start()] if comment else line
        header = _HEADER.match(text)
        if header is not None:
            named = _PROFILE.match(header.group(1))
            self._profile = named.group(1) if named else header.group(1)
            return
        if not self._profile:
            return
        previous, found = self._item, _ITEM.match(text)
        self._item = (found.group(1), found.group(2)) if found else None
        if self._item is None:
            empty = _EMPTY_ITEM.match(text)
            self._block = empty.group(1) if empty else self._block
        elif self._item[0][0] in _SPACE:
            self._take_inner(text, previous, number)
        else:
            self._block = None
            key, value = self._item
            self._own()[key] = self._text.setting(key, value, number, self._profile)

    def _take_inner(self, text: str, previous: Optional[tuple[str, str]], number: int) -> None:
        """Take an indented setting into the block that is open."""
        if self._strict and self._block is None:
            if previous is None:
                self._crash(number)
            elif not previous[1].strip(_SPACE + "\0"):
                if self._profile not in self._profiles:
                    self._crash(number)
                self._block = previous[0]
                self._own().pop(self._block, None)
        key, value = _INNER.findall(text)[0]
        there = self._own().get(self._block)
        if there is not None and not there.nested:
            # The text of the setting is searched for the inner name, which is replaced in it.
            if key not in there.masked:
                message = f"{self._text.file.path} gives a setting a text and a block"
                fail("IndexError", message, self._text.place(number))
            longer = there.masked.replace(key, value, 1)
            line = there.location.line
            self._own()[self._block] = self._text.setting(there.name, longer, line, self._profile)
        elif there is None:
            name, empty, place = self._block or "", self._text.value(""), self._text.place(number)
            origin = f"{self._text.file.role}/{self._profile}"
            self._own()[self._block] = Setting(name, empty, place, nested=True, origin=origin)

    def _own(self) -> Profile:
        return self._profiles.setdefault(self._profile, {})

    def _crash(self, number: int) -> None:
        message = f"{self._text.file.path} makes the SDK stumble: nothing opens this indented line"
        fail(NO_METHOD, message, self._text.place(number))


def _lines(text: str) -> list[str]:
    """Return the lines as Ruby has them: they end in a line feed, whatever else stands there."""
    return re.findall(r"[^\n]*\n|[^\n]+", text)
