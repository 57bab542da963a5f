"""IAC116: keys of AWS that ENV or ARG leaves in an image's configuration or history."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Optional

from credlint.code.credential_names import KEY_ID, kind_of_ending
from credlint.code.docker.expansion import expand, references
from credlint.code.docker.instructions import Instruction, Pair
from credlint.code.docker.reader import Dockerfile
from credlint.code.docker.removal import without
from credlint.code.issued_keys import is_issued as has_form_of
from credlint.code.sighting import Context, Sighting, Span
from credlint.model.finding import Level
from credlint.model.fix import FileEdits, Fix
from credlint.model.secret import Secret

# Programs that would miss the keys in a RUN.
_USES_AWS = re.compile(
    r"\baws\b|s3://|boto|codeartifact|\bsam\b|\bcdk\b|terraform|serverless|packer|chamber",
    re.IGNORECASE,
)
_REFERENCE = re.compile(r"\$\{?([A-Za-z_][A-Za-z0-9_]*)")
_BY_A_PROGRAM = ""  # no name of a variable
_WHAT = {"ENV": "{name} set by ENV", "ARG": "What is given to ARG {name}"}
_STAYS = {
    "ENV": " stays in the image's configuration, where everyone who can pull it reads it.",
    "ARG": " stays in the image's history, where everyone who can pull it reads it.",
}
_DISCARDED = " stays in the build's cache and records; this stage is not the one that is shipped."


def check(dockerfile: Dockerfile, context: Context) -> Iterator[Sighting]:
    """Yield the variables for keys that hold, or will hold, a value."""
    last_use: Optional[dict[str, int]] = None
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
        if not told:
            continue
        if last_use is None:
            last_use = _last_uses(dockerfile)
        fix = _fix(dockerfile, found, frozenset(pair.name for pair, _, _ in told), last_use)
        for pair, value, level in told:
            shown = context.is_test or context.is_documentation
            yield _sighting(dockerfile, found, pair, value, "note" if shown else level, fix)


def literal_of(dockerfile: Dockerfile, found: Instruction, pair: Pair) -> Optional[str]:
    """Return the value of a variable where the Dockerfile alone decides it, else None."""
    if pair.value is None:
        return None
    if not references(pair.value, dockerfile.escape):
        return expand(pair.value, {}, dockerfile.escape)
    return expand(pair.value, dockerfile.known_to(found), dockerfile.escape)


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
    known = dockerfile.known_to(found)
    return any(name in known for name in references(pair.value or "", dockerfile.escape))


def _sighting(
    dockerfile: Dockerfile,
    found: Instruction,
    pair: Pair,
    value: Optional[str],
    level: Level,
    fix: Fix,
) -> Sighting:
    stays = _STAYS[found.name] if dockerfile.is_shipped(found) else _DISCARDED
    literals: tuple[Span, ...] = ()
    if value and pair.value_start < pair.end:
        literals = (Span(pair.value_start, pair.end, f"the literal for {pair.name}"),)
    return Sighting(
        start=pair.start,
        end=pair.end,
        message=_WHAT[found.name].format(name=pair.name) + stays,
        level=level,
        subject=f"{found.name} {pair.name}",
        literals=literals,
        value=Secret(value) if value else None,
        fix=fix,
    )


def _fix(
    dockerfile: Dockerfile, found: Instruction, gone: frozenset[str], last_use: dict[str, int]
) -> Fix:
    """Return the removal of all keys of an instruction, to be shown only where they are needed.

    Removing them one by one would leave an ENV without any.
    """
    summary = f"Remove {', '.join(sorted(gone))} from this {found.name}."
    if any(last_use.get(name, -1) > found.start for name in (*gone, _BY_A_PROGRAM)):
        return Fix("display", f"{summary} What follows needs a secret mount first.")
    return Fix("unsafe", summary, (FileEdits("", without(dockerfile.text, found, gone)),))


def _last_uses(dockerfile: Dockerfile) -> dict[str, int]:
    """Return where each variable is last referred to, and where a program may last need keys.

    Variables for keys that are made from others go as well, and do not count.
    """
    uses: dict[str, int] = {}
    for found in dockerfile.instructions:
        if found.name in ("ENV", "ARG"):
            values = [pair.value or "" for pair in found.pairs() if not kind_of_ending(pair.name)]
            written = "\n".join(values)
        else:
            written = dockerfile.text[found.line.start : found.line.end].decode("latin-1")
        uses.update(dict.fromkeys(_REFERENCE.findall(written), found.start))
        if found.name == "RUN" and _USES_AWS.search(written):
            uses[_BY_A_PROGRAM] = found.start
    return uses
