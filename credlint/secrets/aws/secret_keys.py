"""Secret access keys: forty base64 characters with a name, or bare beside an id."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

from credlint.model.lazy_expressions import lazy_compile
from credlint.model.lean_tuples import NamedTuple
from credlint.secrets.candidate import Match, TextView
from credlint.secrets.patterns import Pattern
from credlint.secrets.randomness import class_changes, entropy, is_hexadecimal, is_placeholder
from credlint.secrets.spelling import iter_alone

# Random secret keys have 4.37 bits or more in 999 of 1,000 cases; 40 hex digits at most 4.0.
_NAMED_ENTROPY = 4.15
_DIGITS_OF_A_NAME = 4
_UNNAMED_ENTROPY = 4.25
_LEAST_CHANGES = 13
# One random key in 4,000 is letters alone; then 20 neighbours differ, in camel case 14 at most.
_LEAST_CHANGES_OF_LETTERS = 16
NEAR_BYTES, _NEAR_LINES = 2048, 20
_CONTEXT = lazy_compile(
    rb"(?i)aws|amazon|\bs3(?:a|n|cmd|fs)?\b|s3_|_s3|boto|dynamodb|access[_-]?key"
    rb"|A[KS]IA[A-Z2-7]{16}"
)
_CONTEXT_BYTES = 600
_NAME = lazy_compile(
    rb"(?i)secret[_.\- ]?(?:access[_.\- ]?)?key|(?:aws|amazon)[a-z0-9_.\- ]{0,16}secret"
)
_BLOCK_END = lazy_compile(rb"\}|\n\s{0,40}\n|(?i:default)[\"']?[ \t]{0,12}[:=][^\r\n]{0,200}\n")


class SecretKey(NamedTuple):
    """A secret key; ``named``: by a name beside it, not only by its neighbour."""

    match: Match
    named: bool


def is_secret_key(text: str, named: bool) -> bool:
    """Tell whether 40 base64 characters are as random as 240 random bits.

    ``named``: a name beside it says so, hence a lower floor and no digit asked for.
    """
    if is_hexadecimal(text) or is_placeholder(text):
        return False
    if text.isupper() or text.islower() or text.isalpha() > named:
        return False
    floor = _NAMED_ENTROPY if named else _UNNAMED_ENTROPY
    changes = _LEAST_CHANGES_OF_LETTERS if text.isalpha() else _LEAST_CHANGES
    return entropy(text) >= floor and class_changes(text) >= changes


def named_secrets(matches: Sequence[Match], view: TextView) -> list[SecretKey]:
    """Return the matches that are secret keys by their name and their randomness."""
    found = []
    for match in matches:
        before = view.data[max(0, match.start - 2) : match.start]
        glued = before[-1:] in (b"_", b".", b"/", b"+") or (before[-1:] == b"-" and before != b":-")
        strict = match.pattern.options.get("named") == "in-context"
        if glued or not is_secret_key(match.text, named=not strict):
            continue
        if match.pattern.options.get("named") == "above" and not _is_named_above(match, view):
            continue
        if _is_name(match.text):
            continue
        if not strict or speaks_of_aws(match, view):
            found.append(SecretKey(match, named=True))
    return found


def _is_name(text: str) -> bool:
    """Tell whether words of code make the text: the name of a type may have 40 characters."""
    if not text.isalnum() or sum(map(str.isdigit, text)) > _DIGITS_OF_A_NAME:
        return False
    from credlint.secrets.generic.model import load  # noqa: PLC0415  10 ms, and rare
    from credlint.secrets.generic.score import randomness  # noqa: PLC0415

    # A random text has more than 0 of these bits.
    return randomness(text, load()) < -len(text)


def _is_named_above(match: Match, view: TextView) -> bool:
    """Tell whether the block in which a default stands begins with the name of a secret key."""
    above = view.data[max(0, match.start - _CONTEXT_BYTES) : match.start]
    return _NAME.search(_BLOCK_END.split(above)[-1]) is not None


def speaks_of_aws(match: Match, view: TextView) -> bool:
    """Tell whether the file's name or something near the match names AWS or one of its keys."""
    low, high = max(0, match.start - _CONTEXT_BYTES), match.end + _CONTEXT_BYTES
    around = view.data[low : match.start] + b" " + view.data[match.end : high]
    return _CONTEXT.search(around) is not None or "aws" in view.uri.lower()


def unnamed_secrets(
    ids: Sequence[Match], taken: Sequence[SecretKey], pattern: Pattern, view: TextView
) -> list[SecretKey]:
    """Return the bare 40 characters that stand near an id: CSV rows, positional arguments.

    ``ids`` are in the order of the text. What is near to several is looked at once.
    """
    known = {entry.match.start for entry in taken}
    starts = [key_id.start for key_id in ids]
    found = []
    for low, high in surroundings(ids):
        for hit in iter_alone(view.data, low, high):
            if hit.start in known:
                continue
            place = bisect_left(starts, hit.start)
            beside = ids[max(0, place - 1) : place + 1]
            near = any(is_near(key_id, hit.start, view) for key_id in beside)
            if near and is_secret_key(hit.text, named=False):
                known.add(hit.start)
                found.append(SecretKey(Match(pattern, *hit), named=False))
    return found


def surroundings(ids: Sequence[Match]) -> list[tuple[int, int]]:
    """Return what lies within reach of the ids, overlapping parts joined."""
    ranges: list[tuple[int, int]] = []
    for key_id in ids:
        low = max(0, key_id.start - NEAR_BYTES)
        if ranges and low <= ranges[-1][1]:
            low, _ = ranges.pop()
        ranges.append((low, key_id.end + NEAR_BYTES))
    return ranges


def is_near(key_id: Match, start: int, view: TextView) -> bool:
    """Tell whether a place is within reach of an id, in bytes and in lines."""
    distance = view.lines.line_of(start) - view.lines.line_of(key_id.start)
    in_reach = key_id.start - NEAR_BYTES <= start < key_id.end + NEAR_BYTES
    return in_reach and abs(distance) <= _NEAR_LINES
