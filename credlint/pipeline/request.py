"""What a scan is asked for and what it gives back."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import IO, Literal, Optional

from credlint.model.finding import Finding, IgnoreDirective, Skipped
from credlint.model.lean_dataclasses import dataclass, field
from credlint.model.rule import Rule
from credlint.pipeline.examine import Outcome
from credlint.secrets.facts import NO_FACTS, ScanFacts
from credlint.sources.files import DEFAULT_MAX_FILE_SIZE

Mode = Literal["tree", "hook", "staged", "diff", "history", "stdin"]


@dataclass(frozen=True)
class ScanRequest:
    """One scan with ``rules``; ``beside`` are rules that are switched off and tell what is near.

    ``mode``: ``tree`` walks ``paths`` (the root when empty; a file named itself is always read);
    ``hook`` reads exactly the files in ``paths``, except excluded ones; ``staged`` reads the git
    index of ``root``; ``diff`` what the work tree has and ``revision`` has not; ``history`` the
    commits of ``revision`` (a range, empty for all of them); ``stdin`` reads ``stdin``.
    ``exclude`` holds patterns in .gitignore syntax, relative to ``exclude_base`` (None: ``root``).
    ``cache_directory`` None: nothing is cached. ``jobs``: worker processes, 0 for as many as
    there are processors. ``environment`` is what git may see of the caller's. ``facts``: what the
    judges of secrets may know. ``archives``: look into archives and compressed files.
    """

    rules: tuple[Rule, ...]
    root: Path
    paths: tuple[str, ...] = ()
    mode: Mode = "tree"
    revision: str = ""
    exclude: tuple[str, ...] = ()
    exclude_base: Optional[Path] = None
    respect_ignore: bool = True
    max_file_size: int = DEFAULT_MAX_FILE_SIZE
    cache_directory: Optional[Path] = None
    jobs: int = 0
    environment: Mapping[str, str] = field(default_factory=dict)
    stdin: Optional[IO[bytes]] = None
    beside: tuple[Rule, ...] = ()
    archives: bool = False
    facts: ScanFacts = NO_FACTS


@dataclass
class ScanResult:
    """Everything a scan concluded, in the order of the documents.

    ``files`` and ``bytes`` count what was read as text; ``ignored`` files and whole folders left
    out by rule; ``links`` symbolic links met and not followed; ``archives`` those not looked into;
    ``commits`` of a history. ``notes`` are lines for people. ``nothing_differs``: a comparison
    found nothing to read.
    """

    findings: list[Finding] = field(default_factory=list)
    directives: list[IgnoreDirective] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    files: int = 0
    bytes: int = 0
    binary: int = 0
    ignored: int = 0
    links: int = 0
    archives: int = 0
    commits: int = 0
    notes: list[str] = field(default_factory=list)
    nothing_differs: bool = False

    def add(self, outcome: Optional[Outcome]) -> None:
        """Add what a document gave."""
        if outcome is not None:
            self.findings.extend(outcome.findings)
            self.directives.extend(outcome.directives)
            self.skipped.extend(outcome.skipped)

    def merge(self, other: ScanResult) -> None:
        """Add what another part of the run concluded."""
        self.add(Outcome(other.findings, other.directives, other.skipped))
        self.files += other.files
        self.bytes += other.bytes
        self.binary += other.binary
        self.ignored += other.ignored
        self.links += other.links
        self.archives += other.archives
