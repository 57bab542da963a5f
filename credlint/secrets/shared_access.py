"""Shared access signatures of Azure: whoever has such a URL does what it says until it ends."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Optional
from urllib.parse import unquote

from credlint.model.finding import Level
from credlint.model.secret import Secret
from credlint.secrets.aws.moments import expiry_words, is_over, seconds_of, shown
from credlint.secrets.candidate import Candidate, Match, TextView
from credlint.secrets.randomness import is_masked

# What a query may hold, and as much of it on each side of the signature as is looked at.
_REACH = 600
_BREAK = re.compile(rb"[\s\"'<>`\\{}]")
# ISO 8601, of which Azure takes the day alone, minutes, seconds and their fractions
# (Microsoft Learn, "Create a service SAS", "Format of date and time values").
_ENDS = re.compile(
    r"[?&;]se=(\d{4}-\d\d-\d\d)(?:T(\d\d:\d\d)(?::(\d\d)(?:\.\d{1,7})?)?)?Z?(?:&|\Z)"
)


def inspect_shared_access(matches: Sequence[Match], view: TextView) -> Iterator[Candidate]:
    """Judge each signature by the query around it; one that is masked is none."""
    for match in matches:
        if not is_masked(match.text):
            yield _candidate(match, _ending(match, view.data), view)


def _ending(match: Match, data: bytes) -> Optional[float]:
    """Return the second since 1970 at which the signature ends, None where it does not say."""
    low = max(0, match.start - _REACH)
    breaks = [found.end() for found in _BREAK.finditer(data, low, match.start)]
    end = _BREAK.search(data, match.end, match.end + _REACH)
    text = data[breaks[-1] if breaks else low : end.start() if end else match.end + _REACH]
    query = unquote(text.decode("utf-8", "replace")).replace("&amp;", "&")
    found = _ENDS.search(f"?{query}")
    if found is None:
        return None
    day, minutes, seconds = found.groups()
    return seconds_of(f"{day}T{minutes or '00:00'}:{seconds or '00'}")


def _candidate(match: Match, ends: Optional[float], view: TextView) -> Candidate:
    label = str(match.pattern.options["label"])
    level: Level = "warning"
    message, properties = f"{label}.", [("kind", match.pattern.spec.id)]
    if ends is not None:
        over = is_over(ends, view)
        level = "note" if over else "error" if view.facts.now else "warning"
        message = f"{label}. {expiry_words(ends, view)}"
        properties.append(("expires", shown(ends)))
    return Candidate(
        pattern=match.pattern,
        start=match.start,
        end=match.end,
        value=Secret(match.text),
        level=level,
        message=message,
        subject=match.pattern.spec.id,
        properties=tuple(properties),
    )
