"""Tokens that their own form gives away: prefix, length, alphabet, checksum."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Optional

from credlint.model.finding import Level
from credlint.model.secret import Secret
from credlint.secrets.candidate import Candidate, Match, TextView
from credlint.secrets.checksums import CHECKSUMS
from credlint.secrets.randomness import entropy, looks_random

_DEFAULT_ENTROPY = 3.0
# What every token of the kind shares tells nothing about its randomness.
_PREFIX = re.compile(r"[A-Za-z]{2,10}[_-](?:pat_)?")


def inspect_tokens(matches: Sequence[Match], view: TextView) -> Iterator[Candidate]:
    """Judge matches of kind ``token``, each by itself."""
    del view
    for match in matches:
        candidate = _inspect_token(match)
        if candidate is not None:
            yield candidate


def _inspect_token(match: Match) -> Optional[Candidate]:
    """Judge a match of kind ``token`` by its randomness and its checksum, where it has one.

    A wrong checksum proves that the issuer never gave out this text. It is a note, not silence:
    a token with one character lost is still nearly given away.
    """
    options = match.pattern.options
    floor = float(options.get("min_entropy", _DEFAULT_ENTROPY))
    changes = int(options.get("min_changes", 0))
    body = _PREFIX.sub("", match.text)
    checksum = options.get("checksum")
    valid = checksum is not None and CHECKSUMS[str(checksum)](match.text)
    # A valid checksum outweighs a word that chance has spelt.
    if not (valid and entropy(body) >= floor) and not looks_random(body, floor, changes):
        return None
    label = str(options.get("label", match.pattern.rule.summary.rstrip(".")))
    level: Level = options.get("level", match.pattern.rule.level)
    message = f"{label}."
    properties = [("kind", match.pattern.spec.id)]
    if checksum is not None:
        properties.append(("checksum", "valid" if valid else "invalid"))
        if valid:
            message = f"{label} with a valid checksum."
        else:
            level, message = "note", f"{label} with a wrong checksum: mistyped, cut or made up."
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
