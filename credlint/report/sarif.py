"""The SARIF 2.1.0 report (OASIS, errata 01), shaped for GitHub code scanning and viewers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Callable, Optional
from urllib.parse import urlsplit, urlunsplit

from credlint.model.finding import LEVEL_RANK, Finding
from credlint.model.report import Report
from credlint.model.rule import Rule
from credlint.report.clean import REDACTED, safe_text
from credlint.report.cwe import TAXONOMY_GUID
from credlint.report.json_report import dump
from credlint.report.sarif_dump import Node, plain
from credlint.report.sarif_notes import Notifications
from credlint.report.sarif_places import BASE_IDS, PlaceTable
from credlint.report.sarif_results import ResultWriter, Suppression
from credlint.report.sarif_rules import (
    HOMEPAGE,
    is_run_rule,
    notification_descriptor,
    rule_descriptor,
    taxonomy,
    unknown_rule,
)
from credlint.report.totals import by_place, security_severity, with_fingerprints

SCHEMA_URI = "https://json.schemastore.org/sarif-2.1.0.json"
RESULT_LIMIT = 5000  # GitHub keeps this many results of a run

_SEMANTIC = re.compile(r"(\d+\.\d+\.\d+)[.\-+]?(.*)\Z")


@dataclass(frozen=True)
class VersionControl:
    """The commit that was scanned. ``repository`` is the remote's address as git knows it.

    ``above``: so many folders above the scanned one is the repository's root.
    """

    repository: str
    revision: Optional[str] = None
    branch: Optional[str] = None
    above: int = 0


@dataclass(frozen=True)
class SarifOptions:
    """What only the caller knows.

    ``category``: of the upload to GitHub. ``include_suppressed`` writes suppressed
    results too, which GitHub shows as open alerts. ``anchor``: see ``PlaceTable``.
    ``read_text`` returns the text of a file of the scanned repository by its ``uri``, None when
    it cannot; with it results carry GitHub's line hash.
    """

    category: Optional[str] = None
    include_suppressed: bool = False
    anchor: Optional[str] = None
    read_text: Optional[Callable[[str], Optional[str]]] = None
    version_control: Optional[VersionControl] = None


def render(report: Report, options: SarifOptions = SarifOptions()) -> str:
    """Return the SARIF text of one run, ending with a newline; equal reports give equal bytes."""
    import sarif_om as om  # noqa: PLC0415  40 ms, only when a SARIF report is asked for

    log = om.SarifLog(schema_uri=SCHEMA_URI, version="2.1.0", runs=[_run(report, options)])
    return dump(plain(log))


def _run(report: Report, options: SarifOptions) -> Node:
    import sarif_om as om  # noqa: PLC0415  likewise

    findings, left_out = _kept(report)
    hidden = _hidden(report) if options.include_suppressed else []
    room = RESULT_LIMIT - len(findings)
    left_out += max(0, len(hidden) - room)
    hidden = hidden[:room]
    rules, run_rules = _tables(report, [*findings, *(finding for finding, _ in hidden)])
    indices = {rule.id: index for index, rule in enumerate(rules)}
    places = PlaceTable(report, options.anchor)
    writer = ResultWriter(
        report, places, indices, {rule.id: rule for rule in rules}, options.read_text
    )
    results = [writer.result(finding) for finding in findings]
    results += [writer.result(finding, hiding) for finding, hiding in hidden]
    notes = Notifications(places, run_rules, indices)
    invocation = notes.invocation(report, len(results), left_out, writer.left_out)
    category = options.category
    provenance = _provenance(options.version_control)
    return om.Run(
        tool=om.Tool(driver=_driver(report.version, rules, notes.rules)),
        automation_details=(
            om.RunAutomationDetails(id=f"{safe_text(category).rstrip('/')}/") if category else None
        ),
        taxonomies=[taxonomy(rules)],
        invocations=[invocation],
        original_uri_base_ids=places.base_ids(),
        version_control_provenance=[provenance] if provenance is not None else None,
        artifacts=places.artifacts(),
        logical_locations=places.logical_locations() or None,
        column_kind="unicodeCodePoints",
        redaction_tokens=[REDACTED],
        results=results,
    )


def _kept(report: Report) -> tuple[list[Finding], int]:
    """Return the findings in order and how many were left out, the least severe ones."""
    findings = by_place(with_fingerprints(report.findings))
    if len(findings) <= RESULT_LIMIT:
        return findings, 0
    rules = {rule.id: rule for rule in report.rules}
    ranked = sorted(findings, key=lambda f: (-LEVEL_RANK[f.level], -security_severity(f, rules)))
    return by_place(tuple(ranked[:RESULT_LIMIT])), len(findings) - RESULT_LIMIT


def _hidden(report: Report) -> list[tuple[Finding, Suppression]]:
    """Return what comments and the baseline hide, each with who hides it and why."""
    hidden = [
        (entry.finding, Suppression("inSource", entry.directive.reason))
        for entry in report.suppressed
    ]
    for accepted in report.baselined:
        until = accepted.entry.until
        reason = f"{accepted.entry.reason} (until {until})" if until else accepted.entry.reason
        hidden.append((accepted.finding, Suppression("external", reason)))
    return hidden


def _tables(report: Report, findings: list[Finding]) -> tuple[list[Rule], list[Rule]]:
    """Return the rules of results and those of notifications.

    A finding whose rule was not handed over gets a stand-in: a result without its rule would
    be refused, and one left out would be a false all-clear.
    """
    rules = {rule.id: rule for rule in report.rules if not is_run_rule(rule)}
    run_rules = {rule.id: rule for rule in report.rules if is_run_rule(rule)}
    for finding in findings:
        if finding.code not in rules:
            known = run_rules.get(finding.code)
            rules[finding.code] = known or unknown_rule(finding.code, finding.name, finding.level)
    return [rules[code] for code in sorted(rules)], [run_rules[code] for code in sorted(run_rules)]


def _driver(version: str, rules: list[Rule], run_rules: list[Rule]) -> Node:
    import sarif_om as om  # noqa: PLC0415  likewise

    return om.ToolComponent(
        name="credlint",
        version=version,
        semantic_version=_semantic(version),
        information_uri=HOMEPAGE,
        rules=[rule_descriptor(rule) for rule in rules],
        notifications=[notification_descriptor(rule) for rule in run_rules] or None,
        supported_taxonomies=[om.ToolComponentReference(name="CWE", guid=TAXONOMY_GUID, index=0)],
    )


def _semantic(version: str) -> Optional[str]:
    """Turn a Python version into a semantic one: ``0.2.0.dev1`` gives ``0.2.0-dev1``."""
    match = _SEMANTIC.match(version)
    if match is None:
        return None
    base, rest = match.groups()
    return f"{base}-{rest}" if rest else base


def _provenance(control: Optional[VersionControl]) -> Node:
    import sarif_om as om  # noqa: PLC0415  likewise

    if control is None:
        return None
    address = public_address(control.repository)
    if address is None:
        return None
    return om.VersionControlDetails(
        repository_uri=safe_text(address),
        revision_id=control.revision,
        branch=safe_text(control.branch) if control.branch else None,
        mapped_to=om.ArtifactLocation(
            uri="../" * control.above or None, uri_base_id=BASE_IDS["SRCROOT"]
        ),
    )


def public_address(remote: str) -> Optional[str]:
    """Return a remote's address without user, password, query and fragment.

    None for remotes that are paths of this machine. ``git@host:path`` becomes an ssh address.
    """
    short = re.match(r"(?:[^@/:\s]+@)?([A-Za-z0-9.-]{2,}):(?!/)([^\s]+)\Z", remote)
    if short and "://" not in remote:
        return f"ssh://{short.group(1)}/{short.group(2)}"
    try:
        parts = urlsplit(remote)
        host = parts.hostname
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return None
    if parts.scheme not in ("https", "http", "ssh", "git") or not host:
        return None
    return urlunsplit((parts.scheme, f"{host}{port}", parts.path, "", ""))
