"""IAC106: a provider that would change whatever account the credentials belong to."""

from __future__ import annotations

from collections.abc import Iterator

from credlint.code.hcl.backends import addresses_of
from credlint.code.hcl.folder import folder_of
from credlint.code.hcl.reader import HclFile
from credlint.code.sighting import Context, Sighting

_GUARDS = ("allowed_account_ids", "forbidden_account_ids")
# What chooses the account by itself.
_ROLES = ("assume_role", "assume_role_with_web_identity")


def check(file: HclFile, context: Context) -> Iterator[Sighting]:
    """Yield the default providers without a guard; aliases mostly differ by region alone."""
    if context.is_test or context.is_documentation:
        return
    folder = folder_of(file, context)
    for block in file.body.blocks:
        if block.kind != "provider" or block.label(0) != "aws" or "alias" in block.body.arguments:
            continue
        arguments = block.body.arguments
        guarded = any(name in arguments for name in _GUARDS)
        has_role = any(name in arguments or block.body.first(name) for name in _ROLES)
        if guarded or has_role or list(addresses_of(folder, block.body)):
            continue
        yield Sighting(
            start=block.start,
            end=block.head_end,
            message='provider "aws" has no allowed_account_ids: it changes whatever account the '
            "credentials at hand are for.",
            subject="provider.aws",
        )
