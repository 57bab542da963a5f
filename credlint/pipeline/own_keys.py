"""Says of a key that was found that this machine uses it; keyed digests alone are compared."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from credlint.model.finding import Finding
from credlint.model.lean_dataclasses import replace

_CODES = ("SEC1", "SRC1")


def may_be_own(findings: Sequence[Finding]) -> bool:
    """Tell whether there is a finding that could be about a key of this machine."""
    return any(finding.identity and finding.code.startswith(_CODES) for finding in findings)


def tell_own_keys(
    findings: Sequence[Finding], own: Mapping[str, tuple[str, str]], root: Path
) -> list[Finding]:
    """Return the findings; one whose key this machine holds elsewhere says where, and is an error.

    ``own``: by ``Finding.identity``, the place in words and the file (empty for none). ``root``:
    what the findings' paths are relative to. A note stays one: it has expired, or is a trap.
    """
    told = []
    for finding in findings:
        place, path = own.get(finding.identity, ("", "")) if finding.identity else ("", "")
        if place and not (path and _is_file(finding, path, root)):
            told.append(
                replace(
                    finding,
                    level=finding.level if finding.level == "note" else "error",
                    message=f"{finding.message} It is the same key as {place}.",
                    properties=(*finding.properties, ("own_key", place)),
                )
            )
        else:
            told.append(finding)
    return told


def _is_file(finding: Finding, path: str, root: Path) -> bool:
    here = os.path.realpath(root / finding.location.uri)
    return finding.location.kind == "file" and here == os.path.realpath(path)
