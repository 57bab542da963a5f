"""WhyNot: the shortest way to make a source win that does not."""

from __future__ import annotations

from typing import Literal, Optional

from credlint.model.lean_dataclasses import dataclass
from credlint.model.location import Location

Answer = Literal["wins", "changes", "impossible"]


@dataclass(frozen=True)
class Change:
    """One thing to do; ``text`` is an instruction ("unset X"), ``location`` where it is done."""

    text: str
    location: Optional[Location] = None


@dataclass(frozen=True)
class WhyNot:
    """What it takes that ``source`` supplies the credentials of one SDK.

    ``answer``: ``wins`` (it does already), ``changes`` (after ``changes``, each verified with the
    others by resolving the chain again), ``impossible`` (``reason`` says why nothing that is
    known would do). ``needs``: what must be there besides, which nothing here provides.
    """

    sdk: str
    source: str
    answer: Answer
    changes: tuple[Change, ...] = ()
    needs: tuple[str, ...] = ()
    reason: str = ""
