"""Where a finding of this room stands: variables, lines of AWS files, metadata."""

from __future__ import annotations

import shlex
from functools import lru_cache
from typing import Optional

from credlint.checks.situation import variable_line
from credlint.model.host_file import AwsLine, HostFile
from credlint.model.lean_dataclasses import replace
from credlint.model.location import Location, environment_variable, host_path
from credlint.model.snapshot import HostSnapshot
from credlint.model.trace import Step

_PROFILE_WORDS = 2


def variable_place(snapshot: HostSnapshot, name: str, message: Optional[str] = None) -> Location:
    """Return the place of a variable in the redacted listing."""
    return environment_variable(name, variable_line(snapshot, name), message)


@lru_cache(maxsize=1024)
def config_profile_name(section: str) -> Optional[str]:
    """Return the profile that a section of the config file defines, None when it is none.

    Source: botocore 1.44.5 configloader.py, build_profile_map and _parse_section: ``default``,
    or a name that starts with ``profile`` and splits, shell-like, into two words.
    """
    if section == "default":
        return section
    if not section.startswith("profile"):
        return None
    try:
        words = shlex.split(section)
    except ValueError:
        return None
    return words[1] if len(words) == _PROFILE_WORDS else None


def logical_name(file: HostFile, section: str) -> str:
    """Return ``profile/NAME``, or ``section/NAME`` for what is no profile."""
    if file.role == "credentials":
        return f"profile/{section}"
    profile = config_profile_name(section) if file.role == "config" else None
    return f"profile/{profile}" if profile is not None else f"section/{section}"


def file_place(
    file: HostFile,
    line: Optional[AwsLine] = None,
    section: Optional[str] = None,
    message: Optional[str] = None,
    value_only: bool = False,
) -> Location:
    """Return the place of a file, or of one line in it (of its value with ``value_only``)."""
    base, uri = host_path(file.path)
    place = Location("file", uri, base, message=message)
    if section is not None:
        place = replace(place, logical=logical_name(file, section))
    if line is None:
        return place
    start = line.value_column if value_only else line.column
    end = line.end_column if line.end_column > start else None
    return replace(place, line=line.number, column=start, end_line=line.number, end_column=end)


def step_place(step: Step, message: str) -> Optional[Location]:
    """Return the place of a step as a related place, None when the step has none."""
    return replace(step.location, message=message) if step.location else None
