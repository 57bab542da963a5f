"""Report: all that one run concluded; the only thing a reporter receives."""

from __future__ import annotations

from typing import TYPE_CHECKING, Optional

from credlint.model.finding import Finding, Level, Skipped, Suppressed
from credlint.model.lean_dataclasses import dataclass
from credlint.model.location import Location
from credlint.model.rule import Rule

if TYPE_CHECKING:
    # A scan has no chains; the snapshot's and the trace's classes cost 10 ms to make.
    from credlint.model.answer import AuditAnswer
    from credlint.model.audit import Verdict
    from credlint.model.baseline import Accepted
    from credlint.model.trace import Trace
    from credlint.model.why_not import WhyNot

REPORT_SCHEMA = "credlint-report/1"


@dataclass(frozen=True)
class Summary:
    """Every number that a reader must not have to guess, hidden ones included.

    ``ignored_paths``: files and folders left out because .gitignore or the configuration says
    so. ``archives``: those not looked into. ``below_threshold``: findings shown but under
    ``--fail-on``. ``places``: where the findings stand, which is more than ``findings`` when a
    secret stands in several places.
    """

    files: int = 0
    bytes: int = 0
    findings: int = 0
    places: int = 0
    suppressed: int = 0
    baselined: int = 0
    skipped: int = 0
    ignored_paths: int = 0
    binary_files: int = 0
    archives: int = 0
    below_threshold: int = 0


@dataclass(frozen=True)
class Notice:
    """Something about the run itself that is no finding.

    Such as an unused suppression, or a setting that hides things. ``code`` is a RUN9xx rule;
    ``message`` ends with a full stop.
    """

    code: str
    message: str
    level: Level = "warning"
    location: Optional[Location] = None


@dataclass(frozen=True)
class Report:
    """All that one run concluded.

    ``rules`` are all enabled rules, fired or not. ``environment_listing`` is the sorted list
    of captured variable names (for the redacted virtual artifact). ``notes`` are lines for
    people, e.g. how a session was limited. ``answer`` and ``verdicts``: of a whole host.
    ``baseline``: the name of the baseline that was used; ``baselined``: what it accepts.
    """

    command: str
    version: str
    rules: tuple[Rule, ...]
    contexts: tuple[str, ...] = ()
    chains: tuple[Trace, ...] = ()
    findings: tuple[Finding, ...] = ()
    suppressed: tuple[Suppressed, ...] = ()
    baseline: Optional[str] = None
    baselined: tuple[Accepted, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    summary: Summary = Summary()
    environment_listing: tuple[str, ...] = ()
    unused_directives: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    title: Optional[str] = None
    notices: tuple[Notice, ...] = ()
    why_not: tuple[WhyNot, ...] = ()
    answer: Optional[AuditAnswer] = None
    verdicts: tuple[Verdict, ...] = ()
