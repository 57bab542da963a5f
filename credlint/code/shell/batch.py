"""Batch files of Windows: what they set, by their lines (`set /?`, `setx /?`)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Optional

from credlint.code.shell.recipes import Setting
from credlint.code.sighting import Embedded, Segment

_SET = re.compile(
    rb"^[ \t(@]{0,40}(?:set[ \t]{1,8}(?:/p[ \t]{1,8})?\"?([A-Z_a-z][A-Z_a-z0-9]{0,100})="
    rb"|setx[ \t]{1,8}(?:/m[ \t]{1,8})?([A-Z_a-z][A-Z_a-z0-9]{0,100})[ \t]{1,8})([^\r\n&|)]*)",
    re.MULTILINE | re.IGNORECASE,
)
# Commands that other rules know from shells; words, options and double quotes are the same there.
_COMMAND = re.compile(
    rb"^[ \t(@]{0,40}((?:curl|wget|aws)[ \t][^\r\n&|)]*)", re.MULTILINE | re.IGNORECASE
)
# `setx NAME value /M`: for the machine.
_SWITCH = (b" /m", b"\t/m")


class Batch:
    """``settings``: the variables that are set; comments (`rem`, `::`) are no settings."""

    formats = ("batch",)
    unread: tuple[str, ...] = ()

    def __init__(self, text: bytes) -> None:
        self.text = text

    @property
    def settings(self) -> Iterator[Setting]:
        """Yield the assignments in order."""
        for found in _SET.finditer(self.text):
            value = found[3].rstrip()
            if found[2] and value[-3:].lower() in _SWITCH:
                value = value[:-3].rstrip()
            start = found.start(3)
            end = start + len(value)
            if value[:1] == b'"':
                start += 1
            value = self.text[start:end]
            end -= len(value) - len(value.rstrip(b'"'))
            name = (found[1] or found[2]).decode()
            said = self.text[start:end].decode("utf-8", "replace")
            yield Setting(name, said, found.start(), start, end)

    def embedded(self) -> Iterable[Embedded]:
        """Yield the commands as scripts; what would be put into one is no text of this format."""
        for found in _COMMAND.finditer(self.text):
            # Neither sign means here what it means to a shell; as long as before, for the places.
            text = found[1].rstrip().replace(b"\\", b"/").replace(b"'", b"_")
            yield Embedded("shell", text, (Segment(0, found.start(1), len(text)),), _removed)


def _removed(written: str) -> Optional[str]:
    return None if written else written


def read(text: bytes, uri: str) -> Batch:
    """Return the batch file."""
    del uri
    return Batch(text)
