"""Notifications of a SARIF run: what was not examined, and settings that hide things."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Optional

from credlint.model.finding import Skipped
from credlint.model.location import HOME, HOSTROOT, Location
from credlint.model.report import Report
from credlint.model.rule import Rule
from credlint.report.clean import safe_text
from credlint.report.sarif_dump import Node
from credlint.report.sarif_places import PlaceTable
from credlint.report.sarif_rules import unknown_rule

UNUSED = "RUN909"
LEFT_OUT = "RUN912"
_NAMES = {UNUSED: "unused-suppression", LEFT_OUT: "results-left-out"}
_PREFIXES = {HOME: "~/", HOSTROOT: "/"}


class Notifications:
    """Writes notifications; ``rules`` are the descriptors, in the order they are pointed at."""

    def __init__(
        self, places: PlaceTable, rules: list[Rule], rule_indices: Mapping[str, int]
    ) -> None:
        self.rules = list(rules)
        self._places = places
        self._rule_indices = rule_indices

    def invocation(self, report: Report, written: int, left_out: int, places_left_out: int) -> Node:
        """Return the one invocation; findings and places that found no room are told.

        It is successful: what could not be read or asked is a notification, and a failed run
        writes no report.
        """
        import sarif_om as om  # noqa: PLC0415  40 ms, only when a SARIF report is asked for

        execution = [self._skipped(entry) for entry in report.skipped]
        execution += [
            om.Notification(message=om.Message(text=safe_text(note)), level="note")
            for note in report.notes
        ]
        configuration = [
            self._note(entry.code, entry.level, entry.message, self._locations(entry.location))
            for entry in report.notices
        ]
        configuration += [
            self._note(UNUSED, "warning", f"{text}.", None) for text in report.unused_directives
        ]
        if left_out:
            total = written + left_out
            told = f"{left_out:,} of {total:,} findings were left out, the least severe ones."
            configuration.append(self._note(LEFT_OUT, "warning", told, None))
        if places_left_out:
            told = f"{places_left_out:,} more places of these secrets are counted and not listed."
            configuration.append(self._note(LEFT_OUT, "note", told, None))
        return om.Invocation(
            execution_successful=True,
            tool_execution_notifications=execution or None,
            tool_configuration_notifications=configuration or None,
        )

    def _skipped(self, entry: Skipped) -> Node:
        level = self._rule(entry.code, "").level
        location = None
        if entry.base is not None:
            prefix = _PREFIXES.get(entry.base, "")
            uri = entry.path.removeprefix(prefix)
            location = Location("file", uri, entry.base)
        told = f"{safe_text(entry.path)} was not examined: {entry.reason.rstrip('.')}."
        associated = entry.path if entry.path in self._rule_indices else None
        return self._note(entry.code, level, told, self._locations(location), associated)

    def _locations(self, place: Optional[Location]) -> Optional[list[Node]]:
        return None if place is None else [self._places.location(place)]

    def _note(
        self,
        code: str,
        level: str,
        text: str,
        locations: Optional[list[Node]],
        associated: Optional[str] = None,
    ) -> Node:
        import sarif_om as om  # noqa: PLC0415  likewise

        rule = self._rule(code, _NAMES.get(code, ""))
        return om.Notification(
            descriptor=om.ReportingDescriptorReference(id=code, index=self.rules.index(rule)),
            associated_rule=(
                om.ReportingDescriptorReference(id=associated, index=self._rule_indices[associated])
                if associated
                else None
            ),
            level=level,
            message=om.Message(text=safe_text(text)),
            locations=locations,
        )

    def _rule(self, code: str, name: str) -> Rule:
        """Return the descriptor of a code; a stand-in when its rule was not handed over."""
        for rule in self.rules:
            if rule.id == code:
                return rule
        self.rules.append(unknown_rule(code, name, "warning"))
        return self.rules[-1]
