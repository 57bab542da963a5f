"""The report for people."""

from __future__ import annotations

from collections import Counter
from typing import Optional

from credlint.model.finding import Finding
from credlint.model.location import Location
from credlint.model.report import Report
from credlint.model.rule import Rule
from credlint.report.clean import for_terminal
from credlint.report.layout import LEVEL_STYLES, Painter, count, numbered, size, wrap
from credlint.report.totals import (
    by_place,
    remedy_of,
    rules_by_code,
    summary_of,
    worst_first,
)

_SHOWN_SKIPS = 20
_SHOWN_CHAINS = 3
_SHOWN_PLACES = 3
_MANY = 20
_MARGIN = " " * 2
_DEEP = " " * 4


def render(report: Report, *, color: bool, width: int, verbose: bool = False) -> str:
    """Return the text report, ending with a newline.

    ``color``: the caller has looked at the terminal, NO_COLOR and the like. ``width``: columns
    for prose; one-line findings of ``scan`` and commands in remedies are never broken.
    ``verbose`` shows every source of a chain, every skipped place and the suppressed findings.
    """
    painter = Painter(color)
    blocks = []
    if report.title:
        blocks.append([painter.paint(for_terminal(report.title), "bold")])
    if report.answer is not None:
        from credlint.report.text_audit import audit_lines  # noqa: PLC0415  the audit's alone

        blocks += audit_lines(report.answer, painter, width, verbose=verbose)
        blocks += _doctor_findings(report, painter, width)
    elif report.chains or report.command == "doctor":
        blocks += _why_not(report, painter, width)
        blocks += _chains(report, painter, width, verbose=verbose)
        blocks += _doctor_findings(report, painter, width)
    else:
        blocks += _scan_findings(report, painter, width, verbose=verbose)
    blocks.append(_ending(report, painter, width, verbose=verbose))
    return "\n\n".join("\n".join(block) for block in blocks if block) + "\n"


def _why_not(report: Report, painter: Painter, width: int) -> list[list[str]]:
    if not report.why_not:
        return []
    from credlint.report.text_why_not import why_not_lines  # noqa: PLC0415  rarely asked

    return [why_not_lines(report.why_not, painter, width)]


def _chains(report: Report, painter: Painter, width: int, *, verbose: bool) -> list[list[str]]:
    # A scan has no chains; their words and classes are not paid for then.
    from credlint.report.chain_groups import ChainGroup, group_chains  # noqa: PLC0415
    from credlint.report.identities import group_identities  # noqa: PLC0415
    from credlint.report.text_chain import chain_lines, headline  # noqa: PLC0415
    from credlint.report.text_identities import identity_lines, source_only  # noqa: PLC0415

    groups = group_chains(report.chains)
    identities = group_identities(report.chains)
    if len(identities) > 1:
        answer = identity_lines(identities, painter, width)
    else:
        answer = []
        alike = identities and identities[0].outcome in ("selected", "none")
        heads = [ChainGroup(one.sdks, one.traces) for one in identities] if alike else groups
        for group in heads:
            uses, *unused = headline(group)
            answer += [painter.paint(line, "bold") for line in wrap(uses, width, rest=_MARGIN)]
            for sentence in unused:
                answer += wrap(sentence, width, _MARGIN, _MARGIN)
    blocks = [answer or ["No SDK was asked for its chain."], source_only(report.chains, width)]
    told = groups
    if len(groups) > _SHOWN_CHAINS and not verbose:
        # One chain speaks for each identity; the others differ in what never comes to bear.
        firsts = {identity.sdks[0] for identity in identities}
        told = [group for group in groups if firsts & set(group.sdks)]
    for group in told:
        titled = len(groups) > 1
        blocks.append(chain_lines(group, painter, width, verbose=verbose, title=titled))
    if len(told) < len(groups):
        left = count(len(groups) - len(told), "more chain")
        rest = f"Not shown: {left} to the same end; --verbose shows all."
        blocks.append([painter.paint(rest, "dim")])
    return blocks


