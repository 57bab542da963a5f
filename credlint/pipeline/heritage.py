"""What a changed version of a file may go on to hold: the secrets of the version before it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Optional

from credlint.model.finding import Finding
from credlint.model.lean_tuples import NamedTuple
from credlint.model.text import LineIndex, to_utf8
from credlint.secrets.aws.keys import bare_secrets
from credlint.secrets.aws.secret_keys import NEAR_BYTES
from credlint.sources.git_delta import LINE_REACH, Regions

# What tells equal secrets: the rule, and the value's digest or what else stays the same.
Secret = tuple[str, str, str]
# The first line of some whole lines, from 1, and their text without the last line's end.
_Block = tuple[int, bytes]
_ENDS = b"\r\n"
_AROUND = (b"", b"\r", b"\n")
# Facts that hang on more than the lines a finding stands on.
_ELSEWHERE = "cell"


class Place(NamedTuple):
    """Where one finding stands, with what belongs to it; ``number``: its own among the findings.

    ``movable``: on other lines it is the same finding but for its line.
    """

    number: int
    blocks: tuple[_Block, ...]
    movable: bool


class Heritage(NamedTuple):
    """The findings of one text and the lines that they stand on.

    ``blob``: what was examined as a whole and gave them, under the path ``name``. ``commented``:
    comments that accept findings may be there, too.
    """

    blob: bytes
    name: str
    places: tuple[Place, ...]
    commented: bool = False


class Left(NamedTuple):
    """What another version still holds: ``spans`` are the offsets of the lines, in order.

    ``lines``: for each place of the heritage the first line of the first block, from 1.
    """

    heritage: Heritage
    spans: tuple[tuple[int, int], ...]
    lines: tuple[int, ...]


class Inherited(NamedTuple):
    """A blob with findings of another one: (number among these, line where it stands now).

    ``exact`` False: where they stand, and what comments say, only a look at the blob can tell.
    """

    blob: bytes
    source: bytes
    findings: tuple[tuple[int, int], ...]
    exact: bool


def heritage_of(
    blob: bytes, name: str, findings: Sequence[Finding], data: bytes, *, commented: bool
) -> Heritage:
    """Return what the findings of a text are to its changed versions."""
    rows = to_utf8(data).splitlines(keepends=True)
    places = tuple(_place_of(number, finding, rows) for number, finding in enumerate(findings))
    return Heritage(blob, name, places, commented)


def _place_of(number: int, finding: Finding, rows: Sequence[bytes]) -> Place:
    own = finding.location
    ranges = {
        (place.line or 1, place.end_line or place.line or 1): None
        for place in (own, *finding.related)
        if place.uri == own.uri
    }
    blocks = tuple((low, b"".join(rows[low - 1 : high]).rstrip(_ENDS)) for low, high in ranges)
    movable = not finding.related and all(name != _ELSEWHERE for name, _ in finding.properties)
    return Place(number, blocks, movable)


def left_of(heritage: Heritage, data: bytes, regions: Regions) -> Optional[Left]:
    """Return what of it another version holds, of which everything new is looked at besides.

    ``regions``: where that version is new. None when only a look at it as a whole can tell. A place
    whose lines are all gone is gone: what became of them is new.
    """
    found: dict[_Block, int] = {}
    behind: dict[bytes, int] = {}
    kept: list[Place] = []
    for place in heritage.places:
        for block in place.blocks:
            if block not in found:
                # Equal lines stand in the order that they had.
                at = found[block] = _find(block[1], data, behind.get(block[1], 0))
                behind[block[1]] = at + 1 if at >= 0 else len(data)
        there = [found[block] >= 0 for block in place.blocks]
        if all(there):
            kept.append(place)
        elif any(there) or max(len(text) for _, text in place.blocks) > LINE_REACH:
            return None
    spans = sorted({(found[b], found[b] + len(b[1])) for place in kept for b in place.blocks})
    changed = [span for span in spans if _is_near(span, regions)]
    if changed:
        # Which id a key belongs to hangs on what stands between them.
        paired = {found[b] for place in kept if not place.movable for b in place.blocks}
        if any(start in paired for start, _ in changed) or _meets_a_bare_key(changed, spans, data):
            return None
    if len(kept) < len(heritage.places):
        heritage = heritage._replace(places=tuple(kept))
    lines = tuple(_line_of(found[place.blocks[0]], data) for place in kept)
    return Left(heritage, tuple(spans), lines)


def _is_near(span: tuple[int, int], regions: Regions) -> bool:
    low, high = span[0] - NEAR_BYTES, span[1] + NEAR_BYTES
    return any(start < high and low < end for start, end in regions)


def _meets_a_bare_key(
    changed: Sequence[tuple[int, int]], known: Sequence[tuple[int, int]], data: bytes
) -> bool:
    """Tell whether a bare key stands near by now: no pattern hits one, only the id beside it."""
    for start, end in changed:
        for bare in bare_secrets(data, start, end):
            if not any(bare in data[low:high] for low, high in known):
                return True
    return False


def _line_of(offset: int, data: bytes) -> int:
    if data.find(b"\r", 0, offset) < 0:
        return data.count(b"\n", 0, offset) + 1
    return LineIndex(data).line_of(offset)


def _find(text: bytes, data: bytes, start: int) -> int:
    """Return where a text stands in whole lines, -1 for nowhere."""
    at = data.find(text, start)
    while at >= 0:
        end = at + len(text)
        if data[at - 1 : at] in _AROUND and data[end : end + 1] in _AROUND:
            return at
        at = data.find(text, at + 1)
    return -1


def inherited(blob: bytes, left: Left) -> Inherited:
    """Return what is noted of a blob that holds nothing but what is left of another one's."""
    heritage = left.heritage
    numbers = [place.number for place in heritage.places]
    exact = not heritage.commented and all(place.movable for place in heritage.places)
    return Inherited(blob, heritage.blob, tuple(zip(numbers, left.lines)), exact)


def moved(finding: Finding, line: int) -> Finding:
    """Return a finding that is alone on its lines, as it stands on others."""
    place = finding.location
    by = line - (place.line or line)
    end = None if place.end_line is None else place.end_line + by
    return replace(finding, location=replace(place, line=line, end_line=end))


def secret_of(finding: Finding) -> Secret:
    """Return what tells the finding's secret from others."""
    told = finding.identity or finding.subject
    return finding.code, told, "" if finding.identity else finding.message


def secrets_of(findings: Iterable[Finding]) -> dict[Secret, Finding]:
    """Return the findings by their secrets, the first place of each."""
    return {secret_of(finding): finding for finding in reversed(tuple(findings))}
