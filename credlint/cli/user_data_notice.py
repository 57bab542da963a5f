"""The warning that goes with user data: whoever reads the report shall know of it."""

from __future__ import annotations

from collections.abc import Iterator

from credlint.model.metadata import UserDataEvidence
from credlint.model.report import Notice

_CODE = "RUN915"


def iter_user_data_notices(seen: UserDataEvidence) -> Iterator[Notice]:
    """Yield the notice where user data was read, nothing where it was left alone."""
    if seen.was_read:
        packed = f", packed with {' and '.join(seen.wrappings)}" if seen.wrappings else ""
        yield Notice(
            _CODE,
            f"The instance's user data was read, as --user-data asked for ({seen.size:,} bytes"
            f"{packed}); what secrets it holds is told, its text is not kept.",
        )
