"""Places for SARIF: every one with a physical location, none with a path of the machine.

GitHub refuses a whole file when one result has no artifact, so things that are no files
(variables, endpoints, a chain) are lines of small virtual artifacts with redacted contents.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Optional
from urllib.parse import quote

from credlint.model.location import CREDLINTHOST, HOME, HOSTROOT, SRCROOT, Location
from credlint.model.report import Report
from credlint.report.chain_groups import ChainGroup, group_chains
from credlint.report.clean import REDACTED, redact, safe_text
from credlint.report.names import source_name
from credlint.report.sarif_dump import Node

BASE_IDS = {
    SRCROOT: "%SRCROOT%",
    HOME: "HOME",
    HOSTROOT: "HOSTROOT",
    CREDLINTHOST: "CREDLINTHOST",
}
BASE_DESCRIPTIONS = {
    SRCROOT: "The root of the scanned tree.",
    HOME: "The home directory of the audited user.",
    HOSTROOT: "The root of the audited host's file system.",
    CREDLINTHOST: "What is no file: the environment and the metadata endpoints of the host.",
}
_LOGICAL_KINDS = {"environment": "variable", "profile": "namespace"}
_ARTIFACTS = {
    "environment": "Names of the captured environment variables; values are not kept.",
    "imds": "Entries of the instance metadata service; credentials were never requested.",
    "container-endpoint": "The container credentials endpoint; no request was sent to it.",
    "chain": "The sources of credentials in the order they are asked.",
    "process": "A process of the host; of its environment only names are told.",
    "unit": "A service of the host that does not run.",
    "login": "A login of a user of the host.",
    "cron": "A job of the host.",
    "container": "A file inside of a container of the host.",
}


def encode_uri(uri: str) -> str:
    """Return a relative reference after RFC 3986: percent-encoded, no leading slash.

    Bytes that were no UTF-8 (``surrogateescape``) become their percent-encoded selves.
    """
    path = redact(uri).replace("\\", "/").lstrip("/")
    while path.startswith("./"):
        path = path[2:]
    return quote(path.encode("utf-8", "surrogateescape"), safe="/-._~") or "."


class PlaceTable:
    """Hands out SARIF locations of one run and keeps the tables they point into.

    ``anchor``: a file of the repository; every place outside of the scanned tree is then told
    as its first line (``--sarif-anchor``), for hosts whose report is uploaded to GitHub.
    """

    def __init__(self, report: Report, anchor: Optional[str] = None) -> None:
        self._anchor = anchor
        self._groups = group_chains(report.chains)
        self._listings = _listings(report, self._groups)
        self._artifacts: dict[tuple[str, str], int] = {}
        self._logical: dict[str, int] = {}

    def location(self, place: Location, *, number: int = -1, message: Optional[str] = None) -> Node:
        """Return the SARIF location; ``number`` is its id for links from message texts."""
        import sarif_om as om  # noqa: PLC0415  40 ms, only when a SARIF report is asked for

        return om.Location(
            id=number,
            physical_location=self.physical(place),
            logical_locations=[self._logical_location(place.logical)] if place.logical else None,
            message=om.Message(text=message) if message else None,
        )

    def physical(self, place: Location) -> Node:
        """Return artifact and region of a place; lines of virtual artifacts are looked up."""
        import sarif_om as om  # noqa: PLC0415  likewise

        base, uri = place.base, place.uri
        if self._anchor is not None and base != SRCROOT:
            return om.PhysicalLocation(
                artifact_location=self._artifact_location(SRCROOT, self._anchor),
                region=om.Region(start_line=1),
            )
        if base == SRCROOT and uri.startswith("/"):
            base = HOSTROOT  # an absolute path can be no path of the repository
        if place.kind == "archive" and place.logical:
            # GitHub shows files of the repository: the archive is one, what is in it is told by
            # the logical location. Lines of a packed file are none.
            outer = uri[: -len(place.logical) - 1]
            return om.PhysicalLocation(
                artifact_location=self._artifact_location(base, outer),
                region=om.Region(start_line=1),
            )
        listing = self._listings.get(uri) if base == CREDLINTHOST else None
        if base == CREDLINTHOST:
            region = om.Region(start_line=_listing_line(place, listing or ()))
        else:
            end_line = place.end_line
            if end_line is None and place.end_column is not None:
                end_line = place.line
            region = om.Region(
                start_line=max(place.line, 1),
                start_column=max(place.column, 1),
                end_line=end_line,
                end_column=place.end_column,
            )
        return om.PhysicalLocation(
            artifact_location=self._artifact_location(base, uri), region=region
        )

    def chain_line(self, group: ChainGroup, number: int) -> Location:
        """Return the place of a step that stands in no file: its line in the chain's listing."""
        return Location("chain", _chain_uri(group), CREDLINTHOST, line=number)

    def _artifact_location(self, base: str, uri: str) -> Node:
        import sarif_om as om  # noqa: PLC0415  likewise

        index = self._artifacts.setdefault((base, uri), len(self._artifacts))
        return om.ArtifactLocation(uri=encode_uri(uri), uri_base_id=BASE_IDS[base], index=index)

    def _logical_location(self, logical: str) -> Node:
        import sarif_om as om  # noqa: PLC0415  likewise

        index = self._logical.setdefault(logical, len(self._logical))
        return om.LogicalLocation(fully_qualified_name=safe_text(logical), index=index)

    def artifacts(self) -> list[Node]:
        """Return the table of all artifacts that were handed out."""
        import sarif_om as om  # noqa: PLC0415  likewise

        table = []
        for (base, uri), index in self._artifacts.items():
            lines = self._listings.get(uri) if base == CREDLINTHOST else None
            place = om.ArtifactLocation(
                uri=encode_uri(uri), uri_base_id=BASE_IDS[base], index=index
            )
            if lines is None:
                table.append(om.Artifact(location=place, roles=["analysisTarget"]))
                continue
            kind = uri.partition("/")[0]
            text = _ARTIFACTS.get(kind, "Something of this run that is no file.")
            table.append(
                om.Artifact(
                    location=place,
                    description=om.Message(text=text),
                    contents=om.ArtifactContent(text="\n".join(lines) + "\n"),
                    mime_type="text/plain",
                )
            )
        return table

    def logical_locations(self) -> list[Node]:
        """Return the table of all logical locations that were handed out."""
        import sarif_om as om  # noqa: PLC0415  likewise

        return [
            om.LogicalLocation(
                name=safe_text(name.rpartition("/")[2]),
                fully_qualified_name=safe_text(name),
                kind=_LOGICAL_KINDS.get(name.partition("/")[0], "resource"),
            )
            for name in self._logical
        ]

    def base_ids(self) -> dict[str, Node]:
        """Return ``originalUriBaseIds``: descriptions only, for the bases in use."""
        import sarif_om as om  # noqa: PLC0415  likewise

        used = {SRCROOT, *(base for base, _ in self._artifacts)}
        return {
            BASE_IDS[base]: om.ArtifactLocation(description=om.Message(text=text))
            for base, text in BASE_DESCRIPTIONS.items()
            if base in used
        }


