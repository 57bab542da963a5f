"""A Dockerfile as checks see it: instructions, stages, values of variables, scripts inside."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import Optional

from credlint.code.docker.instructions import Instruction, read_instruction
from credlint.code.docker.lines import escape_of, iter_lines
from credlint.code.docker.scripts import iter_scripts
from credlint.code.docker.stages import Stage, known_variables, stages_of
from credlint.code.sighting import Embedded, NotReadError

MOST_LINES = 20_000
_TEMPLATES = ("{{", "{%", "<%", "#{")


class Dockerfile:
    """The instructions in order, those of heredocs' texts not among them.

    A text without a FROM, of which most is no instruction, is no Dockerfile: it has no formats.
    """

    def __init__(self, text: bytes, instructions: tuple[Instruction, ...], escape: str) -> None:
        self.text = text
        self.instructions = instructions
        self.escape = escape
        self.formats: tuple[str, ...] = ("dockerfile",)
        self.unread: tuple[str, ...] = ()

    @cached_property
    def stages(self) -> tuple[Stage, ...]:
        """Return the stages, one for each FROM."""
        return stages_of(self.instructions, self.escape)

    def known_to(self, instruction: Instruction) -> dict[str, Optional[str]]:
        """Return what the variables hold that it refers to, see ``stages.known_variables``."""
        return self._known.get(instruction.start, {})

    @cached_property
    def _known(self) -> dict[int, dict[str, Optional[str]]]:
        return known_variables(self.instructions, self.stages, self.escape)

    @cached_property
    def declared(self) -> dict[str, set[int]]:
        """Return where ENV and ARG of any stage name a variable."""
        places: dict[str, set[int]] = {}
        for found in self.instructions:
            if found.name in ("ENV", "ARG") and found.stage >= 0:
                for pair in found.pairs():
                    places.setdefault(pair.name, set()).add(found.start)
        return places

    def is_shipped(self, instruction: Instruction) -> bool:
        """Tell whether the last stage is the one of the instruction, or made from it.

        Any stage can be built by name; without one, the last is.
        """
        if not self.stages:
            return True
        return instruction.stage in self.stages[-1].lineage

    def embedded(self) -> Iterable[Embedded]:
        """Yield what RUN, CMD, ENTRYPOINT and HEALTHCHECK hand to a shell."""
        return iter_scripts(self.text, self.instructions)


def read(text: bytes, uri: str) -> Dockerfile:
    """Return the Dockerfile; raises NotReadError for too many lines."""
    del uri
    characters = text.decode("latin-1")
    escape = escape_of(characters)
    stage, unknown = -1, 0
    instructions: list[Instruction] = []
    for count, line in enumerate(iter_lines(characters, escape)):
        if count >= MOST_LINES:
            message = f"more than {MOST_LINES:,} instructions"
            raise NotReadError(message)
        found = read_instruction(line, stage, escape)
        if found is None:
            unknown += 1
            continue
        if found.name == "FROM" and not found.is_trigger:
            stage += 1
            found = found._replace(stage=stage)
        instructions.append(found)
    document = Dockerfile(text, tuple(instructions), escape)
    if stage < 0 and unknown * 2 >= len(instructions):
        document.formats = ()
    elif unknown:
        has_template = any(sign in characters for sign in _TEMPLATES)
        document.unread = (
            "templates were passed over" if has_template else "some lines are no instructions",
        )
    return document
