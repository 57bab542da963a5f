"""IAC104: literal keys in ``provider "aws"``."""

from __future__ import annotations

from collections.abc import Iterator

from credlint.code.hcl.backends import addresses_of, given_in
from credlint.code.hcl.credentials import KEYS
from credlint.code.hcl.folder import folder_of
from credlint.code.hcl.literal_keys import sighting_of_keys
from credlint.code.hcl.reader import HclFile
from credlint.code.sighting import Context, Sighting

PROVIDERS = ("aws", "awscc")


def check(file: HclFile, context: Context) -> Iterator[Sighting]:
    """Yield the providers that are given keys."""
    folder = folder_of(file, context)
    for block in file.body.blocks:
        if block.kind != "provider" or block.label(0) not in PROVIDERS:
            continue
        alias = block.body.text("alias")
        sighting = sighting_of_keys(
            file,
            given_in(folder, block.body, KEYS),
            addresses_of(folder, block.body),
            f'provider "{block.label(0)}" has literal keys ({{names}}); they come before every '
            "other source of credentials.",
            f"provider.{block.label(0)}" + (f".{alias}" if alias else ""),
        )
        if sighting is not None:
            yield sighting
