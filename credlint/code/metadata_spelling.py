"""Headers and paths of the metadata service of EC2 that are nearly right."""

from __future__ import annotations

import re
from typing import Optional

from credlint.code.metadata_addresses import (
    LIFETIME_HEADER,
    LONGEST_LIFETIME,
    TOKEN_HEADER,
)
from credlint.model.lean_tuples import NamedTuple

_SIGNS = re.compile(r"[^0-9a-z]")
_MOST_WRONG = 5
_LONGEST_NAME = 60
_PATH = re.compile(r"/(latest|lastest|latests|lates)/([A-Za-z_-]{3,12})(?=[/?\s]|\Z)")
_CATEGORIES = ("meta-data", "user-data", "dynamic", "api")
_MOST_WRONG_IN_PATH = 2
_SERVICE = "the metadata service of EC2"
_NUMBER = re.compile(r"-?[0-9]{1,9}\Z")


class Misspelling(NamedTuple):
    """``wrong``: the text as it stands; ``right``: what it has to be; ``what``: in words."""

    wrong: str
    right: str
    what: str


def misspelt_header(name: str, *, for_token: Optional[bool] = None) -> Optional[Misspelling]:
    """Return how the name of a header is wrong, None where it is right or another one's.

    ``for_token``: the request asks for a token; None where that is not known.
    """
    low = name.lower()
    expected = None if for_token is None else (TOKEN_HEADER, LIFETIME_HEADER)[for_token]
    if low in (TOKEN_HEADER.lower(), LIFETIME_HEADER.lower()):
        if expected is None or expected.lower() == low:
            return None
        return Misspelling(name, expected, f"the header of another request to {_SERVICE}")
    plain = _SIGNS.sub("", low)
    is_like = ("ec2" in plain or "metadatatoken" in plain) and plain.startswith(
        ("xaws", "aws", "xec2", "xams")
    )
    if len(name) > _LONGEST_NAME or not is_like:
        return None
    right = _nearest(plain)
    return Misspelling(name, expected or right, f"unknown to {_SERVICE}") if right else None


def _nearest(plain: str) -> str:
    """Return the header that a name without signs is meant for, empty for neither."""
    if plain.startswith("xawsec2metadatatokenttl"):
        return LIFETIME_HEADER
    distances = {
        right: distance(plain, _SIGNS.sub("", right.lower()))
        for right in (TOKEN_HEADER, LIFETIME_HEADER)
    }
    right = min(distances, key=lambda each: distances[each])
    return right if distances[right] <= _MOST_WRONG else ""


def wrong_lifetime(value: str) -> Optional[Misspelling]:
    """Return how a literal lifetime is outside of what the service takes."""
    if not _NUMBER.match(value) or 1 <= int(value) <= LONGEST_LIFETIME:
        return None
    return Misspelling(
        value,
        str(LONGEST_LIFETIME),
        f"not within the 1 to {LONGEST_LIFETIME:,} seconds of {_SERVICE}",
    )


def misspelt_path(path: str) -> Optional[Misspelling]:
    """Return how a path of the service is wrong in its first two parts."""
    found = _PATH.match(path)
    if found is None or found[2].startswith("$"):
        return None
    version, category = found.groups()
    if category in _CATEGORIES:
        right = category
    else:
        near = {each: distance(category.lower(), each) for each in _CATEGORIES if each != "api"}
        right = min(near, key=lambda each: near[each])
        if near[right] > _MOST_WRONG_IN_PATH:
            return None
    wrong, right = f"/{version}/{category}", f"/latest/{right}"
    return Misspelling(wrong, right, f"unknown to {_SERVICE}") if wrong != right else None


def distance(one: str, other: str) -> int:
    """Return how many characters must be put in, left out or exchanged (Levenshtein 1965)."""
    row = list(range(len(other) + 1))
    for number, sign in enumerate(one, 1):
        before, row[0] = row[0], number
        for place, wanted in enumerate(other, 1):
            step = min(row[place] + 1, row[place - 1] + 1, before + (sign != wanted))
            before, row[place] = row[place], step
    return row[-1]
