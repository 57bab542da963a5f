"""Offered edits as SARIF fixes (SARIF 2.1.0 §3.55 to §3.57)."""

from __future__ import annotations

from credlint.model.finding import Finding
from credlint.model.fix import Edit
from credlint.model.location import Location
from credlint.report.clean import safe_text
from credlint.report.sarif_dump import Node
from credlint.report.sarif_places import PlaceTable


def fixes_of(finding: Finding, places: PlaceTable) -> list[Node]:
    """Return the fix of a finding, if it has one that can be applied.

    Its inserted texts are our own words: an edit never holds a text of the file that could be a
    secret (``model.fix``).
    """
    fix = finding.change
    if fix is None or not fix.files or finding.location.commit:
        return []
    import sarif_om as om  # noqa: PLC0415  40 ms, only when a SARIF report is asked for

    description = safe_text(fix.summary)
    if fix.fill_in:
        description += f" To be filled in: {safe_text(', '.join(fix.fill_in))}."
    if fix.kind == "unsafe":
        description += " It may change what the program does."
    return [
        om.Fix(
            description=om.Message(text=description),
            artifact_changes=[
                om.ArtifactChange(
                    artifact_location=places.physical(
                        Location("file", file.uri or finding.location.uri, finding.location.base)
                    ).artifact_location,
                    replacements=[_replacement(edit) for edit in file.edits],
                )
                for file in fix.files
            ],
        )
    ]


def _replacement(edit: Edit) -> Node:
    import sarif_om as om  # noqa: PLC0415  likewise

    if edit.place is None:
        region = om.Region(byte_offset=edit.start, byte_length=edit.end - edit.start)
    else:
        line, column, end_line, end_column = edit.place
        region = om.Region(
            start_line=line, start_column=column, end_line=end_line, end_column=end_column
        )
    content = om.ArtifactContent(text=edit.text) if edit.text else None
    return om.Replacement(deleted_region=region, inserted_content=content)
