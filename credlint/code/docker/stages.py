"""The stages of a Dockerfile, and what its variables hold where that can be told."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple, Optional

from credlint.code.docker.expansion import expand
from credlint.code.docker.instructions import Instruction


class Stage(NamedTuple):
    """``name`` in lower case, or empty; ``base``: what FROM says, variables put in where known.

    ``lineage``: numbers of the stages whose file system and environment it has: its own, and those
    that it is made from.
    """

    number: int
    name: str
    base: Optional[str]
    lineage: frozenset[int]


def stages_of(instructions: Iterable[Instruction], escape: str) -> tuple[Stage, ...]:
    """Return the stages in order."""
    stages: list[Stage] = []
    known: dict[str, Optional[str]] = {}
    for found in instructions:
        if found.stage < 0 and found.name == "ARG":
            for pair in found.pairs():
                known[pair.name] = expand(pair.value, known, escape) if pair.value else None
        if found.name != "FROM" or found.is_trigger:
            continue
        words = [word.text for word in found.words()]
        base = expand(words[0], known, escape) if words else None
        is_named = len(words) > 2 and words[1].lower() == "as"  # noqa: PLR2004
        parent = next((s for s in reversed(stages) if base and s.name == base.lower()), None)
        lineage = frozenset((found.stage, *(parent.lineage if parent else ())))
        stages.append(Stage(found.stage, words[2].lower() if is_named else "", base, lineage))
    return tuple(stages)


def variables_before(
    instructions: Sequence[Instruction], lineage: frozenset[int], last: Instruction, escape: str
) -> dict[str, Optional[str]]:
    """Return the variables as an instruction of a stage meets them, None for what is not known.

    An ARG without default is there and not known; nor is one with a default, since what is given
    to the build comes before it. The variables of the base image are not there.
    """
    known: dict[str, Optional[str]] = {}
    for found in instructions:
        if found is last:
            break
        if found.stage not in lineage or found.is_trigger:
            continue
        if found.name == "ENV":
            # Within one ENV the values of before count.
            known.update(
                {pair.name: expand(pair.value or "", known, escape) for pair in found.pairs()}
            )
        elif found.name == "ARG":
            for pair in found.pairs():
                known.setdefault(pair.name, None)
    return known
