"""Results of a SARIF run: messages with links, places, code flows, fingerprints."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Callable, Optional

from credlint.model.finding import Finding
from credlint.model.lean_tuples import NamedTuple
from credlint.model.location import SRCROOT, Location
from credlint.model.report import Report
from credlint.model.rule import Rule
from credlint.model.sdk_names import sdk_name
from credlint.model.trace import Step
from credlint.report.chain_groups import ChainGroup, group_chains, hidden_steps
from credlint.report.clean import safe_text
from credlint.report.line_hash import LineHashes
from credlint.report.names import join_names, source_name
from credlint.report.sarif_dump import Node
from credlint.report.sarif_fixes import fixes_of
from credlint.report.sarif_places import PlaceTable

_PRECEDENCE = "CHN1"
_FLOW_LIMIT = 1000  # GitHub keeps this many thread-flow locations of a result
_PLACE_LIMIT = 100  # and this many locations
# Of all results together: more would bring a report near GitHub's 10 MB, packed.
_PLACES_OF_RUN = 20_000
_LINKED_PLACES = 3
_KINDS = {"broken": "error"}
_IMPORTANCE = {
    "selected": "essential",
    "broken": "essential",
    "shadowed": "important",
    "absent": "unimportant",
    "not-reached": "unimportant",
}
_LINK_LIKE = re.compile(r"\[(?=[^\]]*\]\()")


class Suppression(NamedTuple):
    """Why a result is hidden; ``kind`` as in SARIF 2.1.0 §3.35.2: inSource or external."""

    kind: str
    reason: str


class ResultWriter:
    """Turns findings into SARIF results that point into one table of places.

    ``left_out``: how many places of secrets found no room in their results.
    """

    def __init__(
        self,
        report: Report,
        places: PlaceTable,
        rule_indices: Mapping[str, int],
        rules: Mapping[str, Rule],
        read_text: Optional[Callable[[str], Optional[str]]],
    ) -> None:
        self.left_out = 0
        self._has_baseline = report.baseline is not None
        self._places = places
        self._rule_indices = rule_indices
        self._rules = rules
        self._groups = group_chains(report.chains)
        self._read_text = read_text
        self._hashed_uri: Optional[str] = None
        self._hashes: Optional[LineHashes] = None
        self._room = _PLACES_OF_RUN

    def result(self, finding: Finding, hiding: Optional[Suppression] = None) -> Node:
        """Return the result; ``hiding``: by what it is suppressed."""
        import sarif_om as om  # noqa: PLC0415  40 ms, only when a SARIF report is asked for

        groups = self._groups_of(finding)
        related = _related_places(finding, groups)
        others = self._other_places(finding, _PLACE_LIMIT - len(related))
        suppressions = None
        if hiding is not None:
            entry = om.Suppression(
                kind=hiding.kind,
                state="accepted",
                justification=safe_text(hiding.reason) or "No reason was given.",
            )
            suppressions = [entry]
        state = None
        if self._has_baseline:
            state = "unchanged" if hiding is not None and hiding.kind == "external" else "new"
        return om.Result(
            rule_id=finding.code,
            rule_index=self._rule_indices[finding.code],
            level=finding.level,
            message=om.Message(text=_message(finding, related, others)),
            locations=[self._places.location(finding.location)],
            related_locations=[
                self._places.location(place, number=number, message=_link_text(place))
                for number, place in enumerate((*related, *others), start=1)
            ]
            or None,
            occurrence_count=len(finding.everywhere) if finding.also else None,
            code_flows=[self._flow(group) for group in groups] or None,
            partial_fingerprints=self._fingerprints(finding),
            suppressions=suppressions,
            baseline_state=state,
            fixes=fixes_of(finding, self._places) or None,
            properties=self._properties(finding) or None,
        )

    def _other_places(self, finding: Finding, limit: int) -> list[Location]:
        """Return as many of the secret's other places as result and run have room for."""
        chosen = [one.location for one in finding.also[: max(0, min(limit, self._room))]]
        self._room -= len(chosen)
        self.left_out += len(finding.also) - len(chosen)
        return chosen

    def _groups_of(self, finding: Finding) -> list[ChainGroup]:
        if not finding.code.startswith("CHN"):
            return []
        return [group for group in self._groups if set(group.sdks) & set(finding.sdks)]

    def _flow(self, group: ChainGroup) -> Node:
        import sarif_om as om  # noqa: PLC0415  likewise

        names = join_names(sdk_name(sdk) for sdk in group.sdks)
        steps = [
            om.ThreadFlowLocation(
                location=self._places.location(
                    step.location or self._places.chain_line(group, number),
                    message=_step_text(number, step),
                ),
                execution_order=number,
                kinds=[_KINDS.get(step.status, step.status)],
                importance=_IMPORTANCE[step.status],
            )
            for number, step in enumerate(group.trace.steps[:_FLOW_LIMIT], start=1)
        ]
        return om.CodeFlow(
            message=om.Message(text=f"AWS provider chain of {names}"),
            thread_flows=[om.ThreadFlow(locations=steps)],
        )

    def _fingerprints(self, finding: Finding) -> dict[str, str]:
        written = {"credlintFinding/v1": finding.fingerprint}
        place = finding.location
        if self._read_text is not None and place.base == SRCROOT and place.kind == "file":
            if place.uri != self._hashed_uri:
                # Results come in the order of files, so that one file at a time is enough.
                text = self._read_text(place.uri)
                self._hashed_uri = place.uri
                self._hashes = None if text is None else LineHashes(text)
            if self._hashes is not None and 1 <= place.line <= len(self._hashes):
                written["primaryLocationLineHash"] = self._hashes.of_line(place.line)
        return written

    def _properties(self, finding: Finding) -> dict[str, object]:
        written: dict[str, object] = {}
        rule = self._rules.get(finding.code)
        if rule is not None:
            written["credlint/confidence"] = rule.confidence
        if finding.sdks:
            written["credlint/sdk"] = list(finding.sdks)
        if finding.fix != "none":
            written["credlint/fix"] = finding.fix
        for name, value in finding.properties:
            written[f"credlint/{name}"] = safe_text(value)
        return written