def _chain_uri(group: ChainGroup) -> str:
    return f"chain/{group.sdks[0]}"


def _listings(report: Report, groups: list[ChainGroup]) -> dict[str, tuple[str, ...]]:
    """Return the lines of every virtual artifact by uri."""
    named: dict[str, set[str]] = {"environment": set(), "imds": set(), "container-endpoint": set()}
    for place in _iter_places(report):
        if place.base == CREDLINTHOST:
            named.setdefault(place.uri, set()).add(_entry(place))
    variables = report.environment_listing or sorted(named["environment"] - {"environment"})
    listings = {uri: tuple(sorted(entries)) or (uri,) for uri, entries in named.items()}
    listings["environment"] = tuple(f"{safe_text(v)}={REDACTED}" for v in variables) or (
        "no variable was captured",
    )
    for group in groups:
        listings[_chain_uri(group)] = tuple(
            f"{number}. {source_name(step.source)}: {step.status}"
            for number, step in enumerate(group.trace.steps, start=1)
        )
    return listings


def _iter_places(report: Report) -> Iterator[Location]:
    for finding in (*report.findings, *(entry.finding for entry in report.suppressed)):
        yield finding.location
        yield from finding.related
    for trace in report.chains:
        for step in trace.steps:
            if step.location is not None:
                yield step.location


def _entry(place: Location) -> str:
    """Return the line of a virtual artifact that stands for the place."""
    head, _, rest = (place.logical or place.uri).partition("/")
    return safe_text(rest or head)


def _listing_line(place: Location, lines: tuple[str, ...]) -> int:
    entry = _entry(place)
    wanted = {entry, f"{entry}={REDACTED}"}
    for number, line in enumerate(lines, start=1):
        if line in wanted:
            return number
    return min(max(place.line, 1), max(len(lines), 1))
