"""What edits change, as a unified diff that shows no secret."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable

from credlint.model.fix import Edit, apply_edits
from credlint.model.secret import REDACTED

_HIDDEN = "\0"
_RUN = re.compile(f"{_HIDDEN}+")


def difference(
    uri: str, before: bytes, edits: Iterable[Edit], hidden: Iterable[tuple[int, int]]
) -> list[str]:
    """Return the lines of a unified diff, without their ends; ``before`` empty for a new file.

    ``hidden``: bytes of ``before`` that may be secrets. They are blanked before anything is
    compared, so that no line of the result can hold one.
    """
    blanked = bytearray(before)
    for start, end in hidden:
        piece = before[start:end]
        blanked[start:end] = bytes(byte if byte in b"\r\n" else 0 for byte in piece)
    old = _lines(bytes(blanked))
    new = _lines(apply_edits(bytes(blanked), edits))
    source = f"a/{uri}" if before else "/dev/null"
    told = difflib.unified_diff(old, new, source, f"b/{uri}", lineterm="")
    return [_RUN.sub(REDACTED, piece) for line in told for piece in line.split("\n")]


def _lines(data: bytes) -> list[str]:
    """Return the lines without their ends; a last one that has none says so, as ``diff`` does."""
    lines = [line.rstrip("\r") for line in data.decode("utf-8", "replace").split("\n")]
    last = lines.pop()
    return [*lines, f"{last}\n\\ No newline at end of file"] if last else lines
