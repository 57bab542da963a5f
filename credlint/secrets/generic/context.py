"""What is handed between the readers, the judge and the inspector."""

from __future__ import annotations

from credlint.model.finding import Level
from credlint.model.lean_tuples import NamedTuple

# The reason of a verdict over digits: many of a name are a table.
HEXADECIMAL = "is hexadecimal, long enough for a key"


class Verdict(NamedTuple):
    """The level of a finding and why it is one: words that follow "the value"."""

    level: Level
    reason: str


class Context(NamedTuple):
    """What stands around a value."""

    name: str
    claim: str
    sign: str
    quoted: bool = False
    code: bool = False
    templated: bool = False
