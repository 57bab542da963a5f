"""IAC125 for the policies that stand in HCL."""

from __future__ import annotations

from collections.abc import Iterator

from credlint.code.hcl.folder import folder_of
from credlint.code.hcl.marked import policies_of
from credlint.code.hcl.reader import HclFile
from credlint.code.policies.impossible_trust import impossible_trusts
from credlint.code.sighting import Context, Sighting, as_notes


def check(file: HclFile, context: Context) -> Iterator[Sighting]:
    """Yield what :func:`impossible_trusts` says of each."""
    for root in policies_of(file, folder_of(file, context)):
        yield from as_notes(impossible_trusts(root, "json"), context)
