"""IAC107: literal keys in the settings of the S3 backend."""

from __future__ import annotations

from collections.abc import Iterator

from credlint.code.hcl.backends import backends_of
from credlint.code.hcl.credentials import KEYS
from credlint.code.hcl.folder import folder_of
from credlint.code.hcl.literal_keys import sighting_of_keys
from credlint.code.hcl.reader import HclFile
from credlint.code.sighting import Context, Sighting


def check(file: HclFile, context: Context) -> Iterator[Sighting]:
    """Yield the backends that are given keys."""
    folder = folder_of(file, context)
    for backend in backends_of(file, context.uri):
        sighting = sighting_of_keys(
            file,
            backend.given(folder, KEYS),
            backend.addresses(folder),
            f"{backend.said} has literal keys ({{names}}); Terraform copies them to .terraform and "
            "into plan files.",
            backend.said,
        )
        if sighting is not None:
            yield sighting
