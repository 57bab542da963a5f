"""IAC116 outside of Dockerfiles: keys as build arguments of Compose files."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Optional

from credlint.code.credential_names import KEY_ID, kind_of_ending
from credlint.code.issued_keys import is_issued
from credlint.code.marked.document import MarkedDocument
from credlint.code.marked.nodes import Scalar, at, entries_of, items_of
from credlint.code.sighting import Context, Sighting, Span
from credlint.model.finding import Level
from credlint.model.lean_tuples import NamedTuple
from credlint.model.secret import Secret

# What stands for a value that is handed in.
_HANDED_IN = ("${", "$(")


class _Argument(NamedTuple):
    """``value``: None where the shell or a secret of the pipeline gives it."""

    name: str
    value: Optional[str]
    start: int
    end: int


def check(document: MarkedDocument, context: Context) -> Iterator[Sighting]:
    """Yield the build arguments whose names are those of keys."""
    for argument in _arguments(document):
        kind = kind_of_ending(argument.name)
        if not kind:
            continue
        level: Level = "warning" if kind == KEY_ID else "error"
        made_up = argument.value is not None and not is_issued(kind, argument.value)
        if context.is_test or context.is_documentation or made_up:
            level = "note"
        literal = None if made_up else argument.value
        yield Sighting(
            start=argument.start,
            end=argument.end,
            message=(
                f"The build argument {argument.name} stays in the image's history, "
                "where everyone who can pull it reads it."
            ),
            level=level,
            subject=f"build argument {argument.name}",
            literals=(Span(argument.start, argument.end),) if literal else (),
            value=Secret(literal) if literal else None,
        )


def _arguments(document: MarkedDocument) -> Iterator[_Argument]:
    for root in document.roots:
        for service in entries_of(at(root, "services")):
            arguments = at(service.value, "build", "args")
            for entry in entries_of(arguments):
                value = entry.value
                text = value.value if isinstance(value, Scalar) else ""
                yield _Argument(entry.key.value or "", _literal(text), entry.key.start, value.end)
            for item in items_of(arguments):
                if isinstance(item, Scalar) and item.value:
                    name, sign, text = item.value.partition("=")
                    yield _Argument(name, _literal(text if sign else ""), item.start, item.end)


def _literal(text: Optional[str]) -> Optional[str]:
    return text if text and not any(sign in text for sign in _HANDED_IN) else None
