"""Passwords and keys that a file or a syntax names: what stands there is judged by itself."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Optional

from credlint.model.finding import Level
from credlint.model.secret import Secret
from credlint.secrets.candidate import Candidate, Match, TextView
from credlint.secrets.plausible import fault_of
from credlint.secrets.randomness import looks_random

_REACH = 4096
# What follows a value on its line in settings files.
_COMMENT = re.compile(r"[ \t][#;]|[ \t]//[ \t]")
_NAME = re.compile(r"[A-Za-z_.-]+")
_STAND_IN = " The value looks like a placeholder or an all too common password."


def inspect_stored_values(matches: Sequence[Match], view: TextView) -> Iterator[Candidate]:
    """Judge values of which their place says that they are secrets."""
    for match in matches:
        value = _COMMENT.split(match.text)[0].rstrip()
        candidate = stored_value(match, value)
        if candidate is None:
            continue
        candidate = candidate.changed(end=min(match.end, match.start + len(value.encode())))
        if candidate.level == "note" and _in_comment(view.data, match.start):
            continue  # the template that a program ships
        yield candidate


def _in_comment(data: bytes, place: int) -> bool:
    """Tell whether the place lies in a comment of XML that begins not far before it."""
    near = data[max(0, place - _REACH) : place]
    return near.rfind(b"<!--") > near.rfind(b"-->")


def _random_enough(match: Match, value: str) -> bool:
    """Tell whether the value is as random as the pattern asks for, where it asks."""
    options = match.pattern.options
    floor = float(options.get("min_entropy", 0))
    changes = int(options.get("min_changes", 0))
    if not floor:
        return True
    return looks_random(value, floor, changes) and not _is_name(value)


def _is_name(value: str) -> bool:
    """Tell whether the value is a name of code made of words, where randomness is asked for."""
    if _NAME.fullmatch(value) is None:
        return False
    from credlint.secrets.generic.score import reads_as_words  # noqa: PLC0415  10 ms, and rare

    return reads_as_words(value)


def stored_value(match: Match, value: str, user: Optional[str] = None) -> Optional[Candidate]:
    """Return the finding about one value, None where it only refers to one or stands in for one.

    With the pattern's option ``weak = "note"`` a stand-in is a note: in a file that programs read
    to log in, ``password`` is a password too.
    """
    options = match.pattern.options
    level: Level = options.get("level", match.pattern.rule.level)
    message = f"{options.get('label', match.pattern.rule.summary.rstrip('.'))}."
    fault = fault_of(value, user)
    if fault == "stand-in" and options.get("weak") == "note":
        level, message = "note", message + _STAND_IN
    elif fault is not None or not _random_enough(match, value):
        return None
    return Candidate(
        pattern=match.pattern,
        start=match.start,
        end=match.end,
        value=Secret(value),
        level=level,
        message=message,
        subject=match.pattern.spec.id,
        properties=(("kind", match.pattern.spec.id),),
    )
