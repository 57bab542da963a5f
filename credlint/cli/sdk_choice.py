"""Which SDKs ``doctor`` judges: those that were asked for, else those that are here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Optional

from click.shell_completion import CompletionItem

from credlint.model.sdk_names import SDK_NAMES, sdk_name

if TYPE_CHECKING:
    import click

    from credlint.model.snapshot import FoundSdk

# What most people mean when nothing on the machine says more.
USUAL = ("boto3", "aws-cli-v2")


def choose_sdks(
    wanted: Optional[Sequence[str]], found: Sequence[FoundSdk]
) -> tuple[tuple[str, ...], str]:
    """Return the SDKs to judge, in the usual order, and a line that says why these.

    ``wanted`` is None where neither option nor configuration names any; the line is empty where
    they do.
    """
    if wanted is not None:
        return tuple(dict.fromkeys(wanted)), ""
    places = {one.sdk: one.place for one in found if one.sdk in SDK_NAMES}
    chosen = tuple(sdk for sdk in SDK_NAMES if sdk in places) or USUAL
    rest = f"`--sdk all` judges all {len(SDK_NAMES)}."
    if not places:
        names = " and ".join(sdk_name(sdk) for sdk in chosen)
        return chosen, f"No SDK was found here, so {names} were judged; {rest}"
    told = ", ".join(f"{sdk_name(sdk)} ({places[sdk]})" for sdk in chosen)
    return chosen, f"Judged are the SDKs that were found here: {told}. {rest}"


def complete_sdks(
    _context: click.Context, _parameter: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """Complete the last name of a comma-separated list for the shell."""
    before, comma, last = incomplete.rpartition(",")
    named = before.split(",")
    words = [*SDK_NAMES, *(() if comma else ("all",))]
    return [
        CompletionItem(f"{before}{comma}{word}", help=SDK_NAMES.get(word, "every SDK"))
        for word in words
        if word.startswith(last) and word not in named
    ]
