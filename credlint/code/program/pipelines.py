"""Scripts in pipelines of Jenkins: what the step ``sh`` runs.

Jenkins, "Pipeline: Nodes and Processes". A script in quotes is taken as it is written: Groovy puts
values into those in double quotes in the same spelling as the shell does, and its escapes are
nearly those of the shell.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Optional

from credlint.code.sighting import Embedded, Segment

if TYPE_CHECKING:
    from credlint.code.program.lexer import Program

# In code without the insides of strings: sh '…', sh("…"), sh(label: '…', script: '''…''').
_STEP = re.compile(
    r"(?<![\w.$])sh(?:[ \t]{1,8}|[ \t]{0,8}\(\s{0,80})"
    r"(?:[^(){}]{0,200}?\bscript[ \t]{0,8}:\s{0,80})?(?=[\"'])"
)


def iter_steps(program: Program) -> Iterator[Embedded]:
    """Yield the scripts of a pipeline."""
    for found in _STEP.finditer(program.code):
        literals = program.strings_between(found.end(), found.end() + 1)
        for literal in literals:
            text = program.text[literal.inner : literal.inner_end]
            segment = Segment(0, literal.inner, len(text))
            yield Embedded("shell", text, (segment,), _only_cuts)


def _only_cuts(written: str) -> Optional[str]:
    return None if written else written
