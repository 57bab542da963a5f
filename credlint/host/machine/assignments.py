"""Lines of a host that set variables: raw while they are read, captured before they are kept.

A raw one holds a secret and never leaves this room; its ``repr`` shows none.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Optional

from credlint.host.captured import Capturer
from credlint.host.environ import capture_environment, is_captured, is_sensitive
from credlint.host.scrub import merge, shaped_spans
from credlint.host.system_properties import VARIABLES as JAVA_VARIABLES
from credlint.host.system_properties import iter_secrets as iter_property_secrets
from credlint.model.audit import Assignment
from credlint.model.lean_dataclasses import dataclass

# Lines that let variables of others through: ``variable`` is a pattern, the value is empty.
PATTERN_KINDS = frozenset(("ssh-accept-env", "ssh-send-env"))
# Said by every login of its own accord; who set them tells nothing about credentials.
_PERSONAL = frozenset(("HOME", "PATH", "USERPROFILE", "SUDO_USER"))


@dataclass(frozen=True)
class RawAssignment:
    """As ``model.audit.Assignment``, with the value as it stands (or as the reader expands it)."""

    kind: str
    path: str
    line: int
    column: int
    end_column: int
    variable: str
    value: str
    literal: bool = True
    user: Optional[str] = None
    units: tuple[str, ...] = ()
    container: Optional[str] = None
    named_by: Optional[str] = None

    def __repr__(self) -> str:
        return f"RawAssignment({self.kind} {self.path}:{self.line} {self.variable})"


def is_wanted(variable: str) -> bool:
    """Tell whether an assignment of that variable is worth keeping."""
    return (is_captured(variable) and variable not in _PERSONAL) or variable in JAVA_VARIABLES


def iter_secrets(raw: Iterable[RawAssignment]) -> Iterator[str]:
    """Yield every value that is secret by its variable's name, for the capturer to know."""
    for one in raw:
        if one.variable in JAVA_VARIABLES:
            yield from iter_property_secrets({one.variable: one.value})
        elif is_wanted(one.variable) and is_sensitive(one.variable) and one.literal:
            yield one.value


def capture_assignment(raw: RawAssignment, capturer: Capturer) -> Optional[Assignment]:
    """Return what may be kept of an assignment, None when its variable is of no interest.

    What a JVM is started with is kept without its text: it may hold keys among other words.
    """
    is_pattern = raw.kind in PATTERN_KINDS
    if not is_wanted(raw.variable) and not is_pattern:
        return None
    if raw.variable in JAVA_VARIABLES or is_pattern:
        value = capturer.capture_secret(raw.value)
        name = capturer.scrub(raw.variable, identifier=True)
    else:
        (captured,) = capture_environment({raw.variable: raw.value}, capturer)
        name, value = captured.name, captured.value
    units = tuple(_named(one, capturer) for one in raw.units)
    return Assignment(
        kind=raw.kind,
        path=_named(raw.path, capturer),
        line=raw.line,
        column=raw.column,
        end_column=raw.end_column,
        variable=name,
        value=value,
        literal=raw.literal,
        user=raw.user,
        units=units,
        container=raw.container and _named(raw.container, capturer),
        named_by=raw.named_by and _named(raw.named_by, capturer),
    )


def _named(name: str, capturer: Capturer) -> str:
    """Return the name of a file, unit or container without what has the shape of a key."""
    kept, position = [], 0
    for start, end in merge(shaped_spans(name, identifier=True)):
        kept += [name[position:start], capturer.mark(name[start:end])]
        position = end
    return "".join([*kept, name[position:]])
