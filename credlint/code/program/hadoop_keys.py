"""SRC214 in programs: AWS keys that are set for Hadoop or Spark, as in ``conf.set(name, key)``."""

from __future__ import annotations

import re
from collections.abc import Iterator

from credlint.code.hadoop.literal_keys import of_group
from credlint.code.hadoop.reader import Setting
from credlint.code.program.lexer import Literal, Program
from credlint.code.sighting import Context, Sighting
from credlint.model.lean_dataclasses import replace

# Between name and value: an argument, or a pair as Scala, Kotlin and Ruby write it.
_BETWEEN = re.compile(r"\s{0,80}(?:,|->|=>|\bto\b)\s{0,80}\Z")


def check(program: Program, context: Context) -> Iterator[Sighting]:
    """Yield one finding for the keys of a program."""
    strings = program.strings_between(0, program.tests_from)
    settings = [
        Setting(name.value, value.value, name.start, value.inner, value.inner_end)
        for name, value in zip(strings, strings[1:])
        if name.value.find("fs.s3") >= 0 and _are_together(program, name, value)
    ]
    found = of_group(settings)
    # Lists of providers are chosen for what the program does.
    if found is not None and found.literals:
        quiet = context.is_test or context.is_documentation
        yield replace(found, level="note") if quiet else found


def _are_together(program: Program, name: Literal, value: Literal) -> bool:
    between = program.code[name.end : value.start]
    return not value.has_holes and len(between) < 200 and _BETWEEN.match(between) is not None  # noqa: PLR2004  more than its gaps
