"""What credlint concludes: findings, suppressions and what it could not look at."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Literal, Optional

from credlint.model.fix import Fix
from credlint.model.lean_dataclasses import dataclass, replace
from credlint.model.location import Location

Level = Literal["error", "warning", "note"]
FixKind = Literal["safe", "unsafe", "display", "none"]
LEVEL_RANK: dict[str, int] = {"note": 1, "warning": 2, "error": 3}


@dataclass(frozen=True)
class Finding:
    """One conclusion about one place; holds no secret and no text that could be one.

    ``message``: the first sentence stands alone and ends with a full stop.
    ``subject``: the stable name that goes into the fingerprint (a variable, a profile,
    an abbreviated key id), never a value. ``sdks``: the SDK ids concerned, if any.
    ``remedy``: what to do, in order, lines separated by newlines; may hold commands.
    ``properties``: further facts for machines, as (name, text) pairs.
    ``fingerprint`` is set by :func:`number_findings`. ``identity``: equal for equal secrets of one
    run, a keyed digest (``secrets.facts``); empty where the finding is about no value.
    ``digests``: the value under each salt of the run's baseline. ``also``: what was found at the
    other places of the same secret, in the order of places (``policy.grouping``). ``found_by``: the
    rule that recognised the value, where that of the file it stands in reports it. ``change``: the
    edit that is offered, ``fix`` its kind.
    """

    code: str
    name: str
    level: Level
    message: str
    location: Location
    related: tuple[Location, ...] = ()
    remedy: str = ""
    subject: str = ""
    sdks: tuple[str, ...] = ()
    fix: FixKind = "none"
    properties: tuple[tuple[str, str], ...] = ()
    fingerprint: str = ""
    identity: str = ""
    digests: tuple[str, ...] = ()
    also: tuple[Finding, ...] = ()
    found_by: str = ""
    change: Optional[Fix] = None

    @property
    def everywhere(self) -> tuple[Finding, ...]:
        """Return what was found at each place of the secret, this finding first."""
        return (self, *self.also)


@dataclass(frozen=True)
class IgnoreDirective:
    """An inline ``credlint: ignore[CODE] reason`` comment; ``selectors`` may be empty (= broken).

    ``stands_alone`` False: the comment shares its line with other text, so it speaks for that
    line only and never for the next one.
    """

    uri: str
    base: str
    line: int
    selectors: tuple[str, ...]
    reason: str
    stands_alone: bool = True


@dataclass(frozen=True)
class Suppressed:
    """A finding that an inline directive hides, kept because hidden numbers are printed."""

    finding: Finding
    directive: IgnoreDirective


@dataclass(frozen=True)
class Skipped:
    """Something that was not looked at, and why; ``code`` is the RUN9xx rule of its kind.

    ``path`` is displayed text (``~/.aws/config``, ``sub/file.bin``, ``imds``).
    """

    path: str
    reason: str
    code: str = "RUN901"
    base: Optional[str] = None


def number_findings(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Sort findings and give each its fingerprint.

    The fingerprint is SHA-256 over code, base, uri, logical name, subject and the ordinal
    among equals: neither the line number nor the secret, so it survives moves of a line
    (reference: SARIF 2.1.0 §3.27.17 partialFingerprints).
    """
    ordered = sorted(
        findings,
        key=lambda f: (
            f.location.base,
            f.location.uri,
            f.location.line,
            f.location.column,
            f.code,
            f.location.logical or "",
            f.subject,
            f.message,
        ),
    )
    if not ordered:
        return ()
    from credlint.model.digests import sha256  # noqa: PLC0415  most runs of the hook find nothing

    seen: Counter[tuple[str, ...]] = Counter()
    numbered = []
    for finding in ordered:
        place = finding.location
        identity = (finding.code, place.base, place.uri, place.logical or "", finding.subject)
        seen[identity] += 1
        text = "\x1f".join((*identity, str(seen[identity])))
        digest = sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
        numbered.append(replace(finding, fingerprint=digest[:32]))
    return tuple(numbered)
