"""Sightings of literal keys in a provider or backend, with the edit that removes them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Optional

from credlint.code.hcl.credentials import Given, judged, literals
from credlint.code.hcl.edits import removal
from credlint.code.hcl.reader import HclFile
from credlint.code.sighting import Sighting
from credlint.model.fix import FileEdits, Fix
from credlint.model.key_id import parse_key_id
from credlint.model.secret import Secret

_NAMES = "{names}"


def sighting_of_keys(
    file: HclFile,
    given: Mapping[str, Given],
    addresses: Iterator[str],
    message: str,
    subject: str,
) -> Optional[Sighting]:
    """Return what is to be told of literal keys, None where there are none.

    ``message`` holds ``{names}`` where they are to be named.
    """
    found = literals(given)
    if not found:
        return None
    level, reason = judged(found, addresses)
    names = ", ".join(name + each.known.said for name, each in found.items())
    first = min(each.start for each in found.values())
    place = next(each for each in found.values() if each.start == first)
    telling = found.get("secret_key") or found.get("token") or found["access_key"]
    key = found.get("access_key")
    facts = parse_key_id(key.known.text or "") if key is not None else None
    return Sighting(
        start=first,
        end=place.end,
        message=f"{message.replace(_NAMES, names)} {reason}".rstrip(),
        level=level,
        subject=subject,
        literals=tuple(
            span
            for name, each in found.items()
            for span in each.known.spans(f"the literal for {name}")
        ),
        value=Secret(telling.known.text or ""),
        fix=_removed(file, given) if level == "error" else None,
        properties=(("account", facts.account),) if facts is not None and facts.account else (),
    )


def _removed(file: HclFile, given: Mapping[str, Given]) -> Fix:
    """Return the edits that take all keys away: a part of them would be worse than none.

    Unsafe where one of them comes from a variable, which somebody may set.
    """
    edits = tuple(removal(file.text, each.start, each.end) for each in given.values())
    in_place = all(each.known.text and not each.known.source for each in given.values())
    summary = "Remove the keys, so that the environment, a profile or a role gives them."
    return Fix("safe" if in_place else "unsafe", summary, (FileEdits("", edits),))
