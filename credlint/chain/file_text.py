"""The masked text of a captured file, for readers that follow one SDK's own parser.

A reader works on ``FileText.text`` as the SDK does on the file, and gives what it cut out of it
back as a ``CapturedValue``: its text where it holds nothing secret, else the facts of what the
tokens stand for (``HostFile.text``, ``HostSnapshot.hidden``).
"""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import Optional

from credlint.chain.ini_view import Setting
from credlint.chain.outcome import Unknown
from credlint.model.captured import TOKEN_DIGITS, CapturedValue
from credlint.model.host_file import HostFile
from credlint.model.location import Location, host_path
from credlint.model.snapshot import HostSnapshot

_TOKEN = re.compile(rf"<REDACTED-([0-9a-f]{{{TOKEN_DIGITS}}})>", re.IGNORECASE)
_LINE_END = re.compile(r"\r\n|\n|\r")
_EMPTY = CapturedValue(text="", length=0, shape="empty")


class FileText:
    """One captured file; raises Unknown when its text is not there although an SDK reads it."""

    def __init__(self, snapshot: HostSnapshot, file: HostFile) -> None:
        if file.text is None:
            why = file.status if file.status != "read" else "by a credlint that kept no text"
            message = f"{file.path} was not captured ({why})"
            raise Unknown(message)
        self.file = file
        self.text = file.text
        self._base, self._uri = host_path(file.path)
        self._snapshot = snapshot
        self._hidden: Optional[dict[str, CapturedValue]] = None
        self._ends: Optional[list[int]] = None

    def value(self, text: str) -> CapturedValue:
        """Return what is known of a piece of the text."""
        if not text:
            return _EMPTY
        pieces = _TOKEN.split(text)
        if len(pieces) == 1:
            flaws = ("newline",) if "\n" in text else ()
            return CapturedValue(text=text, length=len(text), flaws=flaws)
        if self._hidden is None:
            hidden_values = self._snapshot.hidden
            self._hidden = {one.fingerprint[:TOKEN_DIGITS]: one for one in hidden_values}
        hidden = [self._hidden.get(digits.lower()) for digits in pieces[1::2]]
        if len(hidden) == 1 and hidden[0] is not None and not pieces[0] and not pieces[2]:
            return hidden[0]
        length = sum(len(piece) for piece in pieces[::2])
        return CapturedValue(
            text=None,
            length=length + sum(one.length if one else 1 for one in hidden),
            shape="other",
            fingerprint=text,  # equal texts have equal tokens
        )

    def place(self, number: int) -> Location:
        """Return where line ``number`` is, counted from 1 as editors do."""
        lines = self.file.lines
        if not 0 < number <= len(lines):
            return Location("file", self._uri, self._base, number)
        line = lines[number - 1]
        end = line.end_column if line.end_column > line.column else None
        return Location("file", self._uri, self._base, number, line.column, None, end)

    def number_at(self, offset: int) -> int:
        """Return the number of the line in which a character of the text stands."""
        if self._ends is None:
            self._ends = [match.end() for match in _LINE_END.finditer(self.text)]
        return bisect_right(self._ends, offset) + 1

    def setting(self, name: str, text: str, number: int, section: str = "") -> Setting:
        """Return a setting whose value is ``text`` and which stands on line ``number``."""
        origin = f"{self.file.role}/{section}"
        return Setting(name, self.value(text), self.place(number), origin=origin, masked=text)


def without_tokens(masked: str) -> str:
    """Return a masked text with a plain letter for each token, to look at its characters."""
    return _TOKEN.sub("x", masked)