def _doctor_findings(report: Report, painter: Painter, width: int) -> list[list[str]]:
    rules = rules_by_code(report)
    blocks = []
    for finding in worst_first(report.findings, rules):
        level = painter.paint(finding.level, LEVEL_STYLES[finding.level], "bold")
        name = painter.paint(f"[{finding.name}]", "dim")
        place = for_terminal(finding.location.display())
        lines = [f"{level} {finding.code} {place} {name}"]
        lines += wrap(finding.message, width, _MARGIN, _MARGIN)
        lines += _related(finding, width)
        lines += _remedy(finding, rules, width)
        blocks.append(lines)
    return blocks


def _remedy(finding: Finding, rules: dict[str, Rule], width: int) -> list[str]:
    remedy = remedy_of(finding, rules)
    if "\n" not in remedy.strip():
        return wrap(f"fix: {remedy.strip()}", width, _MARGIN, _DEEP) if remedy.strip() else []
    return [f"{_MARGIN}What to do:", *numbered(remedy, width, _DEEP)]


def _related(finding: Finding, width: int) -> list[str]:
    lines = []
    for place in finding.related:
        told = f"{place.display()}: {place.message}" if place.message else place.display()
        lines += wrap(f"see {told}", width, _MARGIN, _MARGIN + "    ")
    return lines


def _also(finding: Finding, width: int, *, verbose: bool) -> list[str]:
    """Return the other places of a secret: the first ones and how many more, or all of them.

    A rule is named where it is another than the finding's.
    """
    if verbose:
        return [
            f"{_MARGIN}also {for_terminal(other.location.display())}{_other_code(other, finding)}"
            for other in finding.also
        ]
    here = _document(finding.location)
    lines, elsewhere = [], []
    for other in finding.also:
        place, code = other.location, _other_code(other, finding)
        if _document(place) == here:
            lines.append(f"{place.line}{code}")
        else:
            elsewhere.append(f"{place.display()}{code}")
    told = []
    if lines:
        told.append(f"on line{'s' * (len(lines) > 1)} {', '.join(lines[:_SHOWN_PLACES])}")
    if elsewhere:
        told.append(f"in {', '.join(elsewhere[:_SHOWN_PLACES])}")
    more = max(0, len(lines) - _SHOWN_PLACES) + max(0, len(elsewhere) - _SHOWN_PLACES)
    rest = f" and {count(more, 'more place')}" if more else ""
    return wrap(f"also {', '.join(told)}{rest}", width, _MARGIN, _DEEP) if told else []


def _document(place: Location) -> tuple[str, str, Optional[str]]:
    return place.base, place.uri, place.commit


def _other_code(other: Finding, finding: Finding) -> str:
    return "" if other.code == finding.code else f" ({other.code})"


def _scan_findings(
    report: Report, painter: Painter, width: int, *, verbose: bool
) -> list[list[str]]:
    """One line per finding, ``path:line:col: level CODE message [name]``; remedies once each."""
    rules = rules_by_code(report)
    lines = []
    remedies: dict[tuple[str, str], Finding] = {}
    for finding in by_place(report.findings):
        place = finding.location
        head = f"{for_terminal(place.display())}:{place.column}:"
        level = painter.paint(finding.level, LEVEL_STYLES[finding.level], "bold")
        name = painter.paint(f"[{finding.name}]", "dim")
        message = for_terminal(finding.message)
        lines.append(f"{painter.paint(head, 'bold')} {level} {finding.code} {message} {name}")
        lines += _related(finding, width)
        lines += _also(finding, width, verbose=verbose)
        for one in finding.everywhere:
            remedy = remedy_of(one, rules)
            if remedy:
                remedies.setdefault((one.code, remedy), one)
    blocks = [lines]
    if remedies:
        advice = ["What to do:"]
        for (code, remedy), finding in sorted(remedies.items(), key=lambda item: item[0]):
            advice.append(f"{_MARGIN}{code} {painter.paint(f'[{finding.name}]', 'dim')}")
            advice += numbered(remedy, width, _DEEP)
        blocks.append(advice)
    return blocks


