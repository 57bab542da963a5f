"""The stages of a Dockerfile, and what its variables hold where that can be told."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Optional

from credlint.code.docker.expansion import expand, references
from credlint.code.docker.instructions import Instruction
from credlint.model.lean_tuples import NamedTuple


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


Known = dict[str, Optional[str]]


def known_variables(
    instructions: Sequence[Instruction], stages: Sequence[Stage], escape: str
) -> dict[int, Known]:
    """Return, by where an instruction begins, what the variables hold that it refers to.

    None stands for what only the build knows: an ARG, whose default gives way to what is given to
    the build. What neither ENV nor ARG has named, in its stage or one that this is made from, is
    not there; the base image may have it.
    """
    known: dict[int, Known] = {}
    by_stage: dict[int, Known] = {}
    for found in instructions:
        now = by_stage.get(found.stage)
        if now is None:
            before = max(stages[found.stage].lineage - {found.stage}, default=-1)
            now = by_stage[found.stage] = dict(by_stage.get(before, ())) if before >= 0 else {}
        if "$" in found.line.text:
            names = references(found.line.text, escape)
            known[found.start] = {name: now[name] for name in names if name in now}
        if found.is_trigger:
            continue
        if found.name == "ENV":
            # Within one ENV the values of before count.
            old = known.get(found.start, {})
            now.update({pair.name: expand(pair.value or "", old, escape) for pair in found.pairs()})
        elif found.name == "ARG":
            for pair in found.pairs():
                now.setdefault(pair.name, None)
    return known
