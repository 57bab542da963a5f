"""SRC203 in programs: strings that are nearly a header or a path of the metadata service."""

from __future__ import annotations

from collections.abc import Iterator

from credlint.code.metadata_addresses import find_address
from credlint.code.metadata_spelling import Misspelling, misspelt_header, misspelt_path
from credlint.code.program.lexer import Literal, Program
from credlint.code.sighting import Context, Sighting
from credlint.model.fix import Edit, FileEdits, Fix


def check(program: Program, context: Context) -> Iterator[Sighting]:
    """Yield headers and paths that are spelled wrong."""
    if context.is_test:
        return
    for literal in program.strings_between(0, program.tests_from):
        wrong = _wrong(literal)
        if wrong is None:
            continue
        start = program.text.find(wrong.wrong.encode(), literal.inner, literal.inner_end)
        if start < 0:
            continue
        place = (start, start + len(wrong.wrong.encode()))
        edit = Edit(*place, wrong.right)
        yield Sighting(
            *place,
            message=f"{wrong.wrong} is {wrong.what}; it has to be {wrong.right}.",
            level="note" if context.is_documentation else None,
            subject=f"{wrong.wrong} {wrong.right}",
            fix=Fix("safe", f"Write {wrong.right}.", (FileEdits("", (edit,)),)),
        )


def _wrong(literal: Literal) -> Misspelling | None:
    name = literal.value.partition(":")[0].strip()
    if name[:2].lower() == "x-" and "ec2" in name.lower():
        return misspelt_header(name)
    address = find_address(literal.value)
    if address is not None and address.start == 0 and address.service == "instance":
        return misspelt_path(address.path)
    return None
