"""Whether a scan of a history finds every distinct secret that gitleaks finds in it.

Found is a value that a finding of ours is about, or that lies within what one marks (a key id in a
presigned URL, the text of a key that is told without its line breaks). What is no secret is listed
in ``superset_exceptions.toml`` by class, each with its reason; no value is kept, only digests.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from credlint.model.document import Document
from credlint.pipeline.request import ScanRequest
from credlint.pipeline.scan import run_scan
from credlint.rulebook import load_rules
from credlint.secrets.engine import build_engine
from credlint.secrets.facts import ScanFacts

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

EXCEPTIONS = Path(__file__).with_name("superset_exceptions.toml")
_DIGITS = 12


def digest_of(value: str) -> str:
    """Return what the list of exceptions holds of a value."""
    return hashlib.sha256(value.encode("utf-8", "surrogateescape")).hexdigest()[:_DIGITS]


def load_exceptions() -> dict[str, str]:
    """Return the reason for each digest."""
    classes = tomllib.loads(EXCEPTIONS.read_text(encoding="utf-8"))["class"]
    return {digest: entry["reason"] for entry in classes for digest in entry["digests"]}


def print_superset(repository: Path, report: Path) -> bool:
    """Print how many of gitleaks' distinct secrets are found; tell whether none is missed."""
    facts = ScanFacts(time.time(), frozenset(), b"of the bench")
    rules = tuple(load_rules(("secrets", "code")))
    request = ScanRequest(rules, repository, mode="history", environment=os.environ, facts=facts)
    ours = {finding.identity for finding in run_scan(request).findings}
    theirs = {entry["Secret"]: entry for entry in json.loads(report.read_text())}
    unmatched = [entry for value, entry in theirs.items() if facts.identity_of(value) not in ours]
    engine = build_engine([rule for rule in rules if rule.room == "secrets"], facts=facts)
    marked: set[str] = set()
    for entry in unmatched:
        document = Document(entry["File"], _content(repository, entry))
        held = engine.scan(document)
        spans = [
            (span.start, span.end)
            for span, finding in zip(held.spans, held.findings)
            if finding.identity in ours
        ]
        if any(
            start < high and low < end
            for start, end in _places(document.data, entry["Secret"].encode())
            for low, high in spans
        ):
            marked.add(entry["Secret"])
    left = [entry for entry in unmatched if entry["Secret"] not in marked]
    known = load_exceptions()
    missed = [entry for entry in left if digest_of(entry["Secret"]) not in known]
    print(
        f"  gitleaks distinct {len(theirs)}, found {len(theirs) - len(left)}, "
        f"not secrets {len(left) - len(missed)} (listed), missed {len(missed)}"
    )
    for entry in missed:
        place = f"{entry['File']}@{entry['Commit'][:7]}:{entry['StartLine']}"
        print(f"    MISSED: {entry['RuleID']} {place} {digest_of(entry['Secret'])}")
    return not missed


def _content(repository: Path, entry: dict[str, Any]) -> bytes:
    command = ["git", "show", f"{entry['Commit']}:{entry['File']}"]
    done = subprocess.run(  # noqa: S603  of the bench's own repositories
        command, cwd=repository, capture_output=True, check=False
    )
    return done.stdout


def _places(data: bytes, value: bytes) -> Iterator[tuple[int, int]]:
    at = data.find(value) if value else -1
    while at >= 0:
        yield at, at + len(value)
        at = data.find(value, at + 1)
