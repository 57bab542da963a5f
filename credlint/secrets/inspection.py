"""Hands each match to the inspector of its kind and lets one finding stand per place."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Callable, Optional

from credlint.secrets import aws
from credlint.secrets.candidate import Candidate, Match, TextView
from credlint.secrets.patterns import Pattern
from credlint.secrets.private_keys import (
    inspect_encoded_key,
    inspect_private_key,
    inspect_putty_key,
)
from credlint.secrets.tokens import inspect_token

# The values that a pattern's `kind` may have, AWS ids and secrets aside: those go together.
INSPECTORS: dict[str, Callable[[Match, TextView], Optional[Candidate]]] = {
    "token": inspect_token,
    "private-key": inspect_private_key,
    "putty-key": inspect_putty_key,
    "encoded-private-key": inspect_encoded_key,
    aws.SESSION_TOKEN: aws.inspect_session_token,
}
KINDS = frozenset({*INSPECTORS, aws.KEY_ID, aws.SECRET_KEY})


def inspect(
    matches: Sequence[Match],
    patterns: Sequence[Pattern],
    view: TextView,
    reported: Optional[frozenset[str]] = None,
) -> list[Candidate]:
    """Return what of the matches is worth reporting, in the order of the text.

    ``reported``: the codes of the rules that are switched on, None for all.
    """
    candidates: list[Candidate] = []
    ids: list[Match] = []
    secrets: list[Match] = []
    for match in matches:
        kind = match.pattern.spec.kind
        if kind == aws.KEY_ID:
            ids.append(match)
        elif kind == aws.SECRET_KEY:
            secrets.append(match)
        else:
            candidate = INSPECTORS[kind](match, view)
            if candidate is not None:
                candidates.append(candidate)
    if ids or secrets:
        bare = next((p for p in patterns if p.spec.kind == aws.SECRET_KEY), None)
        carrier = Match(bare, 0, 0, "") if bare is not None else None
        candidates.extend(aws.inspect_aws_keys(ids, secrets, carrier, view))
    return _one_per_place(
        [entry for entry in candidates if reported is None or entry.pattern.rule.id in reported]
    )


def _one_per_place(candidates: list[Candidate]) -> list[Candidate]:
    """Drop a candidate that lies within or across a longer one: a value is reported once."""
    chosen: list[Candidate] = []
    for candidate in sorted(candidates, key=lambda c: (c.start, -c.end, c.pattern.rule.id)):
        if chosen and candidate.start < chosen[-1].end:
            if candidate.end - candidate.start > chosen[-1].end - chosen[-1].start:
                chosen[-1] = candidate
            continue
        chosen.append(candidate)
    return chosen
