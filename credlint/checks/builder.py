"""The only way to a Finding in this room: refuses what a reader could not trust or parse."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Iterable

from credlint.model.finding import LEVEL_RANK, Finding, Level
from credlint.model.location import Location

# A whole key id must never be printed: prefix, ellipsis and last four only.
_WHOLE_KEY_ID = re.compile(r"(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}")


class FindingRefusedError(ValueError):
    """A check built an ill-formed finding; the message names the rule and the fault."""


def _printable(text: str) -> str:
    """Escape what a host's names may hold (line breaks, escape codes, surrogates)."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


@dataclass(frozen=True)
class FindingBuilder:
    """Builds the findings of one rule; ``code`` and ``name`` are those of its TOML file."""

    code: str
    name: str

    def build(
        self,
        level: Level,
        message: str,
        location: Location,
        *,
        subject: str,
        remedy: Iterable[str],
        sdks: Iterable[str] = (),
        related: Iterable[Location] = (),
        properties: Iterable[tuple[str, str]] = (),
    ) -> Finding:
        """Return the finding; ``remedy`` are its lines in order.

        Raises FindingRefusedError when a part is missing or ill-formed (reference: the
        result object of SARIF 2.1.0, §3.27, and the message rules of §3.11).
        """
        finding = Finding(
            code=self.code,
            name=self.name,
            level=level,
            message=_printable(message),
            location=location,
            related=tuple(related),
            remedy="\n".join(_printable(line) for line in remedy),
            subject=_printable(subject),
            sdks=tuple(sdks),
            properties=tuple((name, _printable(value)) for name, value in properties),
        )
        self._inspect(finding)
        return finding

    def _inspect(self, finding: Finding) -> None:
        message = finding.message
        if finding.level not in LEVEL_RANK:
            raise self._refuse("its level is unknown")
        if not message.endswith(".") or message != message.strip():
            raise self._refuse("its message does not end with a full stop")
        if not finding.subject:
            raise self._refuse("it has no subject")
        if not finding.remedy.strip():
            raise self._refuse("it has no remedy")
        for place in (finding.location, *finding.related):
            self._inspect_place(place)
        if any(not place.message for place in finding.related):
            raise self._refuse("a related place says nothing")
        texts = [message, finding.remedy, finding.subject]
        texts += [value for _, value in finding.properties]
        texts += [place.message or "" for place in finding.related]
        if any(_WHOLE_KEY_ID.search(text) for text in texts):
            raise self._refuse("it shows a whole access key id")

    def _inspect_place(self, place: Location) -> None:
        end_line = place.line if place.end_line is None else place.end_line
        if not place.uri or place.line < 1 or place.column < 1 or end_line < place.line:
            raise self._refuse("a place is not counted from 1 or ends before it starts")
        same_line = end_line == place.line
        if place.end_column is not None and same_line and place.end_column < place.column:
            raise self._refuse("a place ends before it starts")

    def _refuse(self, fault: str) -> FindingRefusedError:
        return FindingRefusedError(f"{self.code} refused: {fault}")
