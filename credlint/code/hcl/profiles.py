"""IAC105: a profile's name that is fixed in a provider or backend."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Optional

from credlint.code.hcl.backends import addresses_of, backends_of, given_in
from credlint.code.hcl.folder import Folder, folder_of
from credlint.code.hcl.provider_keys import PROVIDERS
from credlint.code.hcl.reader import HclFile
from credlint.code.sighting import Context, Sighting, Span
from credlint.model.finding import Level
from credlint.model.lean_tuples import NamedTuple

_LOCAL = ("localstack", "minio", "local")


class _Fixed(NamedTuple):
    said: str
    profile: str
    start: int
    end: int
    stands_in: bool  # for AWS: an emulator's


def check(file: HclFile, context: Context) -> Iterator[Sighting]:
    """Yield literal profiles; those of a provider and its backend that differ say so."""
    folder = folder_of(file, context)
    found = [*_of_providers(file, folder), *_of_backends(file, folder, context)]
    for one in found:
        other = next((each for each in found if _disagree(one, each)), None)
        message = (
            f'profile = "{one.profile}" in {one.said} is fixed: where no such profile is, '
            "as in CI, nothing works, and exported keys are passed over."
        )
        related: tuple[Span, ...] = ()
        if other is not None:
            message += f' {other.said} uses "{other.profile}" instead.'
            related = (Span(other.start, other.end, f"the profile of {other.said}"),)
        yield Sighting(
            start=one.start,
            end=one.end,
            message=message,
            level=_level(one, context),
            subject=f"{one.said}:profile",
            related=related,
        )


def _level(one: _Fixed, context: Context) -> Optional[Level]:
    made_up = one.stands_in or one.profile in _LOCAL
    return "note" if made_up or context.is_documentation or context.is_test else None


def _of_providers(file: HclFile, folder: Folder) -> Iterator[_Fixed]:
    for block in file.body.blocks:
        if block.kind == "provider" and block.label(0) in PROVIDERS:
            given = given_in(folder, block.body, ("profile",)).get("profile")
            profile = given.known.text if given is not None else None
            if given is not None and profile and not given.known.source:
                alias = block.body.text("alias")
                said = f'provider "{block.label(0)}"' + (f" ({alias})" if alias else "")
                stands_in = bool(list(addresses_of(folder, block.body)))
                yield _Fixed(said, profile, given.start, given.end, stands_in)


def _of_backends(file: HclFile, folder: Folder, context: Context) -> Iterator[_Fixed]:
    for backend in backends_of(file, context.uri):
        given = backend.given(folder, ("profile",)).get("profile")
        profile = given.known.text if given is not None else None
        if given is not None and profile and not given.known.source:
            stands_in = bool(list(backend.addresses(folder)))
            yield _Fixed(backend.said, profile, given.start, given.end, stands_in)


def _disagree(one: _Fixed, other: _Fixed) -> bool:
    """Tell whether the default provider and the backend use different profiles."""
    pair = {one.said, other.said}
    return pair == {'provider "aws"', 'backend "s3"'} and one.profile != other.profile