def _related_places(finding: Finding, groups: list[ChainGroup]) -> list[Location]:
    """Return the related places, each once.

    Findings about precedence (CHN1) also link what stands behind the winner.
    """
    seen = {_identity(finding.location)}
    found = []
    shadowed = [
        Location(**{**vars(step.location), "message": f"{_named(step)}, never used"})
        for group in groups
        if finding.code.startswith(_PRECEDENCE)
        for step in hidden_steps(group.trace)
        if step.location is not None
    ]
    for place in (*finding.related, *shadowed):
        if _identity(place) not in seen:
            seen.add(_identity(place))
            found.append(place)
    return found


def _identity(place: Location) -> tuple[str, str, int, str]:
    return (place.base, place.uri, place.line, place.logical or "")


def _link_text(place: Location) -> str:
    return safe_text(place.message or place.display()).rstrip(".")


def _message(finding: Finding, related: list[Location], others: list[Location]) -> str:
    """Return the message with a link to each related place (SARIF 2.1.0 §3.11.6).

    Of the other places of the secret the first are linked and the rest is counted.

    Brackets in the text of others make no link.
    """
    text = safe_text(finding.message)
    text = _LINK_LIKE.sub(r"\\[", text)
    if related:
        text += f" See {join_names(_links(related, 1))}."
    if finding.also:
        named = _links(others[:_LINKED_PLACES], len(related) + 1)
        more = len(finding.also) - len(named)
        if more:
            named.append(f"{more:,} more place{'s' if more > 1 else ''}")
        text += f" Also in {join_names(named)}."
    return text


def _links(places: list[Location], first: int) -> list[str]:
    return [
        f"[{_escape_link(_link_text(place))}]({number})"
        for number, place in enumerate(places, start=first)
    ]


def _escape_link(text: str) -> str:
    return text.replace("\\", "\\\\").replace("[", "\\[").replace("]", "\\]")


def _named(step: Step) -> str:
    profile = step.offer.profile if step.offer else None
    return source_name(step.source) + (f", profile {profile}" if profile else "")


def _step_text(number: int, step: Step) -> str:
    told = f"{step.error.name}: {step.error.message}" if step.error else step.detail
    told = told.rstrip(".") or "no details"
    return _LINK_LIKE.sub(r"\\[", safe_text(f"{number}. {_named(step)}: {told}, {step.status}"))