def _ending(report: Report, painter: Painter, width: int, *, verbose: bool) -> list[str]:
    lines = [painter.paint(_summary_line(report), "bold"), *_levels(report), *_offers(report)]
    shown = report.skipped if verbose else report.skipped[:_SHOWN_SKIPS]
    if shown:
        lines.append("Not examined:")
        for skip in shown:
            lines += wrap(f"{skip.path}: {skip.reason} [{skip.code}]", width, _MARGIN, _DEEP)
        if len(report.skipped) > len(shown):
            rest = len(report.skipped) - len(shown)
            lines.append(f"{_MARGIN}and {rest:,} more; --verbose shows all")
    for notice in report.notices:
        place = f"{notice.location.display()}: " if notice.location else ""
        told = f"{notice.level}: {place}{notice.message} [{notice.code}]"
        lines += wrap(told, width, rest=_DEEP)
    for directive in report.unused_directives:
        lines += wrap(f"unused suppression: {directive} [RUN909]", width, rest=_DEEP)
    for note in report.notes:
        lines += wrap(f"note: {note}", width, rest=_DEEP)
    if verbose:
        lines += _hidden(report, width)
    return lines


def _hidden(report: Report, width: int) -> list[str]:
    """Return what comments, per-file-ignores and the baseline hide."""
    lines = ["Suppressed:"] if report.suppressed else []
    for entry in report.suppressed:
        told = entry.directive.reason or "no reason given"
        lines += _hidden_finding(entry.finding, told, width)
    if report.baselined:
        lines.append(f"In {report.baseline}:")
    for accepted in report.baselined:
        until = f", until {accepted.entry.until}" if accepted.entry.until else ""
        told = f"{accepted.entry.reason or 'no reason given'}{until}"
        lines += _hidden_finding(accepted.finding, told, width)
    return lines


def _hidden_finding(finding: Finding, told: str, width: int) -> list[str]:
    head = f"{finding.location.display()} {finding.code} [{finding.name}]: {told}"
    return wrap(head, width, _MARGIN, _DEEP) + _also(finding, width, verbose=False)


def _levels(report: Report) -> list[str]:
    """Return how many findings are how bad, where they are too many to see that."""
    if len(report.findings) < _MANY:
        return []
    levels: Counter[str] = Counter(finding.level for finding in report.findings)
    return [", ".join(count(levels[level], level) for level in LEVEL_STYLES if levels[level])]


def _offers(report: Report) -> list[str]:
    """Return how many findings an edit is offered for."""
    kinds = Counter(
        one.change.kind
        for finding in report.findings
        for one in finding.everywhere
        if one.change is not None and one.change.files
    )
    told = [f"{count(kinds['safe'], 'edit')} by --fix"] if kinds["safe"] else []
    told += [f"{count(kinds['unsafe'], 'edit')} by --fix=unsafe"] if kinds["unsafe"] else []
    return [f"Offered: {', '.join(told)}; with --diff nothing is written."] if told else []


def _summary_line(report: Report) -> str:
    """Return the findings and every number that is hidden, in one line."""
    summary = summary_of(report)
    place = "file" if report.command == "scan" else "place"
    hidden = [
        (summary.suppressed, "suppressed"),
        (summary.baselined, "in baseline"),
        (summary.below_threshold, "below --fail-on"),
    ]
    parts = [f"{number:,} {label}" for number, label in hidden if number]
    if summary.skipped:
        parts.append(f"{count(summary.skipped, place)} skipped")
    if summary.binary_files:
        parts.append(f"{count(summary.binary_files, 'binary file')} left out")
    if summary.archives:
        parts.append(f"{count(summary.archives, 'archive')} not opened, see --archives")
    if summary.ignored_paths:
        parts.append(f"{count(summary.ignored_paths, 'path')} ignored")
    text = count(summary.findings, "finding") if summary.findings else "No findings"
    if summary.places > summary.findings:
        text += f" at {count(summary.places, 'place')}"
    if summary.files:
        text += f" in {count(summary.files, 'file')}"
        text += f", {size(summary.bytes)}" if summary.bytes else ""
    elif report.command == "scan":
        text += "; no file was examined"
    return f"{text} ({', '.join(parts)})" if parts else text
