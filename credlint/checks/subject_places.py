"""Where something of a subject stands on the host, so that two subjects' places never mix."""

from __future__ import annotations

from typing import Optional

from credlint.model.audit import Subject
from credlint.model.lean_dataclasses import replace
from credlint.model.location import CREDLINTHOST, HOME, HOSTROOT, Location


def subject_place(
    subject: Subject,
    variable: str = "",
    location: Optional[Location] = None,
    message: Optional[str] = None,
) -> Location:
    """Return a variable, or another place of the subject's snapshot, as a place of the host."""
    if location is None:
        logical = f"{subject.identifier}/{variable}" if variable else subject.identifier
        return Location(
            "process", subject.identifier, CREDLINTHOST, logical=logical, message=message
        )
    if message is not None:
        location = replace(location, message=message)
    if location.kind == "environment":
        name = (location.logical or "").rpartition("/")[2]
        return subject_place(subject, name, message=location.message)
    if location.kind != "file":
        return location
    return _file_place(subject, location)


def _file_place(subject: Subject, location: Location) -> Location:
    if location.base == HOME and subject.home:
        uri = f"{subject.home.strip('/')}/{location.uri}".lstrip("/")
        location = replace(location, base=HOSTROOT, uri=uri)
    if subject.container and location.base == HOSTROOT:
        uri = f"container/{subject.container}/{location.uri}"
        return replace(location, base=CREDLINTHOST, uri=uri)
    return location


def subject_text(subject: Subject, text: str) -> str:
    """Return a text of the subject's own findings with its home directory written out."""
    return text.replace("~/", subject.home.rstrip("/") + "/") if subject.home else text
