"""The only way to a Finding in this room: refuses what a reader could not trust or parse."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from credlint.model.finding import LEVEL_RANK, Finding, Level
from credlint.model.lean_dataclasses import dataclass, replace
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
            related=tuple(replace(p, message=_printable(p.message or "")) for p in related),
            remedy="\n".join(_printable(line) for line in remedy),
            subject=_printable(subject),
            sdks=tuple(sdks),
            properties=tuple((name, _printable(value)) for name, value in properties),
        )
        for fault in _faults(finding):
            message = f"{self.code} refused: {fault}"
            raise FindingRefusedError(message)
        return finding


def _faults(finding: Finding) -> Iterator[str]:
    message = finding.message
    if finding.level not in LEVEL_RANK:
        yield "its level is unknown"
    if not message.endswith(".") or message != message.strip():
        yield "its message does not end with a full stop"
    if not finding.subject:
        yield "it has no subject"
    if not finding.remedy.strip():
        yield "it has no remedy"
    if any(not place.message for place in finding.related):
        yield "a related place says nothing"
    for place in (finding.location, *finding.related):
        yield from _place_faults(place)
    texts = [message, finding.remedy, finding.subject]
    texts += [value for _, value in finding.properties]
    texts += [place.message or "" for place in finding.related]
    if any(_WHOLE_KEY_ID.search(text) for text in texts):
        yield "it shows a whole access key id"


def _place_faults(place: Location) -> Iterator[str]:
    end_line = place.line if place.end_line is None else place.end_line
    if not place.uri or place.line < 1 or place.column < 1:
        yield "a place has no name or is not counted from 1"
    on_one_line = end_line == place.line and place.end_column is not None
    if end_line < place.line or (on_one_line and (place.end_column or 0) < place.column):
        yield "a place ends before it starts"
