"""IAC118: variables in an image that take the place of the role that it runs with."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Optional

from credlint.code.credential_names import PROFILE_VARIABLES, kind_of
from credlint.code.docker.build_keys import literal_of
from credlint.code.docker.expansion import references
from credlint.code.docker.instructions import Instruction, Pair
from credlint.code.docker.reader import Dockerfile
from credlint.code.docker.removal import without
from credlint.code.issued_keys import is_issued
from credlint.code.other_stores import points_elsewhere
from credlint.code.sighting import Context, Sighting
from credlint.model.finding import Level
from credlint.model.fix import FileEdits, Fix

# Signs that the image brings its profiles along.
_CONFIGURES = re.compile(r"\.aws\b|aws[ \t]+configure|AWS_(?:CONFIG_FILE|SHARED_CREDENTIALS_FILE)")

_EMPTY = (
    "The image sets {name} to nothing: most SDKs pass over an empty key, "
    "scripts and libraries that ask whether it is set do not."
)
_MADE_UP = (
    "The image sets {name} to a value that AWS did not issue: "
    "where a role would do, the SDK takes this instead, and every call is refused."
)
_EMPTY_PROFILE = (
    "The image sets {name} to nothing: "
    "for some SDKs that names a profile that cannot exist, and they stop."
)
_NO_PROFILE = (
    "The image sets {name}, and no profile is in it: where no file is mounted, "
    "SDKs stop with an error and never ask for the role of the task or pod."
)
_UNDEFINED = (
    "The image sets {name} from {source}, which no ARG or ENV defines: "
    "unless the base image does, it is empty, and what the shell has never gets in."
)


def check(dockerfile: Dockerfile, context: Context) -> Iterator[Sighting]:
    """Yield profiles, empty and made-up keys that ENV gives to every container."""
    if _is_elsewhere(dockerfile):
        return
    own_profiles = _CONFIGURES.search(dockerfile.text.decode("latin-1")) is not None
    for found in dockerfile.instructions:
        if found.name != "ENV" or not dockerfile.is_shipped(found):
            continue
        told = [
            (pair, fault)
            for pair in found.pairs()
            for fault in (_fault(dockerfile, found, pair, own_profiles=own_profiles),)
            if fault
        ]
        fix = _fix(dockerfile, found, frozenset(pair.name for pair, _ in told))
        for pair, (message, level) in told:
            shown = context.is_test or context.is_documentation
            yield Sighting(
                start=pair.start,
                end=pair.end,
                message=message,
                level="note" if shown else level,
                subject=f"ENV {pair.name}",
                fix=fix,
            )


def _is_elsewhere(dockerfile: Dockerfile) -> bool:
    """Tell whether the image is for an emulator or another store, which insist on some key."""
    return any(
        pair.value and points_elsewhere(pair.name, pair.value.strip("\"'"))
        for found in dockerfile.instructions
        if found.name == "ENV"
        for pair in found.pairs()
    )


def _fault(
    dockerfile: Dockerfile, found: Instruction, pair: Pair, *, own_profiles: bool
) -> Optional[tuple[str, Level]]:
    """Return what a variable does to the chain, and how bad that is."""
    name = pair.name
    if name in PROFILE_VARIABLES:
        return None if own_profiles else _profile_fault(dockerfile, found, pair)
    kind = kind_of(name)
    if not kind:
        return None
    value = literal_of(dockerfile, found, pair)
    if value is None:
        return _undefined(dockerfile, found, pair)
    if not value:
        # Most SDKs take an empty key for none (botocore 1.44 `EnvProvider`, aws-sdk-go-v2
        # `config.EnvConfig`, JS `fromEnv`), so a role is still found.
        return _EMPTY.format(name=name), "note"
    if is_issued(kind, value):
        return None
    return _MADE_UP.format(name=name), "warning"


def _profile_fault(
    dockerfile: Dockerfile, found: Instruction, pair: Pair
) -> Optional[tuple[str, Level]]:
    value = literal_of(dockerfile, found, pair)
    if value is None and references(pair.value or "", dockerfile.escape):
        return None
    if not value:
        return _EMPTY_PROFILE.format(name=pair.name), "warning"
    return _NO_PROFILE.format(name=pair.name), "warning"


def _undefined(
    dockerfile: Dockerfile, found: Instruction, pair: Pair
) -> Optional[tuple[str, Level]]:
    """Return what is to be said of a value that nothing in the Dockerfile defines."""
    names = references(pair.value or "", dockerfile.escape)
    if not names or any(
        dockerfile.declared.get(name, {found.start}) != {found.start} for name in names
    ):
        return None
    return _UNDEFINED.format(name=pair.name, source=names[0]), "warning"


def _fix(dockerfile: Dockerfile, found: Instruction, gone: frozenset[str]) -> Fix:
    """Return the removal of the variables; what another rule removes here goes first."""
    summary = f"Remove {', '.join(sorted(gone))} from this ENV."
    others = {pair.name for pair in found.pairs()} - gone
    if others and all(kind_of(name) for name in others):
        return Fix("display", summary)
    return Fix("unsafe", summary, (FileEdits("", without(dockerfile.text, found, gone)),))
