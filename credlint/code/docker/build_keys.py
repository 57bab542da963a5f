"""IAC116: keys of AWS that ENV or ARG leaves in an image's configuration or history."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Optional

from credlint.code.credential_names import KEY_ID, kind_of_ending
from credlint.code.credential_names import is_issued as has_form_of
from credlint.code.docker.expansion import expand, references
from credlint.code.docker.instructions import Instruction, Pair
from credlint.code.docker.reader import Dockerfile
from credlint.code.docker.removal import without
from credlint.code.sighting import Context, Sighting, Span
from credlint.model.finding import Level
from credlint.model.fix import FileEdits, Fix
from credlint.model.secret import Secret

# Programs that would miss the keys in a RUN.
_USES_AWS = re.compile(
    r"\baws\b|s3://|boto|codeartifact|\bsam\b|\bcdk\b|terraform|serverless|packer|chamber",
    re.IGNORECASE,
)
_ENV_STAYS = (
    "{name} set by ENV stays in the image's configuration, where everyone who can pull it reads it."
)
_ARG_STAYS = (
    "What is given to ARG {name} stays in the image's history, "
    "where everyone who can pull it reads it."
)
_DISCARDED = (
    "The stage is not the last one, so the value stays in the build's cache and its records."
)


def check(dockerfile: Dockerfile, context: Context) -> Iterator[Sighting]:
    """Yield the variables for keys that hold, or will hold, a value."""
    names = frozenset(
        pair.name
        for found in dockerfile.instructions
        if found.name in ("ENV", "ARG")
        for pair in found.pairs()
        if kind_of_ending(pair.name)
    )
    if not names:
        return
    for found in dockerfile.instructions:
        if found.name not in ("ENV", "ARG"):
            continue
        told = [
            (pair, value, level)
            for pair in found.pairs()
            for kind in (kind_of_ending(pair.name),)
            if kind
            for value in (literal_of(dockerfile, found, pair),)
            for level in (_level(dockerfile, found, pair, kind, value),)
            if level
        ]
        fix = _fix(dockerfile, found, frozenset(pair.name for pair, _, _ in told), names)
        for pair, value, level in told:
            shown = context.is_test or context.is_documentation
            yield _sighting(dockerfile, found, pair, value, "note" if shown else level, fix)


def literal_of(dockerfile: Dockerfile, found: Instruction, pair: Pair) -> Optional[str]:
    """Return the value of a variable where the Dockerfile alone decides it, else None."""
    if pair.value is None:
        return None
    if not references(pair.value, dockerfile.escape):
        return expand(pair.value, {}, dockerfile.escape)
    return expand(pair.value, dockerfile.variables_before(found), dockerfile.escape)


def _level(
    dockerfile: Dockerfile, found: Instruction, pair: Pair, kind: str, value: Optional[str]
) -> Optional[Level]:
    """Return how bad it is, None for what is another rule's or nothing.

    An id alone opens nothing. What cannot be a key is told by IAC118. An ARG before the first FROM
    is recorded only where a stage names it again.
    """
    if value is not None and not has_form_of(kind, value):
        return "note" if found.name == "ARG" and value and found.stage >= 0 else None
    if value is None and found.stage < 0:
        return None
    if value is None and found.name == "ENV" and not _is_handed_in(dockerfile, found, pair):
        return None
    if kind == KEY_ID or not dockerfile.is_shipped(found):
        return "warning"
    return "error"


def _is_handed_in(dockerfile: Dockerfile, found: Instruction, pair: Pair) -> bool:
    """Tell whether a value is made from something that the Dockerfile names before."""
    known = dockerfile.variables_before(found)
    return any(name in known for name in references(pair.value or "", dockerfile.escape))


def _sighting(
    dockerfile: Dockerfile,
    found: Instruction,
    pair: Pair,
    value: Optional[str],
    level: Level,
    fix: Fix,
) -> Sighting:
    message = (_ENV_STAYS if found.name == "ENV" else _ARG_STAYS).format(name=pair.name)
    if not dockerfile.is_shipped(found):
        message += f" {_DISCARDED}"
    literals: tuple[Span, ...] = ()
    if value and pair.value_start < pair.end:
        literals = (Span(pair.value_start, pair.end, f"the literal for {pair.name}"),)
    return Sighting(
        start=pair.start,
        end=pair.end,
        message=message,
        level=level,
        subject=f"{found.name} {pair.name}",
        literals=literals,
        value=Secret(value) if value else None,
        fix=fix,
    )


def _fix(
    dockerfile: Dockerfile, found: Instruction, gone: frozenset[str], names: frozenset[str]
) -> Fix:
    """Return the removal of all keys of an instruction, to be shown only where a RUN needs them.

    Removing them one by one would leave an ENV without any.
    """
    summary = f"Remove {', '.join(sorted(gone))} from this {found.name}."
    needed = _mentions(gone)
    for other in dockerfile.instructions:
        if other is found or other.name == "FROM" or other.line.start < found.line.start:
            continue
        if other.name in ("ENV", "ARG"):
            # Variables for keys that are made from it go as well.
            rest = [pair.value or "" for pair in other.pairs() if pair.name not in names]
            written = "\n".join(rest)
        else:
            written = dockerfile.text[other.line.start : other.line.end].decode("latin-1")
        if needed.search(written) or (other.name == "RUN" and _USES_AWS.search(written)):
            return Fix("display", f"{summary} A later {other.name} needs a secret mount first.")
    return Fix("unsafe", summary, (FileEdits("", without(dockerfile.text, found, gone)),))


def _mentions(names: frozenset[str]) -> re.Pattern[str]:
    return re.compile(r"\$\{?(?:" + "|".join(map(re.escape, sorted(names))) + r")\b")
