"""``doctor --why-not SOURCE``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Optional

import click

from credlint.chain.sdk import load_sdk
from credlint.chain.walk import INVISIBLE
from credlint.chain.why_not import why_not
from credlint.config_values import nearest
from credlint.model.snapshot import HostSnapshot
from credlint.model.why_not import WhyNot


def explain_absence(
    snapshot: HostSnapshot, sdks: Sequence[str], source: str, profile: Optional[str]
) -> tuple[WhyNot, ...]:
    """Return one answer per SDK; raises UsageError for a source that none of them has."""
    wanted = source.strip().replace("-", "_")
    specifications = [load_sdk(sdk) for sdk in sdks]
    known = dict.fromkeys(
        name for sdk in specifications for name in sdk.chain if name not in INVISIBLE
    )
    if wanted not in known:
        near = nearest(wanted, known)
        hint = f', did you mean "{near}"?' if near else ""
        message = f'no SDK that is judged has a source "{source}"; known: {", ".join(known)}{hint}'
        raise click.UsageError(message)
    return tuple(why_not(snapshot, sdk, wanted, profile) for sdk in specifications)
