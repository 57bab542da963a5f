"""A Dockerfile as checks see it: instructions, stages, values of variables, scripts inside."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import Optional

from credlint.code.docker.instructions import Instruction, read_instruction
from credlint.code.docker.lines import escape_of, iter_lines
from credlint.code.docker.scripts import iter_scripts
from credlint.code.docker.stages import Stage, stages_of, variables_before
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

    def variables_before(self, instruction: Instruction) -> dict[str, Optional[str]]:
        """Return what ENV and ARG have set up to it, None for what only the build knows."""
        number = instruction.stage
        lineage = self.stages[number].lineage if number >= 0 else frozenset((number,))
        return variables_before(self.instructions, lineage, instruction, self.escape)

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
