"""Tokens that their own form gives away: prefix, length, alphabet, checksum."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Optional

from credlint.model.finding import Level
from credlint.model.secret import Secret
from credlint.secrets.candidate import Candidate, Match, TextView
from credlint.secrets.checksums import CHECKSUMS
from credlint.secrets.patterns import Pattern
from credlint.secrets.randomness import class_changes, counts_up, entropy, is_masked

_DEFAULT_ENTROPY = 3.0
# Of 20 random hex digits 2.7 bits a character are met once in 100, of 32 once in 10,000.
_SHORT_HEX_ENTROPY = 2.6
_SHORT_HEX = re.compile(r"[0-9a-fA-F-]{1,31}\Z")
# In long base64 of something structured, runs of A are NULs and no mask.
_LONG = 60
_NULS = re.compile(r"A{4,}")
_WORD = re.compile(r"[a-z]{12}")
_JSON = re.compile(r"eyJ[A-Za-z0-9+/]+")
_JOINTS = re.compile(r"[-_.]")
_NAME_PART = re.compile(r"(?:[A-Z]?[a-z]*[0-9]{0,2}|[A-Z]+[0-9]{0,2}|[0-9]{1,4})\Z")
_MANY_PARTS = 4
# A body shorter than this may lack digits, or change its case seldom, by chance.
_TELLING = 16
# Neighbours of different case among random letters: one in two; in names in camel case: 1 in 3.
_FEWEST_CHANGES = 0.35
# A longer text is structured: what looks like a word in it proves nothing.
_LONGEST_MASK = 100
# Ids in front of what varies, as in Slack's tokens.
_IDS = re.compile(r"(?:[0-9]+-)+")


def inspect_tokens(matches: Sequence[Match], view: TextView) -> Iterator[Candidate]:
    """Judge matches of kind ``token``, each by itself."""
    del view
    for match in matches:
        candidate = _inspect_token(match)
        if candidate is not None:
            yield candidate


def body_of(text: str, pattern: Pattern) -> str:
    """Return what varies: the token without the beginning that all of its kind share."""
    shared = [start for start in pattern.starts if text.startswith(start)]
    body = text[len(max(shared, key=len)) :] if shared else text
    if len(body) >= _LONG:
        body = _NULS.sub("", body)
    ids = _IDS.match(body)
    return body[ids.end() :] if ids and ids.end() < len(body) else body


def reads_as_words(body: str) -> bool:
    """Tell whether a token's body is made of words, as names in code and placeholders are.

    By chance in fewer than one of 200 random bodies of any alphabet that has digits.
    """
    parts = [part for part in _JOINTS.split(body) if part]
    if len(parts) >= _MANY_PARTS and all(_NAME_PART.match(part) for part in parts):
        return True
    if any(character.isdigit() for character in body):
        return len(body) <= _LONG and any(_WORD.search(part) for part in parts if _is_mixed(part))
    if len(body) < _TELLING:
        return False
    return not _is_mixed(body) or class_changes(body) < _FEWEST_CHANGES * len(body)


def _is_mixed(text: str) -> bool:
    return text != text.upper() and text != text.lower()


def _is_object_with(text: str, wanted: Sequence[str]) -> bool:
    """Tell whether the first base64 of a JSON object in the text holds all that is wanted."""
    found = _JSON.search(text)
    if found is None:
        return False
    whole = found.group()
    data = base64.b64decode(whole[: len(whole) // 4 * 4])
    return all(text.encode() in data for text in wanted)


def _inspect_token(match: Match) -> Optional[Candidate]:
    """Judge a match of kind ``token`` by its randomness and its checksum, where it has one."""
    pattern, options = match.pattern, match.pattern.options
    body = body_of(match.text, pattern)
    checksum = options.get("checksum")
    valid = checksum is not None and CHECKSUMS[str(checksum)](match.text)
    if not is_a_token(match.text, body, options, valid=valid):
        return None
    label = str(options.get("label", pattern.rule.summary.rstrip(".")))
    level: Level = options.get("level", pattern.rule.level)
    properties = [("kind", pattern.spec.id)]
    if checksum is not None:
        properties.append(("checksum", "valid" if valid else "invalid"))
    fault = None if valid else _fault(body, options)
    return Candidate(
        pattern=pattern,
        start=match.start,
        end=match.end,
        value=Secret(match.text),
        level="note" if fault else level,
        message=f"{label}{fault or (' with a valid checksum' if valid else '')}.",
        subject=pattern.spec.id,
        properties=tuple(properties),
    )


def is_a_token(text: str, body: str, options: Mapping[str, Any], *, valid: bool) -> bool:
    """Tell a token from a name, a mask and a text of another kind that begins alike."""
    least = _SHORT_HEX_ENTROPY if _SHORT_HEX.match(body) else _DEFAULT_ENTROPY
    if entropy(body) < float(options.get("min_entropy", least)):
        return False
    if "decoded" in options and not _is_object_with(text, options["decoded"]):
        return False
    # A valid checksum outweighs a word that chance has spelt.
    if valid:
        return True
    if len(body) <= _LONGEST_MASK and is_masked(body):
        return False
    if "min_changes" in options:
        return class_changes(body) >= int(options["min_changes"])
    return counts_up(body) or not reads_as_words(body)


def _fault(body: str, options: Mapping[str, Any]) -> Optional[str]:
    """Return why the issuer never gave this text to one customer alone, None when it may have.

    A wrong checksum proves it, and so do characters in the order of the alphabet. Such a text is
    a note, not silence: a token with one character lost is still nearly given away.
    """
    if "checksum" in options:
        return " with a wrong checksum: mistyped, cut or made up"
    return " that looks made up, with characters in order" if counts_up(body) else None
