"""Suppression of findings by comments (``credlint: ignore[SEC101] reason``) and by path.

A comment speaks for the line it stands on. One that stands alone on its line also speaks for the
next line. One that shares its line with other text never does: a key that is added below an
accepted one must be seen. A comment that names no known rule hides nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Optional

from credlint.model.finding import Finding, IgnoreDirective, Suppressed
from credlint.model.lean_dataclasses import dataclass, replace
from credlint.model.location import SRCROOT, Location
from credlint.model.report import Notice
from credlint.model.rule import Rule
from credlint.policy.globs import path_matches
from credlint.policy.select import EVERYTHING, RuleIndex

UNUSED = "RUN909"
WITHOUT_REASON = "RUN910"
WITHOUT_RULE = "RUN911"


@dataclass(frozen=True)
class Outcome:
    """Findings that remain, those that are hidden, and what is odd about the comments.

    ``unused``: descriptions of comments that hide nothing (``Report.unused_directives``).
    """

    findings: tuple[Finding, ...]
    suppressed: tuple[Suppressed, ...] = ()
    unused: tuple[str, ...] = ()
    notices: tuple[Notice, ...] = ()


def apply_directives(
    findings: Sequence[Finding],
    directives: Sequence[IgnoreDirective],
    known: Sequence[Rule],
    enabled: Sequence[Rule],
) -> Outcome:
    """Hide findings that a comment accepts.

    ``known`` are all rules, ``enabled`` those of this run: a comment for a rule that was not
    run is neither used nor unused.
    """
    index = RuleIndex(tuple(known))
    by_line: dict[tuple[str, str, int], list[IgnoreDirective]] = {}
    for directive in directives:
        lines = [directive.line, directive.line + 1] if directive.stands_alone else [directive.line]
        for line in lines:
            by_line.setdefault((directive.base, directive.uri, line), []).append(directive)
    kept: list[Finding] = []
    hidden: list[Suppressed] = []
    for finding in findings:
        accepting = _accepting(finding, by_line, index)
        if accepting is None:
            kept.append(finding)
        else:
            hidden.append(Suppressed(finding, accepting))
    used = {entry.directive for entry in hidden}
    unused, notices = _oddities(directives, used, index, enabled)
    return Outcome(tuple(kept), tuple(hidden), unused, notices)


def _accepting(
    finding: Finding,
    by_line: Mapping[tuple[str, str, int], Sequence[IgnoreDirective]],
    index: RuleIndex,
) -> Optional[IgnoreDirective]:
    place = finding.location
    for line in dict.fromkeys((place.line, place.end_line or place.line)):
        for directive in by_line.get((place.base, place.uri, line), ()):
            # A comment on the line before speaks for a finding that begins here, not ends here.
            if line not in (place.line, directive.line):
                continue
            if any(_names(selector, finding, index) for selector in directive.selectors):
                return directive
    return None


def _names(selector: str, finding: Finding, index: RuleIndex) -> bool:
    """Tell whether a selector of a comment means the finding; ``ALL`` means nothing here."""
    if selector.strip().upper() == EVERYTHING:
        return False
    rules = [rule for rule in index.rules if rule.id in (finding.code, finding.found_by)]
    if rules:
        return any(index.weight(selector, rule) is not None for rule in rules)
    return selector.strip().upper() == finding.code or selector.strip().lower() == finding.name


def _oddities(
    directives: Sequence[IgnoreDirective],
    used: set[IgnoreDirective],
    index: RuleIndex,
    enabled: Sequence[Rule],
) -> tuple[tuple[str, ...], tuple[Notice, ...]]:
    codes = {rule.id for rule in enabled}
    unused, notices = [], []
    for directive in directives:
        place = Location("file", directive.uri, directive.base, directive.line)
        named = [
            rule.id
            for selector in directive.selectors
            if selector.strip().upper() != EVERYTHING
            for rule in index.rules
            if index.weight(selector, rule) is not None
        ]
        if not named:
            notices.append(Notice(WITHOUT_RULE, _without_rule(directive, index), "warning", place))
            continue
        if directive in used:
            if not directive.reason:
                notices.append(
                    Notice(WITHOUT_REASON, "The suppression gives no reason.", "note", place)
                )
        elif codes & set(named):
            selectors = ", ".join(directive.selectors)
            unused.append(f"{place.display()}: ignore[{selectors}] matches no finding")
    return tuple(unused), tuple(notices)


def _without_rule(directive: IgnoreDirective, index: RuleIndex) -> str:
    if not directive.selectors:
        return "The suppression names no rule, so it hides nothing."
    selector = directive.selectors[0]
    if selector.strip().upper() == EVERYTHING:
        return "A suppression must name its rules, so this one hides nothing."
    near = index.suggestion(selector)
    return f'The suppression names the unknown rule "{selector}"{near}, so it hides nothing.'


def apply_path_ignores(
    outcome: Outcome,
    per_file_ignores: Mapping[str, Sequence[str]],
    known: Sequence[Rule],
    source: str,
    inner: Callable[[str], Optional[str]] = str,
) -> Outcome:
    """Hide findings of the scanned tree whose path and rule the configuration names.

    ``inner`` gives a finding's path as the patterns mean it, relative to the configuration's
    folder, None for a path outside of it. ``source`` is the configuration's name for the report.

    Raises SelectionError for a selector that names no rule.
    """
    index = RuleIndex(tuple(known))
    for selectors in per_file_ignores.values():
        for selector in selectors:
            index.matches(selector)
    kept, hidden = [], list(outcome.suppressed)
    for finding in outcome.findings:
        uri = inner(finding.location.uri)
        pattern = None if uri is None else _pattern_for(finding, uri, per_file_ignores, index)
        if pattern is None:
            kept.append(finding)
            continue
        reason = f'per-file-ignores "{pattern}" in {source}'
        directive = IgnoreDirective(
            source, SRCROOT, 1, tuple(per_file_ignores[pattern]), reason, stands_alone=False
        )
        hidden.append(Suppressed(finding, directive))
    return replace(outcome, findings=tuple(kept), suppressed=tuple(hidden))


def _pattern_for(
    finding: Finding, uri: str, per_file_ignores: Mapping[str, Sequence[str]], index: RuleIndex
) -> Optional[str]:
    if finding.location.base != SRCROOT:
        return None
    rule = next((rule for rule in index.rules if rule.id == finding.code), None)
    for pattern, selectors in per_file_ignores.items():
        if rule is None or not path_matches(uri, pattern):
            continue
        if any(index.weight(selector, rule) is not None for selector in selectors):
            return pattern
    return None
