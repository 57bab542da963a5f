"""The key id by which a step of a trace offers static keys: what was captured of it, and where."""

from __future__ import annotations

from typing import Optional

from credlint.checks.ini_view import view_file
from credlint.checks.places import file_place, variable_place
from credlint.checks.situation import ACCESS_KEY_ID
from credlint.model.captured import CapturedValue
from credlint.model.host_file import HostFile
from credlint.model.location import Location, host_path
from credlint.model.snapshot import HostSnapshot
from credlint.model.trace import Step, Trace

ENVIRONMENT_SOURCES = ("env", "env_amazon")
FILE_SOURCES = (
    "static_credentials_file",
    "static_config_file",
    "static_profile",
    "ec2_credential_file",
    "boto2_config",
)
_SETTING = "aws_access_key_id"


def winning_key(snapshot: HostSnapshot, trace: Trace) -> Optional[tuple[CapturedValue, Location]]:
    """Return the captured key id that wins and its place; None where no such key wins."""
    return offered_key(snapshot, trace.winner) if trace.winner is not None else None


def offered_key(snapshot: HostSnapshot, step: Step) -> Optional[tuple[CapturedValue, Location]]:
    """Return the captured key id that a step offers and its place, if it offers one."""
    place = step.location
    if place is None or step.offer is None:
        return None
    if step.source in ENVIRONMENT_SOURCES:
        return _variable(snapshot, place)
    return _setting(snapshot, place) if step.source in FILE_SOURCES else None


def has_placeholder(snapshot: HostSnapshot, trace: Trace) -> bool:
    """Tell whether the winning key is made up: a documentation key or a word such as ``test``."""
    found = winning_key(snapshot, trace)
    return found is not None and is_placeholder(found[0])


def is_placeholder(value: Optional[CapturedValue]) -> bool:
    """Tell whether a captured key id is made up."""
    if value is None:
        return False
    return bool(value.placeholder) or (value.key_id is not None and value.key_id.example)


def _variable(snapshot: HostSnapshot, place: Location) -> Optional[tuple[CapturedValue, Location]]:
    name = (place.logical or "").rpartition("/")[2]
    # Some steps stand at the variable of the expiration.
    name = name if "ACCESS_KEY" in name and "SECRET" not in name else ACCESS_KEY_ID
    value = snapshot.variable(name)
    return (value, variable_place(snapshot, name)) if value is not None else None


def file_at(snapshot: HostSnapshot, place: Location) -> Optional[HostFile]:
    """Return the file that a place stands in."""
    for file in snapshot.files:
        if host_path(file.path) == (place.base, place.uri):
            return file
    return None


def _setting(snapshot: HostSnapshot, place: Location) -> Optional[tuple[CapturedValue, Location]]:
    file = file_at(snapshot, place)
    if file is None:
        return None
    for section, setting in view_file(file).settings():
        here = setting.line.number == place.line
        headed = section.line.number == place.line and setting.name == _SETTING
        if here or headed:
            return setting.value, file_place(file, setting.line, section.name)
    for line in file.lines:
        if line.number == place.line and line.value is not None:
            return line.value, file_place(file, line)
    return None
